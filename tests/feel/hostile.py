"""Expressions made to hang or to eat memory. `python -m tests.feel.hostile` runs them all and prints one JSON object: name -> how it ended."""

import json
import resource
import sys
import time

from engine import feel

_LONG = 'string join(for i in 1..8000 return "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")'
_LIST = "for i in 1..50000 return i"
_MAP = "context(for i in 1..5000 return {key: string(i), value: i})"
_SHARED = "for i in 1..60 return [partial[-1], partial[-1]]"
_TEN = "[1,2,3,4,5,6,7,8,9,10]"
A, GA = "a" * 15_000, "가" * 15_000

# Each ends with an error that names the expression.
REFUSED = {
    "deep parentheses": "(" * 5000 + "1" + ")" * 5000,
    "deep lists": "[" * 5000 + "]" * 5000,
    "deep ifs": "if true then " * 1200 + "1",
    "deep conditions": "if " * 5000,
    "deep calls": "not(" * 2000 + "true" + ")" * 2000,
    "deep minus": "-" * 15_000 + "1",
    "deep contexts": "{a:" * 3000 + "1" + "}" * 3000,
    "deep functions": "function(x) " * 1300 + "1",
    "deep loops": "for a in [1,2] return " * 200 + "1",
    "deep in": "x in (" * 1000 + "1" + ")" * 1000,
    "deep ranges": "[1.." * 1000 + "1" + "]" * 1000,
    "deep types": "x instance of " + "list<" * 3000 + "number" + ">" * 3000,
    "deep function types": "x instance of " + "function<" * 1500,
    "power chain": "2" + "**2" * 5000,
    "comparison chain": "1" + "=1" * 7000,
    "path chain": "a" + ".b" * 7000,
    "filter chain": "a" + "[1]" * 5000,
    "call chain": "a" + "()" * 7000,
    "between": "1 between " * 1500,
    "too long": "1+" * 100_000 + "1",
    "giant number": "9" * 15_000,
    "giant exponent": "1e99999999999",
    "no end of a string": '"' + "a" * 15_000,
    "no end of comments": "/*" * 7000,
    "words": "a " * 7500,
    "dots": "1" + "." * 1000,
    "operators": "<" * 5000,
    "endless range": "for i in 1..1000000000 return i",
    "endless some": "some i in 1..10**9 satisfies i < 0",
    "endless range value": "for i in [1..100000000] return i",
    "endless range of large numbers": "for i in 1e6000..1e6001 return i",
    "product of loops": "for i in 1..90000, j in 1..90000 return i*j",
    "loops in loops": "for i in 1..3000 return for j in 1..3000 return for k in 1..3000 return 1",
    "fifty loops": "for " + ", ".join(f"a{i} in {_TEN}" for i in range(50)) + " return 1",
    "fifty quantifiers": "some " + ", ".join(f"a{i} in {_TEN}" for i in range(50)) + " satisfies false",
    "roots": "sum(for i in 1..99999 return i ** 0.5)",
    "doubled text": 'for i in 1..60 return if i = 1 then "aaaaaaaa" else partial[-1] + partial[-1]',
    "doubled list": "count(for i in 1..60 return if i = 1 then [1,1] else concatenate(partial[-1], partial[-1]))",
    "shared parts as text": f"string({_SHARED})",
    "shared parts flattened": f"flatten({_SHARED})",
    "shared parts as JSON": f"to json({_SHARED})",
    "shared parts compared": "{a: " + _SHARED + ", b: " + _SHARED + ", r: a = b}.r",
    "recursion": "(function(g) g(g))(function(g) g(g))",
    "counting recursion": "(function(f, n) f(f, n+1))(function(f, n) f(f, n+1), 1)",
    "fibonacci": "(function(f, n) f(f, n))(function(f, n) if n < 2 then n else f(f, n-1) + f(f, n-2), 90)",
    "sort in sort": "sort(for i in 1..5000 return i, function(a,b) sort([a,b], function(x,y) x<y)[1] < b)",
    "pattern with a back reference": f'matches("{A[:3000]}!", "(a*)\\1\\1b")',
    "long text": 'string join(for i in 1..99999 return "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")',
    "upper case again and again": "{a: " + _LONG + ", b: for i in 1..99999 return upper case(a)}.b",
    "long texts": "{a: " + _LONG + ', b: for i in 1..99999 return a + "x"}.b',
    "substrings": "{a: " + _LONG + ", b: for i in 1..99999 return substring(a, 2)}.b",
    "before": "{a: " + _LONG + ', b: for i in 1..99999 return substring before(a + "b", "b")}.b',
    "contains": "{a: " + _LONG + ', b: for i in 1..99999 return contains(a, "b")}.b',
    "trim": "{a: " + _LONG + ', b: for i in 1..99999 return trim(a + " ")}.b',
    "replaced again and again": "{a: " + _LONG + ', b: for i in 1..9999 return replace(a, "a", "b")}.b',
    "split again and again": "{a: " + _LONG + ', b: for i in 1..9999 return split(a, "a")}.b',
    "growing list": "count(for i in 1..99999 return append(partial, i))",
    "sublists": "{a: " + _LIST + ", b: for i in a return sublist(a, 2)}.b",
    "distinct contexts": "distinct values(for i in 1..50000 return {a: i})",
    "medians": "{a: " + _LIST + ", b: for i in a return median(a)}.b",
    "list contains": "{a: " + _LIST + ", b: for i in a return list contains(a, -1)}.b",
    "in a list": "{a: " + _LIST + ", b: for i in a return -1 in a}.b",
    "filter in filter": "{a: " + _LIST + ", b: a[count(a[item > 3]) > 2]}.b",
    "many contexts": "for i in 1..99999 return {a: i, b: i, c: i, d: i, e: {}, f: {}}",
    "context put": "{a: " + _MAP + ', b: for i in 1..5000 return context put(a, "x", i)}.b',
    "context merge": "{a: " + _MAP + ", b: for i in 1..5000 return context merge([a, a])}.b",
    "get entries": "{a: " + _MAP + ", b: for i in 1..5000 return get entries(a)}.b",
    "many dates": '{r: for i in 1..99999 return @"2020-01-01" + duration("P1D") * i}.r',
    "text grows by replacing": 'for i in 1..20 return if i = 1 then "aaaaaaaa" else replace(partial[-1], "a", "aaaaaaaaaaaaaaaa")',
    "long numbers as text": "string join(for i in 1..10000 return string(1e-6000))",
}

