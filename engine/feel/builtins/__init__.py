"""The built-in functions of DMN 1.5 (10.3.4), and those that Camunda documents beside them. `BUILTINS` has them by name."""

from engine.feel.builtins import contexts, conversion, lists, numeric, ranges, statistics, strings, temporal
from engine.feel.builtins.registry import BUILTINS

__all__ = ["BUILTINS", "contexts", "conversion", "lists", "numeric", "ranges", "statistics", "strings", "temporal"]
