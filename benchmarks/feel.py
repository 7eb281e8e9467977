"""How long a compiled condition and a decision table take, with npm feelin beside them where Node is there.

`python -m benchmarks.feel [--json]`: condition_us (a compiled condition), table_us (20 rules, 4 inputs, the last rule matching), and
feelin_condition_us (the same condition in feelin, warmed up; null without Node or web/assets/node_modules/feelin). Microseconds on one core.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from engine import dmn, feel

ROOT = Path(__file__).parents[1]
FEELIN = ROOT / "web/assets/node_modules/feelin/dist/index.js"
SCRIPT = Path(__file__).parent / "_node/feelin.mjs"
CONDITION = 'region = "seoul" and plan != "basic"'
CONTEXT = {"region": "seoul", "plan": "premium"}
SECONDS = 1.0
REGIONS = ("SEL", "PUS", "DAE", "GWJ")
INPUTS = {"region": "GWJ", "speed": 1100, "bundle": True, "members": 4}


def table() -> bytes:
    """A decision table of 20 rules over four inputs, first hit wins; INPUTS only match the last rule."""
    inputs = "".join(f'<input id="i{name}"><inputExpression><text>{name}</text></inputExpression></input>' for name in INPUTS)
    rules = "".join(_rule(number) for number in range(20))
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="benchmark">
<decision id="price" name="price"><variable name="price"/>
<decisionTable id="t" hitPolicy="FIRST">{inputs}<output id="o"/>{rules}</decisionTable></decision></definitions>""".encode()


def _rule(number: int) -> str:
    low, members = 100 + 50 * number, "&gt; 3" if number % 2 else "&lt;= 3"
    bundle = "true" if number % 2 else "-"
    cells = (f'"{REGIONS[number // 5]}"', f"[{low}..{low + 50})" if number < 19 else "&gt;= 900", bundle, members)
    entries = "".join(f'<inputEntry id="r{number}c{column}"><text>{cell}</text></inputEntry>' for column, cell in enumerate(cells))
    return f'<rule id="r{number}">{entries}<outputEntry id="r{number}o"><text>{10_000 + number}</text></outputEntry></rule>'


def microseconds(work: Callable[[], Any]) -> float:
    """The best of many rounds, per call."""
    best, end = float("inf"), perf_counter() + SECONDS
    while perf_counter() < end:
        started = perf_counter()
        for _ in range(500):
            work()
        best = min(best, (perf_counter() - started) / 500)
    return round(best * 1e6, 3)


def feelin_microseconds() -> float | None:
    """The same condition in feelin, in one warm Node process; None where it cannot run."""
    node = shutil.which("node")
    if node is None or not FEELIN.exists():
        return None
    asked = json.dumps({"expression": CONDITION, "context": CONTEXT, "seconds": SECONDS})
    done = subprocess.run([node, str(SCRIPT), str(FEELIN), "measure"], input=asked, capture_output=True, text=True, timeout=120)
    return round(float(done.stdout), 3) if done.returncode == 0 else None


def figures() -> dict[str, float | None]:
    """All three, after checking that what is measured gives the right value."""
    condition, model = feel.compile(CONDITION), dmn.parse(table())
    assert condition(CONTEXT) is True
    assert model.evaluate("price", INPUTS) == 10_019
    return {
        "condition_us": microseconds(lambda: condition(CONTEXT)),
        "table_us": microseconds(lambda: model.evaluate("price", INPUTS)),
        "feelin_condition_us": feelin_microseconds(),
    }


def main() -> None:
    """Measure, print what was found, and as the last line one JSON object."""
    measured = figures()
    if "--json" not in sys.argv:
        for name, value in measured.items():
            print(f"{name:24s} {value if value is not None else 'not measured'}")
    print(json.dumps({"name": "feel", "figures": measured}))


if __name__ == "__main__":
    main()
