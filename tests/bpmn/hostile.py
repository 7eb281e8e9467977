"""Files that want to do harm, by name: XML that attacks its reader, drawings that cannot mean anything, and drawings that eat time or memory."""

from collections.abc import Callable
from functools import reduce
from typing import Any, Final

from tests.bpmn.models import (
    boundary,
    catch,
    condition,
    definitions,
    element,
    end,
    event,
    extensions,
    flow,
    flows,
    gateway,
    io,
    message,
    model,
    multi,
    process,
    script,
    start,
    sub,
    throw,
    timer,
    user,
    zeebe,
)

PLAIN: Final = model(start(), user("a"), end(), flows("start->a->end"))["model.bpmn"]
BODY: Final = PLAIN.partition(b"?>")[2]
PROLOG: Final = b'<?xml version="1.0"?>'
ENTITY: Final = PROLOG + b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 50_000 + b'">]><a>' + b"&b;" * 20_000 + b"</a>"

UNSAFE: Final[dict[str, bytes]] = {
    "empty": b"",
    "text": b"not xml",
    "open": b"<a>",
    "file entity": PROLOG + b'<!DOCTYPE bpmn:definitions [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + BODY,
    "parameter entity": PROLOG + b'<!DOCTYPE bpmn:definitions [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>' + BODY,
    "dtd": PROLOG + b'<!DOCTYPE bpmn:definitions SYSTEM "http://127.0.0.1:9/x.dtd">' + BODY,
    "laughs": PROLOG + b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    "quadratic blow-up": ENTITY,
    "entity in a script": PROLOG + b'<!DOCTYPE bpmn:definitions [<!ENTITY x "=1">]>' + BODY.replace(b'"a"', b'"a" name="&x;"', 1),
    "huge": PLAIN.replace(b'id="a"', b'id="' + b"a" * 2_100_000 + b'"', 1),
    "deep": b"<a>" * 400 + b"</a>" * 400,
    "encoding": PLAIN.replace(b"UTF-8", b"UTF-7"),
    "html": b"<html><body>no diagram</body></html>",
    "dmn": b'<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/"/>',
    "no process": definitions(),
}

SPOILT: Final[dict[str, list[str]]] = {
    "duplicate id": [user("a"), user("a")],
    "reserved id": [user("End")],
    "reserved id of the library": [user("p.EndJoin")],
    "dangling target": [flow("a", "nowhere")],
    "dangling source": [flow("nowhere", "a")],
    "boundary on nothing": [boundary("b", "nowhere", timer("timeDuration", "PT1H"))],
    "message that is not there": [catch("c", event("message", "nowhere")), flows("a->c")],
    "error that is not there": [boundary("b", "a", event("error", "nowhere"))],
    "unreachable": [user("lost")],
    "two plain starts": [start("again"), flows("again->a")],
    "complex gateway": [element("complexGateway", "g"), flows("a->g")],
    "catch without event": [element("intermediateCatchEvent", "c"), flows("a->c")],
    "receive without message": [element("receiveTask", "r"), flows("a->r")],
    "send without message": [element("sendTask", "s"), flows("a->s")],
    "service without job type": [element("serviceTask", "s"), flows("a->s")],
    "business rule without decision": [element("businessRuleTask", "s"), flows("a->s")],
    "call without target": [element("callActivity", "s"), flows("a->s")],
    "link to nowhere": [element("intermediateThrowEvent", "l", event("link", name="L")), flows("a->l")],
    "expression": [script("s", "=1 +", "x"), flows("a->s")],
    "expression of another language": [script("s", "=${x}", "x"), flows("a->s")],
    "condition syntax": [gateway("exclusive", "g", default="g_y"), user("x"), user("y"), flows("a->g->y"), flow("g", "x", "=a >")],
    "multi-instance of nothing": [user("m", "<bpmn:multiInstanceLoopCharacteristics/>"), flows("a->m")],
    "endless automatic cycle": [script("s", "=1", "x"), script("t", "=2", "x"), flows("a->s->t->s")],
    "timer of 999999999 years": [boundary("b", "a", timer("timeDuration", "P999999999Y")), flows("b->end")],
    "timer every 0 seconds": [boundary("b", "a", timer("timeCycle", "R/PT0S"), False), flows("b->end")],
    "timer minus times": [boundary("b", "a", timer("timeCycle", "R-5/PT1S"), False), flows("b->end")],
    "timer of minus five minutes": [boundary("b", "a", timer("timeDuration", "-PT5M")), flows("b->end")],
    "timer on 31 February": [boundary("b", "a", timer("timeDate", "2026-02-31T00:00:00Z")), flows("b->end")],
    "timer without a time": [boundary("b", "a", "<bpmn:timerEventDefinition/>"), flows("b->end")],
    "timer in code": [boundary("b", "a", timer("timeDuration", "=__import__('os').system('true')")), flows("b->end")],
    "sub-process without start": [sub("s"), flows("a->s")],
    "event sub-process without event": [element("subProcess", "s", start("s1"), user("x"), flows("s1->x"), triggeredByEvent="true")],
}
REFUSED: Final[dict[str, bytes]] = {
    name: model(start(), user("a"), end(), flows("start->a->end"), *parts)["model.bpmn"] for name, parts in SPOILT.items()
}


