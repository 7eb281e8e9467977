"""FEEL, the expression language of DMN 1.5 (chapter 10): compiled once, bounded, without eval.

feel.evaluate('count(rooms[free]) > 0', {"rooms": [{"free": True}]})        -> True
condition = feel.compile('region = "seoul"'); condition({"region": "seoul"}) -> True
feel.unary_test('[18..65)', 20, {})                                          -> True
"""

from engine.feel.builtins import BUILTINS
from engine.feel.equality import equal, includes, less
from engine.feel.errors import FeelAssertionError, FeelError, FeelLimitError, FeelSyntaxError, FeelWarning
from engine.feel.expression import Expression, UnaryTest, compile, compile_unary, evaluate, unary_test
from engine.feel.json_values import from_json, to_json
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from engine.feel.text import scalar_text
from engine.feel.values import Function, Range, type_name

__all__ = [
    "BUILTINS",
    "Date",
    "DateTime",
    "DaysTimeDuration",
    "Expression",
    "FeelAssertionError",
    "FeelError",
    "FeelLimitError",
    "FeelSyntaxError",
    "FeelWarning",
    "Function",
    "Range",
    "Time",
    "UnaryTest",
    "YearsMonthsDuration",
    "compile",
    "compile_unary",
    "equal",
    "evaluate",
    "from_json",
    "includes",
    "less",
    "scalar_text",
    "to_json",
    "type_name",
    "unary_test",
]
