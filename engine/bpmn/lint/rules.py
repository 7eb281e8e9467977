"""What a lint rule is: a stable id, a level, and its sentences in two languages. Each rule stands beside the check that finds it."""

from dataclasses import dataclass, field
from typing import Final

from engine.bpmn.document import Node
from engine.findings import Finding, Level

Both = tuple[str, str]
Fact = str | Both


@dataclass(frozen=True)
class Rule:
    """`ko` and `en` say what is wrong, `mend_ko` and `mend_en` what to do; `{...}` are filled in from the facts of a finding."""

    id: str
    level: Level
    ko: str
    en: str
    mend_ko: str
    mend_en: str


RULES: Final[dict[str, Rule]] = {}


def error(name: str, ko: str, en: str, mend_ko: str, mend_en: str) -> Rule:
    """Register a rule for what cannot run as drawn; it blocks deployment."""
    return _registered(Rule(name, "error", ko, en, mend_ko, mend_en))


def warning(name: str, ko: str, en: str, mend_ko: str, mend_en: str) -> Rule:
    """Register a rule for what runs, but perhaps not as meant."""
    return _registered(Rule(name, "warning", ko, en, mend_ko, mend_en))


def _registered(rule: Rule) -> Rule:
    RULES[rule.id] = rule
    return rule


@dataclass
class Report:
    """Collects the findings of one run."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, rule: Rule, file: str, element: str, **facts: Fact) -> None:
        """One finding. A fact that is a pair is (Korean, English)."""
        korean = {name: fact if isinstance(fact, str) else fact[0] for name, fact in facts.items()}
        english = {name: fact if isinstance(fact, str) else fact[1] for name, fact in facts.items()}
        texts = rule.ko.format(**korean), rule.en.format(**english), rule.mend_ko.format(**korean), rule.mend_en.format(**english)
        self.findings.append(Finding(file, element, rule.id, rule.level, *(text.strip() for text in texts)))


def called(node: Node) -> str:
    """How messages name an element: what it is called, or its id."""
    return " ".join(node.name.split()) or node.id