# Each ends soon: with a value, or with an error where the bound on steps comes first.
BOUNDED = {
    "shared parts": _SHARED,
    "nested plus": f'matches("{A}!", "(a+)+$")',
    "same alternatives": f'matches("{A}!", "(a|a)*$")',
    "overlapping alternatives": f'matches("{A}!", "(a|aa)+$")',
    "many stars": f'matches("{A[:1000]}!", "(.*)(.*)(.*)[x]")',
    "star of star": f'replace("{A}!", "(a*)*b", "x")',
    "split by nested plus": f'split("{A}!", "(a+)+b")',
    "back reference to a nested plus": 'matches("' + "a" * 40 + '!", "^(a+)+\\1$")',
    "two plus": 'matches("' + "x" * 3000 + '", "(x+x+)+y")',
    "spaces at the end": 'matches("' + " " * 15_000 + 'x", "\\s+$")',
    "nested plus in Korean": f'matches("{GA}x", "(가+)+$")',
}

# Each ends at once, with a value or null.
HARMLESS = {
    "long sum": "1" + "+1" * 7500,
    "long and": "true" + " and true" * 1600,
    "long else if": "if 1 = 2 then 1 else " * 700 + "1",
    "long list": "[" + "1," * 7500 + "1]",
    "many keys": "{" + ", ".join(f"k{i}: 1" for i in range(1500)) + "}",
    "many arguments": "max(" + "1," * 7500 + "1)",
    "long string": '"' + "a" * 15_000 + '"',
    "powers": "9**9**9",
    "more powers": "9**(9**9)",
    "power of ten": "10**999999999",
    "power near one": "1.0000000001**999999999",
    "negative power": "0.5**(-999999999)",
    "exp": "exp(1000000)",
    "log": "log(1e-6000)",
    "product": "product(for i in 1..2000 return i)",
    "optionals": 'matches("' + "a" * 30 + '", "' + "a?" * 30 + "a" * 30 + '")',
    "huge counts": 'matches("a", "((((a{1000}){1000}){1000}){1000}){1000}")',
    "deep pattern": 'matches("a", "' + "(" * 400 + "a" + ")" * 400 + '")',
    "many alternatives": 'matches("a", "' + "|".join(["b"] * 490) + '")',
    "date past the calendar": '@"999999999-12-31" + @"P999999999999999Y"',
    "date and time past the calendar": 'date and time("2020-01-01T00:00:00@Asia/Seoul") + duration("P1D") * 10**30',
    "giant duration": 'duration("P1D") * 10**6000',
    "giant duration twice": 'duration("P1Y") * 10**6000 * 10**6000',
    "giant years": '(duration("P1Y") * 10**6000).years + 1',
    "rounding": "decimal(1e6000, 6000)",
    "rounding down": "floor(1e-6000, 6000)",
    "modulo": "modulo(1e6000, 3e-6000)",
    "number as text": "string(1e6144)",
    "odd": "odd(1e6000)",
    "index": "[1,2][1e6000]",
    "square root": "sqrt(1e6000)",
    "time": "time(10, 10, 1e-6000)",
    "date": "date(1e6000, 1, 1)",
    "substring": 'substring("abc", 1e6000)',
    "partition": "partition([1,2,3], 1e6000)",
    "from json": 'from json("' + "[" * 15_000 + '")',
    "number from json": 'from json("' + "9" * 15_000 + '")',
    "at": '@"' + "9" * 15_000 + '"',
    "number from text": 'number("' + "9" * 15_000 + '")',
    "zone": '@"2020-01-01T00:00:00@../../../../etc/passwd"',
    "python attributes": '"".__class__.__mro__',
    "python format": 'string join(["{0.__class__}"])',
}


def run_all(wanted: list[str]) -> dict[str, dict[str, object]]:
    """How each ended: the kind of error or "value", processor milliseconds, and megabytes that the process grew by."""
    ended: dict[str, dict[str, object]] = {}
    for name, expression in {**REFUSED, **BOUNDED, **HARMLESS}.items():
        if wanted and name not in wanted:
            continue
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.thread_time()
        try:
            feel.evaluate(expression, {})
            outcome, message = "value", ""
        except Exception as error:
            outcome, message = type(error).__name__, str(error)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024
        ended[name] = {"outcome": outcome, "message": message[:200], "ms": round((time.thread_time() - started) * 1000, 1), "mb": grown}
    return ended


if __name__ == "__main__":
    print(json.dumps(run_all(sys.argv[1:]), ensure_ascii=False))
