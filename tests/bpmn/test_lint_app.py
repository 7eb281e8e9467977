"""What an app tells the lint of its drawings."""

from engine import apps
from tests.forms.library import ROOT

DRAWING = "processes/library/card.bpmn"


def unwritten(files: dict[str, bytes]) -> list[str]:
    """The sentences about variables that nothing wrote."""
    return [finding.en for finding in apps.lint("library", files) if finding.rule == "variable-never-written"]


def test_an_event_of_another_app_hands_in_the_variable_event() -> None:
    files = apps.read(ROOT, "library")
    head, task, tail = files[DRAWING].decode().partition('<bpmn:userTask id="UT_Check"')
    mapping = '<zeebe:ioMapping><zeebe:input source="=event.payload.pupil_number" target="pupil" /></zeebe:ioMapping>'
    files[DRAWING] = (head + task + tail.replace("<bpmn:extensionElements>", f"<bpmn:extensionElements>{mapping}", 1)).encode()
    assert unwritten(files) == []
    manifest = files["processes/library/app.toml"].decode()
    listener = '[[listen]]\nevent = "school.PupilEnrolled"\nstart = "library_card"\n'
    assert listener in manifest
    files["processes/library/app.toml"] = manifest.replace(listener, "").encode()
    assert any("event" in sentence for sentence in unwritten(files))
