"""The type of a function that a model defines, for `instance of function<...> -> ...` (DMN 1.5, 10.3.2.9.1)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine import feel
from engine.dmn.elements import ItemDefinition, Variable
from engine.dmn.types import basic_type
from engine.feel.nodes import TypeName

ANY: Final = TypeName("Any")


class TypedFunction(feel.Function):
    """A function of a model that knows its declared types."""

    __slots__ = ("_signature",)

    def __init__(self, call: Any, parameters: Sequence[str], name: str, signature: TypeName) -> None:
        super().__init__(call, parameters, name)
        self._signature = signature

    def signature(self) -> TypeName:
        """The declared type."""
        return self._signature


def signature_of(parameters: Sequence[Variable], result: str, items: Mapping[str, ItemDefinition]) -> TypeName:
    """The type of a function with these parameters and a result of this typeRef."""
    return TypeName("function", [type_name_of(parameter.type_ref, items) for parameter in parameters], None, type_name_of(result, items))


def type_name_of(reference: str, items: Mapping[str, ItemDefinition], met: frozenset[str] = frozenset()) -> TypeName:
    """A typeRef as the language would write it; Any where nothing is known, and where a type leads back to itself."""
    item = items.get(reference)
    if item is not None:
        return ANY if reference in met else _of_item(item, items, met | {reference})
    basic = basic_type(reference)
    return ANY if basic is None else TypeName(basic.name)


def _of_item(item: ItemDefinition, items: Mapping[str, ItemDefinition], met: frozenset[str]) -> TypeName:
    if item.components:
        inner = TypeName("context", [_of_item(part, items, met) for part in item.components], [part.name for part in item.components])
    elif item.function is not None:
        inner = signature_of(item.function.parameters, item.function.output, items)
    else:
        inner = type_name_of(item.type_ref, items, met)
    return TypeName("list", [inner]) if item.collection else inner
