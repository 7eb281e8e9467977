"""Compiled expressions: made once per text and names in scope, called as often as wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.feel import limits, names, nodes
from engine.feel.builtins import BUILTINS
from engine.feel.compile_tests import unary_tests
from engine.feel.compiler import Compiler
from engine.feel.errors import FeelWarning
from engine.feel.parser import Parser
from engine.feel.run import OUTER, Run

_FUNCTIONS = names.index_of(BUILTINS)
TypeChecks = Mapping[str, Callable[[Any], bool]]


class _Compiled:
    """What expressions and unary tests share: the text, and which names it reads from outside.

    `names_read` are the root names, `paths_read` the paths from them (`("subscription", "status")`; a name alone where nothing is taken from it),
    `names_maybe` names inside filters, which may be entries of the items or come from outside. Built-in functions are not among them.
    """

    def __init__(self, text: str, compiler: Compiler) -> None:
        self.text = text
        self.paths_read: list[tuple[str, ...]] = sorted(compiler.paths)
        self.names_read = frozenset(path[0] for path in compiler.paths)
        self.names_maybe = frozenset(compiler.maybe)
        self._slots = compiler.slot_count

    def _run(self, context: Mapping[str, Any], now: datetime | None, seed: int | None, warnings: list[FeelWarning] | None) -> Run:
        run = Run(context, self.text)
        if self._slots:
            run.slots = [None] * self._slots
        if now is not None:
            run.now = now
        if seed is not None:
            run.seed = seed
        if warnings is not None:
            run.warnings = warnings
        outer = OUTER.get()
        if outer is not None:
            run.budget = outer.budget
        return run


class Expression(_Compiled):
    """One compiled expression."""

    def __init__(self, text: str, compiler: Compiler, node: nodes.Node) -> None:
        self._evaluate = compiler.compile(node)
        super().__init__(text, compiler)

    def __call__(
        self, context: Mapping[str, Any], now: datetime | None = None, seed: int | None = None, warnings: list[FeelWarning] | None = None
    ) -> Any:
        """The value in this context. Raises FeelLimitError past a bound; what became null, and why, is added to `warnings`."""
        try:
            return self._evaluate(self._run(context, now, seed, warnings))
        except RecursionError:
            raise limits.too_deep(self.text) from None


class UnaryTest(_Compiled):
    """One compiled cell of a decision table."""

    def __init__(self, text: str, compiler: Compiler, node: nodes.UnaryTests) -> None:
        self._test = unary_tests(compiler, node)
        super().__init__(text, compiler)

    def __call__(
        self,
        value: Any,
        context: Mapping[str, Any],
        now: datetime | None = None,
        seed: int | None = None,
        warnings: list[FeelWarning] | None = None,
    ) -> bool | None:
        """Whether the value passes; null where that cannot be said."""
        try:
            return self._test(self._run(context, now, seed, warnings), value)
        except RecursionError:
            raise limits.too_deep(self.text) from None


@lru_cache(maxsize=16_384)
def _expression(text: str, in_scope: frozenset[str]) -> Expression:
    return make_expression(text, in_scope, {})


@lru_cache(maxsize=4096)
def _unary(text: str, in_scope: frozenset[str]) -> UnaryTest:
    return make_unary(text, in_scope, {})


def make_expression(text: str, in_scope: Iterable[str], types: TypeChecks) -> Expression:
    """A new expression, not from the cache."""
    try:
        node = Parser(text, in_scope, _FUNCTIONS).whole_expression()
        return Expression(text, Compiler(text, types), node)
    except RecursionError:
        raise limits.too_nested(text) from None


def make_unary(text: str, in_scope: Iterable[str], types: TypeChecks) -> UnaryTest:
    """A new unary test, not from the cache."""
    try:
        node = Parser(text, in_scope, _FUNCTIONS).whole_unary_tests()
        return UnaryTest(text, Compiler(text, types), node)
    except RecursionError:
        raise limits.too_nested(text) from None


def compile(expression: str, names: Iterable[str] = (), types: TypeChecks | None = None) -> Expression:
    """The expression, compiled. `names` are those in scope: needed for names with spaces or operators, also of entries.

    `types` maps names of types for `instance of` and parameters to functions that say whether a value conforms; with it the result is not kept.
    Raises FeelSyntaxError, FeelLimitError.
    """
    return _expression(expression, _odd(names)) if types is None else make_expression(expression, [*names, *types], types)


def compile_unary(test: str, names: Iterable[str] = (), types: TypeChecks | None = None) -> UnaryTest:
    """The unary tests of a cell, compiled; see `compile`."""
    return _unary(test, _odd(names)) if types is None else make_unary(test, [*names, *types], types)


def _odd(in_scope: Iterable[str]) -> frozenset[str]:
    """The names that matter for reading the text; the others would only make more entries in the cache."""
    return frozenset(name for name in in_scope if not name.isidentifier())


def evaluate(
    expression: str,
    context: Mapping[str, Any],
    *,
    now: datetime | None = None,
    seed: int | None = None,
    warnings: list[FeelWarning] | None = None,
) -> Any:
    """The value of the expression in this context. `now` is the clock for `now()` and `today()`, `seed` decides `random number()` and `uuid()`.

    Names with spaces are read by what is in the context (also in contexts inside it). Where the value is null because something was missing or did
    not fit, the reason is added to `warnings`. Raises FeelSyntaxError, FeelLimitError, FeelAssertionError.
    """
    return _expression(expression, names_of(context))(context, now, seed, warnings)


def unary_test(
    test: str,
    value: Any,
    context: Mapping[str, Any],
    *,
    now: datetime | None = None,
    seed: int | None = None,
    warnings: list[FeelWarning] | None = None,
) -> bool | None:
    """Whether the value passes the unary tests (a cell of a decision table; `?` is the value); null where that cannot be said."""
    return _unary(test, names_of(context))(value, context, now, seed, warnings)


def names_of(context: Mapping[str, Any]) -> frozenset[str]:
    """The names of a context that are more than a plain word; looks into dicts and lists inside, not into other mappings, which may be lazy."""
    found: set[str] = set()
    _collect(context, found, 4)
    return frozenset(found)


def _collect(value: Any, found: set[str], depth: int) -> None:
    if depth == 4 or type(value) is dict:
        for key in value:
            if isinstance(key, str) and not key.isidentifier():
                found.add(key)
        if depth and type(value) is dict:
            for inner in value.values():
                if type(inner) is dict or type(inner) is list:
                    _collect(inner, found, depth - 1)
    elif type(value) is list and depth:
        for inner in value[:10]:
            _collect(inner, found, depth - 1)