def chain(count: int, make: Callable[[str], str], *more: str) -> bytes:
    """A long row of elements."""
    names = [f"t{number}" for number in range(count)]
    return model(start(), *more, *(make(name) for name in names), flows("->".join(["start", *names])))["model.bpmn"]


def computing(expression: str) -> bytes:
    """One script, and a task behind it."""
    return model(start(), script("s", expression, "x"), user("a"), flows("start->s->a"))["model.bpmn"]


def growing(expression: str) -> bytes:
    """A script that makes its own variable larger in each turn of a loop."""
    turn = gateway("exclusive", "g", default="g_s")
    first = script("f", '="xxxxxxxx"', "x")
    return model(start(), first, script("s", expression, "x"), turn, end(), flow("g", "end", "=stop"), flows("start->f->s->g->s"))["model.bpmn"]


def repeating(loop: str) -> bytes:
    """A script that is repeated."""
    return model(start(), script("s", "=1", "x", loop), user("a"), flows("start->s->a"))["model.bpmn"]


def count(text: str, sequential: str = "false") -> bytes:
    """A multi-instance with a number of runs."""
    inside = f"<bpmn:loopCardinality>{text}</bpmn:loopCardinality>"
    return repeating(f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">{inside}</bpmn:multiInstanceLoopCharacteristics>')


def calling(number: int, of: int) -> str:
    """One process of a circle of processes that call each other."""
    call = element("callActivity", f"c{number}", extensions(zeebe("calledElement", processId=f'="p{(number + 1) % of}"')))
    return process(start(f"s{number}"), call, flows(f"s{number}->c{number}"), id=f"p{number}")


def forks(rows: int) -> bytes:
    """Each fork doubles the tokens."""
    parts = [gateway("exclusive", f"m{n}") + gateway("parallel", f"f{n}") + flow(f"f{n}", f"m{n + 1}", id=f"twin{n}") for n in range(rows)]
    paths = [f"m{n}->f{n}->m{n + 1}" for n in range(rows)]
    return model(start(), *parts, gateway("exclusive", f"m{rows}"), user("a"), flows("start->m0", *paths, f"m{rows}->a"))["model.bpmn"]


def mesh(kind: str, size: int) -> bytes:
    """Gateways that lead to the next dozen each."""
    pairs = [(one, two) for one in range(size) for two in range(one + 1, min(size, one + 12))]
    asked = None if kind == "parallel" else "=true"
    ways = (flow(f"g{one}", f"g{two}", asked, id=f"f{one}_{two}") for one, two in pairs)
    last = f"g{size - 1}->a"
    return model(start(), *(gateway(kind, f"g{number}") for number in range(size)), *ways, user("a"), flows("start->g0", last))["model.bpmn"]


def nested(depth: int) -> bytes:
    """Sub-processes in each other."""

    def around(inner: str, number: int) -> str:
        return sub(f"s{number}", start(f"b{number}"), inner, flows(f"b{number}->{f's{number - 1}' if number else 'a'}"))

    return model(start(), reduce(around, range(depth), user("a")), flows(f"start->s{depth - 1}"))["model.bpmn"]


def blanks() -> bytes:
    """Thousands of names with blanks, each of which every expression could mean."""
    named = (element("dataObject", f"d{number}", name=f"A b{number}") for number in range(6000))
    return chain(3000, lambda name: script(name, f"=A b{int(name[1:]) % 100} + 1", name), *named)


STOP: Final = gateway("exclusive", "x", default="x_m")
BOUNDED: Final[dict[str, Callable[[], bytes]]] = {
    "chain of 5,000 tasks": lambda: chain(5000, user),
    "chain of 5,000 scripts that all differ": lambda: chain(5000, lambda name: script(name, f'="{name}" + stop', "v")),
    "3,000 expressions, no two alike": lambda: chain(3000, lambda name: script(name, f"={name} + 1", name)),
    "thousands of names with blanks": blanks,
    "15,000 mappings on one task": lambda: chain(1, lambda name: user(name, extensions(io({f"a{n}": f"=b{n}" for n in range(15_000)})))),
    "15,000 properties on one task": lambda: chain(
        1, lambda name: user(name, extensions(zeebe("properties", *(zeebe("property", name=f"baton:x{n}", value="1") for n in range(15_000)))))
    ),
    "20,000 attributes": lambda: PLAIN.replace(b'id="start"', b'id="start" ' + b" ".join(b'x%d="1"' % n for n in range(20_000))),
    "9,000 messages": lambda: definitions(*(message(f"m{n}", f"n{n}", "=a") for n in range(9000)), process(start(), user("a"), flows("start->a"))),
    "2,000 processes": lambda: definitions(
        *(process(start(f"s{n}"), user(f"a{n}"), flows(f"s{n}->a{n}"), id="p" if not n else f"p{n}") for n in range(2000))
    ),
    "fan of 3,000": lambda: model(
        start(),
        gateway("parallel", "g"),
        *(user(f"t{n}") for n in range(3000)),
        gateway("parallel", "j"),
        flows("start->g", *(f"g->t{n}->j" for n in range(3000))),
    )["model.bpmn"],
    "3,000 boundary events": lambda: model(
        start(),
        user("a"),
        *(boundary(f"b{n}", "a", timer("timeDuration", "PT1H"), False) for n in range(3000)),
        end(),
        flows("start->a->end", *(f"b{n}->end" for n in range(3000))),
    )["model.bpmn"],
    "3,000 links of one name": lambda: model(
        start(),
        gateway("parallel", "g"),
        *(throw(f"t{n}", event("link", name="L")) + catch(f"c{n}", event("link", name="L")) for n in range(2500)),
        flows("start->g", *(f"g->t{n}" for n in range(2500))),
    )["model.bpmn"],
    "mesh of inclusive gateways": lambda: mesh("inclusive", 150),
    "mesh of parallel gateways": lambda: mesh("parallel", 150),
    "mesh of exclusive gateways": lambda: mesh("exclusive", 150),
    "200 sub-processes in each other": lambda: nested(200),
    "40 sub-processes in each other": lambda: nested(40),
    "fork bomb": lambda: model(
        start(),
        gateway("exclusive", "m"),
        gateway("parallel", "f"),
        STOP,
        end(),
        flow("f", "m", id="again"),
        flow("x", "end", "=stop"),
        flows("start->m->f->x->m"),
    )["model.bpmn"],
    "20 forks in a row": lambda: forks(20),
    "endless loop": lambda: growing("=1"),
    "variable that doubles": lambda: growing("=x + x"),
    "list that doubles": lambda: growing("=concatenate([x], [x])"),
    "context that nests": lambda: growing("={a: x}"),
    "a million runs at once": lambda: count("=1000000"),
    "a million runs one after the other": lambda: count("=1000000", "true"),
    "minus one run": lambda: count("=-1", "true"),
    "two and a half runs": lambda: count("=2.5"),
    "runs in words": lambda: count('="3"'),
    "loop that is always true": lambda: repeating(element("standardLoopCharacteristics", "l", "<bpmn:loopCondition>=true</bpmn:loopCondition>")),
    "multi-instance over a huge list": lambda: repeating(multi("=for i in 1..1000000 return i")),
    "processes that call each other": lambda: definitions(
        calling(0, 3).replace('id="p0"', 'id="p"', 1), calling(1, 3), calling(2, 3).replace('="p0"', '="p"').replace("=&quot;p0", "=&quot;p")
    ),
    "no condition holds": lambda: model(
        start(), gateway("exclusive", "g"), user("a"), user("b"), flow("g", "a", "=1 > 2"), flow("g", "b", "=null"), flows("start->g")
    )["model.bpmn"],
    "condition that is no truth": lambda: model(start(), catch("c", condition('="perhaps"')), user("a"), flows("start->c->a"))["model.bpmn"],
    "error that nobody catches": lambda: model('<bpmn:error id="e" errorCode="E"/>', start(), end("end", event("error", "e")), flows("start->end"))[
        "model.bpmn"
    ],
    "timer that is no time": lambda: model(start(), catch("c", timer("timeDuration", "=42")), user("a"), flows("start->c->a"))["model.bpmn"],
    "timer in a million years": lambda: model(start(), catch("c", timer("timeDuration", '="P1000000Y"')), user("a"), flows("start->c->a"))[
        "model.bpmn"
    ],
    "nines to the power of nines": lambda: computing("=9**9**9**9"),
    "a billion turns": lambda: computing("=count(for i in 1..100000, j in 1..100000 return i)"),
    "endless recursion": lambda: computing("={f: function(n) f(n + 1), r: f(1)}.r"),
    "regular expression that backtracks": lambda: computing(f'=matches("{"a" * 40}!", "^(a+)+$")'),
    "text without end": lambda: computing('=string join(for i in 1..1000000 return "xxxxxxxxxxxxxxxx")'),
    "reaching for Python": lambda: computing('=__import__("os").system("true")'),
    "format that reads attributes": lambda: computing('="{0.__class__}".format(1)'),
}


def files() -> dict[str, Callable[[], bytes]]:
    """All of them; those that are costly to write down are made when they are wanted."""
    ready: dict[str, Any] = {f"xml: {name}": data for name, data in UNSAFE.items()} | {f"refused: {name}": data for name, data in REFUSED.items()}
    return {name: lambda data=data: data for name, data in ready.items()} | {f"bounded: {name}": make for name, make in BOUNDED.items()}  # type: ignore[misc]
