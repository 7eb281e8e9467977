"""What the stories show: each bears the element it is about, and the page `docs/developer/conformance.md` is made of them.

`python -m tests.bpmn.conformance` writes the page again.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Literal, TypeVar

Verdict = Literal["runs", "refused"]
Story = TypeVar("Story", bound=Callable[..., None])

PAGE = Path(__file__).parents[2] / "docs" / "developer" / "conformance.md"
GROUPS = (
    "Start",
    "Tasks",
    "Gateways",
    "Events",
    "Boundary events",
    "Sub-processes",
    "Event sub-processes",
    "Loops",
    "Compensation",
    "Data",
    "Other",
    "What is refused",
)
THROUGH_THE_RUNTIME = ("test_conditions", "test_messages", "test_starts")
HEAD = """# Which BPMN elements run

Made from the tests by `python -m tests.bpmn.conformance`; each row is a story in `tests/bpmn/` or `tests/runtime/`
that fails when the sentence stops being true.
*Runs* means: as BPMN 2.0 says, in the Camunda 8 dialect. *Refused* means: `baton lint` names the element, the reason and the mend, and the
model is not deployed.
"""

rows: list[tuple[str, str, Verdict, str, str]] = []


def shows(group: str, element: str, verdict: Verdict = "runs") -> Callable[[Story], Story]:
    """Mark a story as the proof for an element."""

    def mark(story: Story) -> Story:
        sentence = story.__name__.removeprefix("test_").replace("_", " ")
        rows.append((group, element, verdict, sentence, story.__module__.rpartition(".")[2]))
        return story

    return mark


def page() -> str:
    """The page for everything that the story files show."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        import_module(f"tests.bpmn.{file.stem}")
    for name in THROUGH_THE_RUNTIME:
        import_module(f"tests.runtime.{name}")
    parts = [HEAD]
    for group in GROUPS:
        found = sorted({row for row in rows if row[0] == group}, key=lambda row: (row[1], row[3]))
        lines = [f"| {element} | {verdict} | {sentence} | `{file}` |" for _, element, verdict, sentence, file in found]
        parts.append("\n".join([f"## {group}", "", "| element | verdict | what is shown | story |", "|---|---|---|---|", *lines, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    import_module("tests.bpmn.conformance").PAGE.write_text(import_module("tests.bpmn.conformance").page(), encoding="utf-8")
