"""Reading single elements of a diagram's XML: names, children, texts, extension elements, booleans and references."""

from typing import Final

from lxml import etree

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"


def local(xml: etree._Element) -> str:
    """The local name of a BPMN element, "" for elements of any other namespace (foreign extensions are none of our business)."""
    name = etree.QName(xml)
    return name.localname if name.namespace == BPMN else ""


def child(xml: etree._Element, name: str) -> etree._Element | None:
    """The first BPMN child called `name`."""
    return next(xml.iterchildren(f"{{{BPMN}}}{name}"), None)


def children(xml: etree._Element, name: str) -> list[etree._Element]:
    """All BPMN children called `name`, in the order of the file."""
    return list(xml.iterchildren(f"{{{BPMN}}}{name}"))


def text_of(xml: etree._Element | None) -> str:
    """The text of an element without the blanks around it, "" where there is none."""
    return "".join(str(part) for part in xml.itertext()).strip() if xml is not None else ""


def all_extensions(xml: etree._Element) -> list[etree._Element]:
    """All zeebe extension elements that stand directly in the element's `extensionElements`."""
    holder = child(xml, "extensionElements")
    return list(holder.iterchildren(f"{{{ZEEBE}}}*")) if holder is not None else []


def extensions(xml: etree._Element, name: str) -> list[etree._Element]:
    """The zeebe extension elements called `name` that stand directly in the element's `extensionElements`."""
    holder = child(xml, "extensionElements")
    return list(holder.iterchildren(f"{{{ZEEBE}}}{name}")) if holder is not None else []


def extension(xml: etree._Element, name: str) -> etree._Element | None:
    """The first zeebe extension element called `name`, or None."""
    found = extensions(xml, name)
    return found[0] if found else None


def properties(xml: etree._Element) -> dict[str, str]:
    """The `zeebe:properties` of an element, by name."""
    return {
        str(entry.get("name")): str(entry.get("value") or "")
        for holder in extensions(xml, "properties")
        for entry in holder.findall(f"{{{ZEEBE}}}property")
        if entry.get("name")
    }


def is_true(value: str | None) -> bool:
    """An XML boolean that defaults to false."""
    return (value or "").strip() in ("true", "1")


def is_false(value: str | None) -> bool:
    """An XML boolean that defaults to true, and is false here."""
    return (value or "").strip() in ("false", "0")


def referred(reference: str | None) -> str:
    """The id that a reference names: references are qualified names (BPMN 2.0 section 8.1), and `tns:id` points at `id` in the same file."""
    return (reference or "").strip().rpartition(":")[2]
