"""The type of a function's result, as far as its text shows it (DMN 1.5, 10.3.2.9)."""

from collections.abc import Mapping

from engine.feel import nodes
from engine.feel.nodes import TypeName
from engine.feel.temporal_text import parse_any
from engine.feel.values import type_name

ANY = TypeName("Any")
_TRUTHS = (nodes.Compare, nodes.Between, nodes.Logic, nodes.In, nodes.Quantified, nodes.InstanceOf)
_CONSTRUCTORS = {"date", "time", "date and time", "number", "string", "years and months duration"}


def result_type(node: nodes.Node, names: Mapping[str, TypeName]) -> TypeName:
    """The type of the node, with the types of the names that it may read; Any where more cannot be said."""
    if isinstance(node, nodes.Literal):
        return TypeName(type_name(node.value))
    if isinstance(node, nodes.AtLiteral):
        return TypeName(type_name(parse_any(node.text)))
    if isinstance(node, _TRUTHS):
        return TypeName("boolean")
    if isinstance(node, nodes.Name):
        return names.get(node.name, ANY)
    if isinstance(node, nodes.ListLiteral):
        return TypeName("list", [_common([result_type(item, names) for item in node.items])])
    if isinstance(node, nodes.If):
        return _common([*(result_type(result, names) for _, result in node.branches), result_type(node.otherwise, names)])
    if isinstance(node, nodes.Call) and isinstance(node.function, nodes.Name) and node.function.name in _CONSTRUCTORS:
        return TypeName(node.function.name)
    return _calculated(node, names)


def _calculated(node: nodes.Node, names: Mapping[str, TypeName]) -> TypeName:
    if isinstance(node, nodes.Negate):
        return result_type(node.operand, names)
    if isinstance(node, nodes.Power):
        return TypeName("number")
    if isinstance(node, nodes.Chain):
        kind = _common([result_type(operand, names) for operand in (node.first, *(operand for _, operand in node.rest))])
        return kind if kind.name in ("number", "string") else ANY
    return ANY


def _common(kinds: list[TypeName]) -> TypeName:
    known = [kind for kind in kinds if kind.name != "Null"]
    return known[0] if known and all(kind == known[0] for kind in known) else ANY
