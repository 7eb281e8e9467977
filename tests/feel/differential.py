"""Expressions whose values are compared with npm feelin's, fixed and generated.

`python -m tests.feel.differential` asks feelin (Node and web/assets/node_modules/feelin are needed) and writes `feelin_answers.json`; the test reads
that file and needs neither. `feelin_differences.json` lists where the two differ, with the section of DMN 1.5 that says who is right.
"""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ANSWERS = HERE / "feelin_answers.json"
DIFFERENCES = HERE / "feelin_differences.json"
FIXED = HERE / "differential_fixed.txt"
FEELIN = ROOT / "web/assets/node_modules/feelin/dist/index.js"
SCRIPT = ROOT / "benchmarks/_node/feelin.mjs"
CONTEXT: dict[str, Any] = {
    "n": 7,
    "price": 12.5,
    "name": "Kim",
    "이름": "홍길동",
    "first name": "Lee",
    "missing": None,
    "yes": True,
    "numbers": [3, 1, 2, 3],
    "words": ["b", "a", "c"],
    "people": [{"name": "Kim", "age": 34}, {"name": "Lee", "age": 17}, {"name": "Park", "age": 51}],
    "order": {"id": "A1", "total": 99, "lines": [{"sku": "x", "qty": 2}, {"sku": "y", "qty": 1}]},
}


class Generator:
    """Makes expressions of a wanted kind, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, *choices: str) -> str:
        """One of the templates with its holes filled: N number, S string, B boolean, L list of numbers, D date."""
        text = self.random.choice(choices)
        for mark, make in (("<N>", self.number), ("<S>", self.string), ("<B>", self.boolean), ("<L>", self.numbers), ("<D>", self.date)):
            while mark in text:
                text = text.replace(mark, make(), 1)
        return text

    def number(self, depth: int = 0) -> str:
        """A number, mostly simple."""
        simple = [str(self.random.randint(-20, 20)), f"{self.random.randint(0, 99)}.5", "n", "price", "order.total"]
        if self.random.random() < 0.6:
            return self.random.choice(simple)
        return self.pick(
            "(<N> + <N>)", "(<N> * <N>)", "(<N> - <N>)", "abs(<N>)", "floor(<N>)", "count(<L>)", "max(<N>, <N>)", "string length(<S>)",
            "(if <B> then <N> else <N>)", "modulo(<N>, 7)", "sum([<N>, <N>])", "numbers[2]", "decimal(<N>, 1)", "round up(<N>, 0)",
        )  # fmt: skip

    def string(self) -> str:
        """A string."""
        if self.random.random() < 0.6:
            return self.random.choice(['"a"', '"foo"', "name", '"가나다"', "이름", "first name", '""'])
        return self.pick("(<S> + <S>)", "upper case(<S>)", 'substring("seoul", 2)', "words[1]", 'replace("banana", "a", <S>)', "order.id")

    def boolean(self) -> str:
        """A truth value."""
        if self.random.random() < 0.3:
            return self.random.choice(["true", "false", "yes", "missing = null"])
        return self.pick(
            "<N> > <N>", "<N> <= <N>", "<S> = <S>", "(<B> and <B>)", "(<B> or <B>)", "not(<B>)", "<N> between -5 and <N>", "<N> in [-5..15]",
            "contains(<S>, <S>)", "starts with(<S>, <S>)", "some x in <L> satisfies x > <N>", "every x in <L> satisfies x > <N>",
            "list contains(<L>, <N>)", "<D> < <D>", "<N> in (1, 2, > 10)",
        )  # fmt: skip

    def numbers(self) -> str:
        """A list of numbers."""
        if self.random.random() < 0.5:
            return self.random.choice(["numbers", "[1, 2, 3]", "[]", "people.age", "order.lines.qty"])
        return self.pick(
            "[<N>, <N>]", "(for i in <L> return i * <N>)", "<L>[item > <N>]", "append(<L>, <N>)", "reverse(<L>)", "concatenate(<L>, <L>)",
            "distinct values(<L>)", "(for i in 1..4 return i + <N>)", "sort(<L>, function(a, b) a < b)", "index of(<L>, 3)",
        )  # fmt: skip

    def date(self) -> str:
        """A date."""
        day = f'date("20{self.random.randint(10, 29)}-{self.random.randint(1, 12):02d}-{self.random.randint(1, 28):02d}")'
        return self.random.choice([day, day, f'{day} + duration("P{self.random.randint(1, 40)}D")', f'{day} - duration("P1Y2M")'])

    def expression(self) -> str:
        """Any of them."""
        return self.random.choice([self.number, self.string, self.boolean, self.numbers, self.date])()


def expressions() -> list[str]:
    """The fixed ones, then 300 generated ones, each once."""
    generator = Generator(20261120)
    fixed = [line for line in FIXED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    generated = [generator.expression() for _ in range(600)]
    return list(dict.fromkeys([*fixed, *generated]))[: len(fixed) + 300]


def ask_feelin() -> list[dict[str, Any]]:
    """Each expression with the value or error that feelin gives."""
    asked = [{"expression": expression, "context": CONTEXT} for expression in expressions()]
    command = ["node", str(SCRIPT), str(FEELIN), "evaluate"]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    return [{"expression": one["expression"], **answer} for one, answer in zip(asked, json.loads(done.stdout), strict=True)]


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(answer, ensure_ascii=False) for answer in ask_feelin())
    ANSWERS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
