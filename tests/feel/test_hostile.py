"""Nothing that can be written in FEEL hangs the process or eats its memory: every expression ends, most of the hostile ones with a clear error."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine import feel
from tests.feel.hostile import BOUNDED, HARMLESS, REFUSED

_ERRORS = {"FeelLimitError", "FeelSyntaxError"}


@pytest.fixture(scope="module")
def ended() -> Mapping[str, Mapping[str, object]]:
    """How all of them ended, in a process of its own that is given far more time than it needs."""
    command = [sys.executable, "-m", "tests.feel.hostile"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=1200, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_an_error_that_names_the_expression(ended: Mapping[str, Mapping[str, object]], name: str) -> None:
    assert ended[name]["outcome"] in _ERRORS
    assert REFUSED[name][:20] in str(ended[name]["message"])


@pytest.mark.parametrize("name", BOUNDED)
def test_it_ends_with_a_value_or_a_clear_error(ended: Mapping[str, Mapping[str, object]], name: str) -> None:
    assert ended[name]["outcome"] in {*_ERRORS, "value"}


@pytest.mark.parametrize("name", HARMLESS)
def test_it_only_looks_dangerous(ended: Mapping[str, Mapping[str, object]], name: str) -> None:
    assert ended[name]["outcome"] == "value"


def test_none_of_them_makes_the_process_grow_by_50_megabytes(ended: Mapping[str, Mapping[str, object]]) -> None:
    assert {name: one["mb"] for name, one in ended.items() if int(str(one["mb"])) >= 50} == {}


def test_a_result_whose_parts_are_shared_without_end_is_refused_as_json() -> None:
    shared = feel.evaluate("for i in 1..60 return [partial[-1], partial[-1]]", {})
    with pytest.raises(feel.FeelLimitError):
        feel.to_json(shared)


def test_a_result_nested_too_deep_is_refused_as_json_and_compared_with_an_error() -> None:
    nested = feel.evaluate("for i in 1..5000 return [partial[-1]]", {})[-1]
    with pytest.raises(feel.FeelLimitError, match="nested"):
        feel.to_json(nested)
    with pytest.raises(feel.FeelLimitError):
        feel.equal(nested, feel.evaluate("for i in 1..5000 return [partial[-1]]", {})[-1])


def test_functions_of_the_host_share_the_bound_of_the_evaluation_that_calls_them() -> None:
    context: dict[str, object] = {}
    body = feel.compile("if n < 2 then n else fib(n - 1) + fib(n - 2)")
    context["fib"] = feel.Function(lambda n: body({**context, "n": n}), ["n"], "fib")
    assert feel.evaluate("fib(10)", context) == 55
    with pytest.raises(feel.FeelLimitError):
        feel.evaluate("fib(60)", context)


def test_a_host_function_that_calls_itself_forever_is_refused() -> None:
    context: dict[str, object] = {}
    body = feel.compile("f(n + 1)")
    context["f"] = feel.Function(lambda n: body({**context, "n": n}), ["n"], "f")
    with pytest.raises(feel.FeelLimitError):
        feel.evaluate("f(1)", context)


def test_no_python_attribute_can_be_reached() -> None:
    class Secret:
        password = "hunter2"

        def __call__(self) -> str:
            return "called"

    warnings: list[feel.FeelWarning] = []
    for expression in ("secret.password", "secret.__class__", "secret()", '"".join', "[].append", "{}.keys", "(function() 1).__globals__"):
        assert feel.evaluate(expression, {"secret": Secret()}, warnings=warnings) in (None, [])
    assert "'secret' is of a kind that FEEL does not know" in {warning.message for warning in warnings}
    assert feel.evaluate("f.callable", {"f": feel.Function(lambda: 1, [])}) is None


def test_none_of_them_takes_longer_than_people_wait(ended: Mapping[str, Mapping[str, object]]) -> None:
    assert {name: one["ms"] for name, one in ended.items() if float(str(one["ms"])) > 10_000} == {}
