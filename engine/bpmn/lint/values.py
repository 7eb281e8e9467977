"""Every value that an analyst writes into a drawing, with the place it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.bpmn.document import DEFINITIONS, Document, Node
from engine.bpmn.lint.scene import text_child
from engine.bpmn.markup import extension, extensions

ATTRIBUTES = {
    "taskDefinition": ("type", "retries"),
    "calledDecision": ("decisionId",),
    "calledElement": ("processId",),
    "assignmentDefinition": ("assignee", "candidateGroups", "candidateUsers"),
    "taskSchedule": ("dueDate", "followUpDate"),
    "priorityDefinition": ("priority",),
    "script": ("expression",),
}
ALWAYS_FEEL = ("activeElementsCollection", "outputElement", "inputCollection")


@dataclass(frozen=True)
class Value:
    """A text somewhere in a drawing. `what` names the place ("condition", "input 'a'"), `inside` says that it sees the element's own input
    mappings, `expression` is the FEEL in it or None for a static text."""

    element: str
    what: str
    text: str
    inside: bool
    expression: str | None


def of_node(document: Document, node: Node) -> Iterator[Value]:
    """All values of a flow node, of the flows that leave it and of the message, signal or code it refers to."""
    for name, attributes in ATTRIBUTES.items():
        for attribute in attributes:
            yield from _attribute(node.id, node.extension(name), attribute, inside=True)
    yield from _mappings(node)
    yield from _events(document, node)
    yield from _loop(node)
    for flow in node.outgoing:
        yield from _value(flow.id, "condition", flow.condition, always=True)
    for holder, name in (("executionListeners", "executionListener"), ("taskListeners", "taskListener")):
        group = node.extension(holder)
        for listener in group.iterchildren(f"{{*}}{name}") if group is not None else ():
            yield from _attribute(node.id, listener, "type")


def _mappings(node: Node) -> Iterator[Value]:
    for holder in node.extensions("ioMapping"):
        for direction in ("input", "output"):
            for entry in holder.iterchildren(f"{{*}}{direction}"):
                what = f"{direction} '{entry.get('target') or ''}'"
                # Input mappings see those before them.
                yield from _value(node.id, what, entry.get("source"), inside=True)


def _events(document: Document, node: Node) -> Iterator[Value]:
    for definition in node.definitions:
        for name in ("timeDate", "timeDuration", "timeCycle"):
            yield from _value(node.id, name, text_child(definition, name))
        yield from _value(node.id, "condition", text_child(definition, "condition"), always=True)
    referred = document.definitions.get(node.reference or "")
    if referred is not None:
        for kind in DEFINITIONS:
            yield from _attribute(node.id, referred, f"{kind}Code")
        yield from _attribute(node.id, referred, "name")
        for subscription in extensions(referred, "subscription"):
            yield from _attribute(node.id, subscription, "correlationKey", inside=True, always=True)


def _loop(node: Node) -> Iterator[Value]:
    if node.loop is not None:
        for name in ("loopCardinality", "loopCondition"):
            yield from _value(node.id, name, text_child(node.loop, name), always=True)
        yield from _value(node.id, "completionCondition", text_child(node.loop, "completionCondition"), inside=True, always=True)
    own = extension(node.loop, "loopCharacteristics") if node.loop is not None else None
    for holder in (own, node.extension("adHoc")):
        for attribute in ALWAYS_FEEL:
            yield from _attribute(node.id, holder, attribute, inside=attribute == "outputElement", always=True)
    if node.type == "adHocSubProcess":
        yield from _value(node.id, "completionCondition", text_child(node.xml, "completionCondition"), inside=True, always=True)


def _attribute(element: str, xml: etree._Element | None, name: str, *, inside: bool = False, always: bool = False) -> Iterator[Value]:
    if xml is not None:
        yield from _value(element, name, xml.get(name), inside=inside, always=always)


def _value(element: str, what: str, text: str | None, *, inside: bool = False, always: bool = False) -> Iterator[Value]:
    text = (text or "").strip()
    if text:
        # The equals sign becomes a blank, so that columns count from the beginning of what was written.
        expression = " " + text[1:] if text.startswith("=") else text if always else None
        yield Value(element, what, text, inside, expression)
