"""What compiling one node's logic needs to know: the names in scope, the types, and where to note what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine import feel
from engine.dmn.cell_tests import CellTest
from engine.dmn.elements import Literal, Variable
from engine.dmn.run import Evaluator, Run, Scope
from engine.dmn.types import DeclaredType, TypeBook
from engine.feel.errors import shorten
from engine.findings import Finding, Level

Names = frozenset[str]
Coercion = Callable[[Any, Run], Any]


def nothing(scope: Scope, run: Run) -> None:
    """The evaluator of what is not there."""


@dataclass
class Unit:
    """Compiles the FEEL texts of one node.

    `reads` gathers the names that its texts take from outside the node's scope, `maybe` those that may also be entries of what is filtered,
    `findings` what is wrong in the texts.
    """

    file: str
    owner: str
    types: TypeBook
    extra_names: Names
    reads: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def literal(self, literal: Literal, names: Names) -> Evaluator:
        """An evaluator of a FEEL text: null, with a warning, when it cannot be read."""
        if not literal.text:
            return nothing
        if not _is_feel(literal.language):
            return self._refused_language(literal)
        try:
            expression = feel.compile(literal.text, self._all(names), self.types.checks or None)
        except feel.FeelError as error:
            return self._unreadable(literal, error)
        self._note(expression, names)
        return lambda scope, run: expression(scope, run.now, run.seed, run.warnings)

    def cell(self, literal: Literal, names: Names) -> CellTest:
        """A test of a value by the unary tests of an input cell or of allowed values."""
        try:
            test = feel.compile_unary(literal.text, self._all(names), self.types.checks or None)
        except feel.FeelError as error:
            broken = self._unreadable(literal, error)
            return lambda value, scope, run: bool(broken(scope, run))
        self._note(test, names)
        return lambda value, scope, run: test(value, scope, run.now, run.seed, run.warnings) is True

    def coercion(self, variable: Variable, element: str) -> Coercion | None:
        """What binding a value to a typed variable gives (DMN 1.5, 10.3.2.9.4); None when every value is taken as it is."""
        return self._coercion(self._declared(variable, element), variable)

    def result_coercion(self, function: Variable, element: str) -> Coercion | None:
        """What calling a function with this variable gives. Its type is a function type, or, as older files have it, that of the result."""
        declared = self._declared(function, element)
        return self._coercion(declared.result if declared and declared.is_function else declared, function)

    def _declared(self, variable: Variable, element: str) -> DeclaredType | None:
        if not variable.type_ref:
            return None
        declared = self.types.find(variable.type_ref)
        if declared is None:
            self._unknown_type(variable, element)
        return declared

    def _coercion(self, wanted: DeclaredType | None, variable: Variable) -> Coercion | None:
        if wanted is None or wanted.name == "Any":
            return None
        target = wanted

        def coerce(value: Any, run: Run) -> Any:
            bound, conforms = target.coerce(value)
            if not conforms:
                run.warn(
                    self.owner,
                    f"the value of '{variable.name or self.owner}' is no {variable.type_ref}",
                    f"'{variable.name or self.owner}'의 값이 {variable.type_ref} 형식이 아니에요.",
                )
            return bound

        return coerce

    def find(self, rule: str, element: str, ko: str, en: str, mend_ko: str, mend_en: str, level: Level = "error") -> None:
        """Note what lint shows."""
        self.findings.append(Finding(self.file, element or self.owner, rule, level, ko, en, mend_ko, mend_en))

    def _note(self, compiled: feel.Expression | feel.UnaryTest, names: Names) -> None:
        self.reads |= compiled.names_read - names
        self.maybe |= compiled.names_maybe - names

    def _all(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({*names, *self.extra_names}))

    def _unreadable(self, literal: Literal, error: feel.FeelError) -> Evaluator:
        self.find(
            "feel-syntax",
            literal.element,
            f"{self.owner}: 식 '{shorten(literal.text)}'을(를) 읽을 수 없어요. {error.ko}",
            f"{self.owner}: the expression '{shorten(literal.text)}' cannot be read: {error}",
            "표시된 위치의 식을 고쳐 주세요.",
            "Mend the expression at that column.",
        )
        return lambda scope, run: run.warn(self.owner, str(error), error.ko)

    def _refused_language(self, literal: Literal) -> Evaluator:
        self.find(
            "expression-language",
            literal.element,
            f"{self.owner}: 식 언어 '{literal.language}'은(는) 실행하지 않아요.",
            f"{self.owner}: expressions in '{literal.language}' are not run.",
            "식을 FEEL로 쓰고 expressionLanguage를 지워 주세요.",
            "Write the expression in FEEL and remove expressionLanguage.",
        )
        return lambda scope, run: run.warn(
            self.owner, f"expressions in '{literal.language}' are not run", f"식 언어 '{literal.language}'은(는) 실행하지 않아요."
        )

    def _unknown_type(self, variable: Variable, element: str) -> None:
        self.find(
            "unknown-type",
            element,
            f"{self.owner}: '{variable.name}'의 자료형 '{variable.type_ref}'이(가) 정의되어 있지 않아요.",
            f"{self.owner}: the type '{variable.type_ref}' of '{variable.name}' is not defined.",
            "자료형을 정의하거나 이름을 고쳐 주세요.",
            "Define the type or mend its name.",
        )


def _is_feel(language: str) -> bool:
    return not language or "feel" in language.lower()
