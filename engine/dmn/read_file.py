"""A DMN file as plain data: imports, types and the nodes of the requirement graph (DMN 1.1 to 1.5, clause 6)."""

from collections.abc import Callable

from lxml import etree

from engine.dmn.elements import (
    DecisionElement,
    Definitions,
    FunctionType,
    Import,
    InputData,
    ItemDefinition,
    KnowledgeModel,
    Node,
    Reference,
    Service,
    Variable,
)
from engine.dmn.errors import DmnError
from engine.dmn.read_logic import read_function, read_logic, read_variable
from engine.dmn.xml_tools import attribute, child, children, local, text_of
from engine.xml import parse_xml

DMN_NAMESPACE = "omg.org/spec/DMN/"


def read_file(data: bytes, what: str) -> Definitions:
    """Everything Baton knows about a DMN file. Raises UnsafeXml for XML that is refused and DmnError when it is no DMN file."""
    root = parse_xml(data, what)
    if local(root) != "definitions" or DMN_NAMESPACE not in str(root.tag):
        raise DmnError(
            "",
            f"{what}: DMN 파일이 아니에요. 가장 바깥 요소는 DMN의 definitions여야 해요.",
            f"{what} is not a DMN file: its outermost element must be DMN's definitions.",
        )
    return Definitions(
        name=attribute(root, "name"),
        namespace=attribute(root, "namespace"),
        imports=tuple(_import(e) for e in children(root, "import")),
        types={item.name: item for item in map(_item_definition, children(root, "itemDefinition"))},
        nodes=_nodes(root, what),
        prefixes={prefix: uri for prefix, uri in root.nsmap.items() if prefix},
        knowledge_sources=frozenset(attribute(e, "id") for e in children(root, "knowledgeSource")),
    )


def _import(element: etree._Element) -> Import:
    return Import(
        attribute(element, "name"),
        attribute(element, "namespace"),
        attribute(element, "locationURI"),
        attribute(element, "importType"),
        attribute(element, "id"),
    )


def _item_definition(element: etree._Element) -> ItemDefinition:
    return ItemDefinition(
        name=attribute(element, "name"),
        element=attribute(element, "id") or attribute(element, "name"),
        type_ref=text_of(element, "typeRef") or attribute(element, "typeRef"),
        allowed=text_of(child(element, "allowedValues")),
        constraint=text_of(child(element, "typeConstraint")),
        collection=attribute(element, "isCollection") in ("true", "1"),
        components=tuple(_item_definition(e) for e in children(element, "itemComponent")),
        function=_function_type(child(element, "functionItem")),
    )


def _function_type(element: etree._Element | None) -> FunctionType | None:
    if element is None:
        return None
    return FunctionType(tuple(read_variable(e) for e in children(element, "parameters")), attribute(element, "outputTypeRef"))


def _nodes(root: etree._Element, what: str) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for element in children(root, *_NODE_READERS):
        node = _NODE_READERS[local(element)](element)
        if node.id in nodes:
            raise DmnError(
                node.id,
                f"{what}: id {node.id}이(가) 두 번 나와요. 서로 다른 id를 주세요.",
                f"{what}: two elements have the id {node.id}; give each its own.",
            )
        nodes[node.id] = node
    return nodes


def _names(element: etree._Element) -> tuple[str, str, Variable]:
    """Id, name and variable; a missing id or variable name falls back to the name, as older tools leave them out."""
    name = attribute(element, "name") or attribute(element, "id")
    declared = child(element, "variable")
    variable = Variable(name) if declared is None else read_variable(declared)
    return attribute(element, "id") or name, name, variable if variable.name else Variable(name, variable.type_ref)


def _reference(element: etree._Element) -> Reference:
    href = attribute(element, "href")
    namespace, _, identifier = href.rpartition("#")
    return Reference(namespace, identifier, href)


def _references(element: etree._Element, *names: str) -> tuple[Reference, ...]:
    return tuple(_reference(e) for e in children(element, *names))


def _requirements(element: etree._Element) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for requirement in children(element, "informationRequirement", "knowledgeRequirement"):
        found.extend(_references(requirement, "requiredDecision", "requiredInput", "requiredKnowledge"))
    return tuple(found)


def _input_data(element: etree._Element) -> InputData:
    return InputData(*_names(element))


def _decision(element: etree._Element) -> DecisionElement:
    identifier, name, variable = _names(element)
    alias = identifier if child(element, "variable") is None and identifier != name else ""
    return DecisionElement(identifier, name, variable, _requirements(element), read_logic(element), alias)


def _knowledge_model(element: etree._Element) -> KnowledgeModel:
    logic = child(element, "encapsulatedLogic")
    return KnowledgeModel(*_names(element), _requirements(element), None if logic is None else read_function(logic))


def _service(element: etree._Element) -> Service:
    return Service(
        *_names(element),
        _references(element, "outputDecision"),
        _references(element, "encapsulatedDecision"),
        _references(element, "inputDecision"),
        _references(element, "inputData"),
    )


_NODE_READERS: dict[str, Callable[[etree._Element], Node]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge_model,
    "decisionService": _service,
}
