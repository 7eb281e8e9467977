"""Collecting what is wrong in the files of an app, so that an analyst sees everything at once."""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from engine import feel
from engine.errors import Text
from engine.findings import Finding, Level
from engine.texts import Template, compile_template


class Problems:
    """The findings of several files, and their expressions. The compiling helpers return None after noting what is wrong."""

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.expressions: list[tuple[str, str, feel.Expression]] = []

    def note(self, file: str, element: str, rule: str, text: Text, mend: Text, level: Level = "error") -> None:
        """Add one finding."""
        self.found.append(Finding(file, element, rule, level, text["ko"], text["en"], mend["ko"], mend["en"]))

    @property
    def errors(self) -> list[Finding]:
        """The findings that forbid a deployment."""
        return [finding for finding in self.found if finding.level == "error"]

    def expression(self, file: str, element: str, text: Any) -> feel.Expression | None:
        """A compiled FEEL expression; a leading `=` is allowed and not needed."""
        try:
            expression = feel.compile(str(text).strip().removeprefix("="))
        except feel.FeelSyntaxError as error:
            self._syntax(file, element, str(text), error)
            return None
        self.expressions.append((file, element, expression))
        return expression

    def template(self, file: str, element: str, text: str, names: Collection[str] = ()) -> Template | None:
        """A compiled `{{FEEL}}` text. `names` are those with blanks that may occur."""
        if re.search(r"\{\{\s*[#/](if|loop)\b", text):
            self._block(file, element)
            return None
        try:
            template = compile_template(text, names)
        except feel.FeelSyntaxError as error:
            self._syntax(file, element, text, error)
            return None
        self.expressions += [(file, element, piece) for piece in template.pieces if isinstance(piece, feel.Expression)]
        return template

    def templates(self, file: str, element: str, texts: Mapping[str, str | None]) -> Mapping[str, Template]:
        """The languages that are written, compiled."""
        done = {lang: self.template(file, element, text) for lang, text in texts.items() if text}
        return MappingProxyType({lang: template for lang, template in done.items() if template is not None})

    def english(self, file: str, element: str, texts: Mapping[str, Any]) -> None:
        """A warning when a Korean text has no English one."""
        if texts.get("ko") and not texts.get("en"):
            self.note(
                file,
                element,
                "english-missing",
                {"ko": f"영어 문구가 없어요: {str(texts['ko'])[:60]}", "en": f"There is no English text for: {str(texts['ko'])[:60]}"},
                {
                    "ko": "en 문구를 더해 주세요. 없으면 영어 화면에도 한국어가 보여요.",
                    "en": "Add the `en` text; until then the English page shows the Korean one.",
                },
                "warning",
            )

    def _block(self, file: str, element: str) -> None:
        self.note(
            file,
            element,
            "template-block",
            {"ko": "{{#if}}와 {{#loop}}는 읽지 않아요.", "en": "{{#if}} and {{#loop}} are not read."},
            {
                "ko": '{{if 조건 then 값 else 값}}이나 {{string join(for x in 목록 return x.name, ", ")}}로 바꿔 주세요.',
                "en": 'Write {{if condition then value else value}}, or {{string join(for x in list return x.name, ", ")}}.',
            },
        )

    def _syntax(self, file: str, element: str, text: str, error: feel.FeelSyntaxError) -> None:
        short = text if len(text) <= 120 else text[:117] + "..."
        self.note(
            file,
            element,
            "feel-syntax",
            {"ko": f"FEEL 식을 읽을 수 없어요: {short} ({error})", "en": f"This FEEL expression cannot be read: {short} ({error})"},
            {"ko": "표시된 자리의 식을 고쳐 주세요.", "en": "Mend the expression at the place named."},
        )
