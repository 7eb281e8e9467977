"""Which variables an element can write, as far as the drawings and the app's forms tell."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from engine.bpmn.dialect import EMBEDDED, form_of
from engine.bpmn.document import Document, Node
from engine.bpmn.lint.implementation import attribute
from engine.bpmn.lint.known import CONNECTORS
from engine.bpmn.lint.scene import Scene, is_start
from engine.bpmn.markup import extension, is_false

ANYTHING: Final = "*"
SOMETHING: Final = frozenset({ANYTHING})
NOTHING: Final[frozenset[str]] = frozenset()
Names = frozenset[str]


@dataclass
class Writers:
    """Answers what elements write. `ANYTHING` stands for names that cannot be known (an external worker's results)."""

    scene: Scene

    def of(self, document: Document, node: Node) -> Names:
        """The variables that an element leaves behind for others."""
        outputs = mapped(node, "output")
        results = outputs if outputs else self._results(document, node)
        return results | self._collected(node)

    def local(self, node: Node) -> Names:
        """The variables that only the element itself, and what is inside of it, sees."""
        own = extension(node.loop, "loopCharacteristics") if node.loop is not None else None
        each = {str(own.get("inputElement")), "loopCounter"} if own is not None else {"loopCounter"} if node.loop is not None else set()
        return mapped(node, "input") | (each - {"None"})

    def at_start(self, document: Document, process: str, node: Node) -> Names:
        """What a new instance brings along when it begins at this element."""
        handed = self.scene.known.starts
        callers = self.calls.get(process, [])
        found = NOTHING if handed is None else frozenset(handed.get(process, ()))
        for caller in callers:
            called = extension(caller.xml, "calledElement")
            found |= SOMETHING if called is None or not is_false(called.get("propagateAllParentVariables")) else mapped(caller, "input")
        return found | (self.form(form_of(node)) if form_of(node) else NOTHING)

    @cached_property
    def calls(self) -> dict[str, list[Node]]:
        """The call activities by the process they call."""
        found: dict[str, list[Node]] = {}
        for _, node in self.scene.nodes():
            if node.type == "callActivity":
                found.setdefault(attribute(node, "calledElement", "processId"), []).append(node)
        return found

    @cached_property
    def sent(self) -> dict[str, Names]:
        """What is sent along with each message, by its name."""
        found = {name: frozenset(names) for name, names in (self.scene.known.messages or {}).items()}
        for document, node in self.scene.nodes():
            publishes = attribute(node, "taskDefinition", "type") == "message.publish"
            message = document.definitions.get(node.reference or "")
            name = header(node, "name") if publishes else str(message.get("name") or "") if message is not None else ""
            if name and (publishes or node.type in ("sendTask", "endEvent", "intermediateThrowEvent")):
                found[name] = found.get(name, NOTHING) | (mapped(node, "input") - ({"key"} if publishes else set()))
        return found

    def form(self, form: str) -> Names:
        """The fields of a form; anything for a form that is not known."""
        known, form_id = self.scene.known.fields, form.removeprefix(EMBEDDED)
        return SOMETHING if known is None or form_id not in known else frozenset(known[form_id])

    def _results(self, document: Document, node: Node) -> Names:
        job_type = attribute(node, "taskDefinition", "type")
        if job_type:
            result = header(node, "resultVariable")
            return frozenset({result}) if result else NOTHING if job_type in CONNECTORS else SOMETHING
        if node.type == "userTask":
            return self.form(form_of(node)) if form_of(node) else SOMETHING if self.scene.known.fields is None else NOTHING
        if node.event == "message" and (node.type in ("receiveTask", "intermediateCatchEvent", "boundaryEvent") or is_start(node)):
            message = document.definitions.get(node.reference or "")
            return self.sent.get(str(message.get("name")), SOMETHING) if message is not None else NOTHING
        if node.event == "error" and node.type != "endEvent":
            return frozenset({"error"})  # what a call that failed tells about it
        if node.event == "signal" and node.type != "endEvent" and node.type != "intermediateThrowEvent":
            return SOMETHING
        if node.type == "callActivity":
            return self._called(node)
        names = {attribute(node, element, "resultVariable") for element in ("script", "calledDecision")}
        return frozenset(names - {""})

    def _called(self, node: Node) -> Names:
        called = node.extension("calledElement")
        if called is not None and is_false(called.get("propagateAllChildVariables")):
            return NOTHING
        return SOMETHING

    def _collected(self, node: Node) -> Names:
        holders = [extension(node.loop, "loopCharacteristics") if node.loop is not None else None, node.extension("adHoc")]
        return frozenset(str(holder.get("outputCollection")) for holder in holders if holder is not None and holder.get("outputCollection"))


def mapped(node: Node, direction: str) -> Names:
    """The variables that input or output mappings write."""
    entries = (entry for holder in node.extensions("ioMapping") for entry in holder.iterchildren(f"{{*}}{direction}"))
    return frozenset(str(entry.get("target")).partition(".")[0] for entry in entries if entry.get("target"))


def header(node: Node, name: str) -> str:
    """The value of a task header, "" without it."""
    holder = node.extension("taskHeaders")
    entries = holder.iterchildren("{*}header") if holder is not None else ()
    return next((str(entry.get("value") or "") for entry in entries if entry.get("key") == name), "")
