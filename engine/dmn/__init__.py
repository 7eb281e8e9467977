"""Decision models (DMN 1.1 to 1.5): parse a file, decide by name, and learn which rules matched."""

from engine.dmn.checks import check
from engine.dmn.elements import Table
from engine.dmn.errors import DecisionError, DmnError, UnknownDecision
from engine.dmn.lint import lint
from engine.dmn.model import Decision, Model, parse
from engine.dmn.run import DecisionWarning, MatchedRule

__all__ = ["Decision", "DecisionError", "DecisionWarning", "DmnError", "MatchedRule", "Model", "Table", "UnknownDecision", "check", "lint", "parse"]
