"""Small questions to an XML element, blind to which DMN version's namespace it is in."""

from collections.abc import Iterator

from lxml import etree


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The direct children with one of these tags, of the same namespace as `element`, in order (no names: all of them)."""
    namespace = str(element.tag).rpartition("}")[0]
    for child in element:
        if str(child.tag).rpartition("}")[0] == namespace and (not names or local(child) in names):
            yield child


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first direct child with this tag."""
    return None if element is None else next(children(element, name), None)


def text_of(element: etree._Element | None, name: str = "text") -> str:
    """The stripped text of the child `name`; "" when there is none."""
    found = child(element, name)
    return "" if found is None else "".join(str(part) for part in found.itertext()).strip()


def attribute(element: etree._Element | None, name: str) -> str:
    """The stripped value of an attribute; "" when there is none."""
    return "" if element is None else str(element.get(name) or "").strip()
