"""Decision models (DMN 1.1 to 1.5): parse a file, decide by name, and learn which rules matched."""
from engine.dmn.elements import Table
from engine.dmn.errors import DecisionError, DmnError, UnknownDecision
from engine.dmn.model import Decision, Model, parse
from engine.dmn.run import DecisionWarning, MatchedRule

__all__ = ["Decision", "DecisionError", "DecisionWarning", "DmnError", "MatchedRule", "Model", "Table", "UnknownDecision", "parse"]
