"""All that the checks look at: the documents of one app, what is known around them, and where findings go."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from lxml import etree

from engine.bpmn.document import SUB_PROCESSES, Document, Node
from engine.bpmn.lint.known import Known
from engine.bpmn.lint.rules import Report
from engine.bpmn.markup import BPMN, child, text_of


@dataclass
class Scene:
    """One run of lint."""

    documents: list[Document]
    known: Known
    report: Report

    @cached_property
    def processes(self) -> dict[str, Document]:
        """Every executable process of the files, by id."""
        return {name: document for document in self.documents for name in document.processes if document.executable(name)}

    def nodes(self) -> Iterator[tuple[Document, Node]]:
        """Every flow node that will be executed."""
        for document in self.documents:
            for node in document.nodes.values():
                if document.executable(node.process_id):
                    yield document, node

    def containers(self) -> Iterator[tuple[Document, str]]:
        """Every executable process and every sub-process in it."""
        for name, document in self.processes.items():
            yield document, name
        for document, node in self.nodes():
            if node.type in SUB_PROCESSES:
                yield document, node.id


def process_of(xml: etree._Element) -> str:
    """The id of the process that an element stands in, "" outside of any."""
    return next((str(found.get("id") or "") for found in xml.iterancestors(f"{{{BPMN}}}process")), "")


def is_start(node: Node) -> bool:
    """Whether a new scope can begin here: a start event, or a receive task or event-based gateway that instantiates."""
    return node.type == "startEvent" or (node.type in ("receiveTask", "eventBasedGateway") and node.xml.get("instantiate") == "true")


def link_name(node: Node) -> str:
    """The name by which link events find each other."""
    definition = node.definition
    return (str(definition.get("name") or "") or node.name).strip() if definition is not None else ""


@dataclass(frozen=True)
class Links:
    """What belongs together in a file without a sequence flow: link catch events by scope and name, and what associations join."""

    catches: dict[tuple[str, str], list[str]]
    joined: dict[str, list[str]]


_LINKS: WeakKeyDictionary[Document, Links] = WeakKeyDictionary()


def links(document: Document) -> Links:
    """The links of a file, looked up once."""
    if document not in _LINKS:
        found = Links({}, {})
        for node in document.nodes.values():
            if node.type == "intermediateCatchEvent" and node.event == "link":
                found.catches.setdefault((node.container, link_name(node)), []).append(node.id)
        for source, target in document.associations:
            found.joined.setdefault(source, []).append(target)
            found.joined.setdefault(target, []).append(source)
        _LINKS[document] = found
    return _LINKS[document]


def link_targets(document: Document, node: Node) -> list[str]:
    """The catch events that a link throw event leads to."""
    return links(document).catches.get((node.container, link_name(node)), [])


def compensation_handlers(document: Document, boundary: Node) -> list[str]:
    """The activities that an association joins to a compensation boundary event."""
    return [name for name in links(document).joined.get(boundary.id, ()) if name in document.nodes]


def following(document: Document, node: Node) -> list[str]:
    """Where the flow goes on from a node: along its flows, its boundary events, to a link's catch event and to a compensation handler."""
    found = [flow.target for flow in node.outgoing] + [boundary.id for boundary in node.boundaries]
    if node.type == "intermediateThrowEvent" and node.event == "link":
        # More than one is an error of its own; a handful is enough to follow.
        found += link_targets(document, node)[:5]
    if node.type == "boundaryEvent" and node.event == "compensate":
        found += compensation_handlers(document, node)
    return found


def text_child(xml: etree._Element | None, name: str) -> str:
    """The text of a BPMN child, "" without one."""
    return text_of(child(xml, name)) if xml is not None else ""
