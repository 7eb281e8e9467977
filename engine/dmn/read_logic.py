"""Decision logic from XML: boxed expressions and decision tables (DMN 1.5, clauses 7.3, 8.3 and 10.2.2)."""

from collections.abc import Callable

from lxml import etree

from engine.dmn.elements import (
    Boxed,
    Conditional,
    Context,
    ContextEntry,
    Filter,
    FunctionDefinition,
    InputClause,
    Invocation,
    Iterator,
    ListOf,
    Literal,
    OutputClause,
    Relation,
    Rule,
    Table,
    Variable,
)
from engine.dmn.xml_tools import attribute, child, children, local, text_of

NOTHING = Literal("")


def read_logic(parent: etree._Element | None) -> Boxed | None:
    """The one expression inside `parent` (a decision, a context entry, a binding ...); None when it holds none."""
    if parent is None:
        return None
    for element in children(parent):
        reader = _READERS.get(local(element))
        if reader is not None:
            return reader(element)
    return None


def read_variable(element: etree._Element) -> Variable:
    """A name with its declared type: DMN 1.1 wrote the type as a child element."""
    return Variable(attribute(element, "name"), attribute(element, "typeRef") or text_of(element, "typeRef"))


def read_function(element: etree._Element) -> FunctionDefinition:
    """A function definition, also the one that a business knowledge model encapsulates."""
    parameters = tuple(read_variable(p) for p in children(element, "formalParameter"))
    return FunctionDefinition(_id(element), parameters, read_logic(element), attribute(element, "kind") or "FEEL", _type(element))


def _id(element: etree._Element) -> str:
    """The element's own id, or that of the nearest one above it that has one."""
    found: etree._Element | None = element
    while found is not None:
        if attribute(found, "id"):
            return attribute(found, "id")
        found = found.getparent()
    return ""


def _type(element: etree._Element) -> str:
    return attribute(element, "typeRef")


def _literal(element: etree._Element) -> Literal:
    return Literal(text_of(element), _id(element), _type(element), attribute(element, "expressionLanguage"))


def _context(element: etree._Element) -> Context:
    return Context(_id(element), tuple(_entry(e) for e in children(element, "contextEntry")), _type(element))


def _entry(element: etree._Element) -> ContextEntry:
    variable = child(element, "variable")
    return ContextEntry(None if variable is None else read_variable(variable), read_logic(element) or NOTHING)


def _list(element: etree._Element) -> ListOf:
    return ListOf(_id(element), _expressions(element), _type(element))


def _expressions(element: etree._Element) -> tuple[Boxed, ...]:
    return tuple(_READERS[local(e)](e) for e in children(element) if local(e) in _READERS)


def _relation(element: etree._Element) -> Relation:
    columns = tuple(read_variable(c) for c in children(element, "column"))
    return Relation(_id(element), columns, tuple(_expressions(row) for row in children(element, "row")), _type(element))


def _invocation(element: etree._Element) -> Invocation:
    bindings = tuple((attribute(child(b, "parameter"), "name"), read_logic(b)) for b in children(element, "binding"))
    return Invocation(_id(element), read_logic(element), bindings, _type(element))


def _part(element: etree._Element, name: str) -> Boxed:
    return read_logic(child(element, name)) or NOTHING


def _conditional(element: etree._Element) -> Conditional:
    return Conditional(_id(element), _part(element, "if"), _part(element, "then"), _part(element, "else"), _type(element))


def _filter(element: etree._Element) -> Filter:
    return Filter(_id(element), _part(element, "in"), _part(element, "match"), _type(element))


def _iterator(element: etree._Element) -> Iterator:
    kind = local(element)
    body = _part(element, "return" if kind == "for" else "satisfies")
    return Iterator(_id(element), kind, attribute(element, "iteratorVariable"), _part(element, "in"), body, _type(element))


def _table(element: etree._Element) -> Table:
    return Table(
        _id(element),
        (attribute(element, "hitPolicy") or "UNIQUE").upper(),
        attribute(element, "aggregation").upper(),
        tuple(_input(e) for e in children(element, "input")),
        tuple(_output(e) for e in children(element, "output")),
        tuple(_rule(e, number) for number, e in enumerate(children(element, "rule"), start=1)),
        attribute(element, "outputLabel"),
    )


def _input(element: etree._Element) -> InputClause:
    expression = child(element, "inputExpression")
    literal = Literal("", _id(element)) if expression is None else _literal(expression)
    return InputClause(literal, attribute(element, "label"), text_of(child(element, "inputValues")))


def _output(element: etree._Element) -> OutputClause:
    default = child(element, "defaultOutputEntry")
    return OutputClause(
        attribute(element, "name"),
        attribute(element, "label"),
        _type(element) or text_of(element, "typeRef"),
        text_of(child(element, "outputValues")),
        _literal(default) if default is not None and text_of(default) else None,
    )


def _rule(element: etree._Element, number: int) -> Rule:
    return Rule(
        number,
        attribute(element, "id"),
        tuple(_cell(e) for e in children(element, "inputEntry")),
        tuple(_literal(e) for e in children(element, "outputEntry")),
        tuple(text_of(e) for e in children(element, "annotationEntry")) or tuple(filter(None, [text_of(element, "description")])),
    )


def _cell(element: etree._Element) -> Literal:
    return Literal(text_of(element) or "-", _id(element), "", attribute(element, "expressionLanguage"))


_READERS: dict[str, Callable[[etree._Element], Boxed]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "relation": _relation,
    "list": _list,
    "invocation": _invocation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iterator,
    "some": _iterator,
    "every": _iterator,
}
