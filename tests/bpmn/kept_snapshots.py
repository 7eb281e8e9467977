"""Snapshots of every format version, kept as files: a later version must still load and finish each of them.

`python -m tests.bpmn.kept_snapshots` writes those of the present version, once, when a version is new; files of older versions are never touched.
"""

from pathlib import Path

from engine.bpmn.snapshot import VERSION
from tests.bpmn.host import Story
from tests.bpmn.models import (
    boundary,
    element,
    end,
    event,
    event_sub,
    extensions,
    flows,
    gateway,
    io,
    message,
    model,
    multi,
    service,
    start,
    sub,
    timer,
    user,
    zeebe,
)

FOLDER = Path(__file__).parent / "golden"


def stories() -> dict[str, Story]:
    """One instance for each thing that a snapshot can hold, each at a moment at which it holds it."""
    undo = (
        boundary("c", "hotel", event("compensate"))
        + service("undo", isForCompensation="true")
        + element("association", "as", sourceRef="c", targetRef="undo")
    )
    inside = sub("s", extensions(io({"room": '="R-7"'})), start("s1"), service("hotel"), undo, user("ask"), flows("s1->hotel->ask"))
    handler = event_sub("h", event("message", "m"), user("note"), flows("h_start->note"), interrupting=False)
    called = element("process", "q", start("q1"), user("deep"), flows("q1->deep"), isExecutable="true")
    return {
        "joins": Story(
            model(
                start(), gateway("parallel", "f"), user("a"), user("b"), gateway("parallel", "j"), user("c"), flows("start->f->a->j->c", "f->b->j")
            ),
            {"x": 1.5, "name": "김하나"},
        ).complete("a"),
        "scopes": Story(
            model(
                message("m", "Changed", '="S-1"'),
                start(),
                inside,
                boundary("late", "s", timer("timeCycle", "R3/PT1H"), False),
                user("call"),
                handler,
                flows("start->s", "late->call"),
            )
        )
        .complete("hotel")
        .trigger("late")
        .trigger("h_start"),
        "loops": Story(model(start(), user("a", multi("=[1, null, 3]", sequential=True, out=("ys", "=y"))), end(), flows("start->a->end"))).complete(
            "a", {"y": 1}
        ),
        "calls": Story(
            model(called, start(), element("callActivity", "call", extensions(zeebe("calledElement", processId="q"))), flows("start->call")),
            {"who": {"$pii": "c1/name"}},
        ),
    }


def write() -> None:
    """Write the files of the present version."""
    for name, story in stories().items():
        (FOLDER / f"v{VERSION}-{name}.json").write_bytes(story.snapshot)
        (FOLDER / f"v{VERSION}-{name}.bpmn").write_bytes(story.model.files["model.bpmn"])


if __name__ == "__main__":
    write()
