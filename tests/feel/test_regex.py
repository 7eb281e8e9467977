"""Patterns as XPath understands them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel


def matches(text: str, pattern: str, flags: str = "") -> bool | None:
    """`matches` without the escapes of FEEL strings."""
    return feel.evaluate("matches(t, p, f)", {"t": text, "p": pattern, "f": flags})


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "found"),
    [
        ("abc", "b", "", True),
        ("abc", "^b", "", False),
        ("abc", "^abc$", "", True),
        ("", "", "", True),
        ("a\nb", "^b$", "", False),
        ("a\nb", "^b$", "m", True),
        ("a\n", "a$", "", False),
        ("a\n", "a$", "m", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\rb", "a.b", "", False),
        ("ABC", "abc", "i", True),
        ("ABC", "[a-c]+", "i", True),
        ("k", "\u212a", "i", True),
        ("Q", "[^q]", "i", False),
        ("hello world", " hello [ ] world ", "x", True),
        ("hello world", "hello\\ sworld", "x", True),
        ("01012345678", "^01[016789]\\d{7,8}$", "", True),
        ("홍길동", "^[가-힣]{2,5}$", "", True),
        ("홍길동", "^\\p{IsHangulSyllables}+$", "", True),
        ("홍길동", "^\\p{L}+$", "", True),
        ("a1", "^\\p{Ll}\\p{Nd}$", "", True),
        ("a", "\\P{L}", "", False),
        ("x", "[A-Z-[OI]]", "i", True),
        ("O", "[A-Z-[OI]]", "i", False),
        ("b", "[a-c-[b]]", "", False),
        ("-", "[a-]", "", True),
        ("a b", "a\\sb", "", True),
        ("_", "\\w", "", False),
        ("$", "\\w", "", True),
        ("é", "^\\w$", "", True),
        ("_:", "^\\i\\i$", "", True),
        ("1", "\\i", "", False),
        ("1-", "^\\c\\c$", "", True),
        ("aa", "(a)\\1", "", True),
        ("ab", "(a)\\1", "", False),
        ("aA", "(a)\\1", "i", True),
        ("abab", "^(ab|cd)+$", "", True),
        ("aaa", "^a{2}$", "", False),
        ("aaa", "^a{2,}$", "", True),
        ("aaa", "^a{1,2}$", "", False),
        ("ac", "^ab?c$", "", True),
        ("a", "^(?:a|b)$", "", True),
        ("a.b", "a\\.b", "", True),
        ("a]", "a\\]", "", True),
        ("tab\t", "\\t", "", True),
        ("١", "\\d", "", True),
        ("👍", "^.$", "", True),
        ("a|b", "a\\|b", "", True),
    ],
)
def test_a_pattern_is_found_or_not(text: str, pattern: str, flags: str, found: bool) -> None:
    assert matches(text, pattern, flags) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "*",
        "+",
        "?",
        "a**",
        "a{2,1}",
        "a{,2}",
        "[b-a]",
        "[]",
        "[^]",
        "\\",
        "\\y",
        "\\1",
        "(a)\\2",
        "(a\\1)",
        "[\\1]",
        "\\p{Xx}",
        "\\p{IsNothing}",
        "\\pL",
        "(?=a)",
        "(?<a>b)",
        "(?i)a",
        "a{1001}",
        "[a-[b]c]",
        "\\u0041",
    ],
)
def test_a_wrong_pattern_gives_null(pattern: str) -> None:
    assert matches("aaa", pattern) is None


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "result"),
    [
        ("banana", "a", "o", "bonono"),
        ("abcd", "(ab)|(a)", "[1=$1][2=$2]", "[1=ab][2=]cd"),
        ("abracadabra", "a.*?a", "*", "*c*bra"),
        ("AAAA", "A+?", "b", "bbbb"),
        ("abc", "(.)", "$1$1", "aabbcc"),
        ("abc", "b", "\\$", "a$c"),
        ("abc", "b", "\\\\", "a\\c"),
        ("abc", "b", "[$0]", "a[b]c"),
        ("abc", "(b)", "$12", "ab2c"),
        ("2026-11-20", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1", "20.11.2026"),
        ("가나다", "나", "-", "가-다"),
        ("가나다", "(가|나)", "<$1>", "<가><나>다"),
    ],
)
def test_replace(text: str, pattern: str, replacement: str, result: str) -> None:
    assert feel.evaluate("replace(t, p, r)", {"t": text, "p": pattern, "r": replacement}) == result


_PIECES = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", "(a|b)", "(ab)", "a*", "b+", "a?", "(a*b)", "(a|ab)", "a{2}", "b{0,2}", "a*?", "(b?)", "^", "$"]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=5).map("".join), st.text(alphabet="ab", max_size=8), st.booleans())
def test_both_ways_to_match_agree_with_python_where_the_languages_do(pattern: str, text: str, korean: bool) -> None:
    """ASCII texts go through `re`, others through the own matcher: the same pattern over 가 and 나 takes the other way."""
    expected = re.search(pattern.replace("$", "\\Z"), text) is not None
    if korean:
        table = str.maketrans("ab", "가나")
        pattern, text = pattern.translate(table), text.translate(table)
    assert matches(text, pattern) is expected
    parts = feel.evaluate("extract(t, p)", {"t": text, "p": pattern})
    assert "".join(parts) in text or parts


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=5).map("".join), st.text(alphabet="ab", max_size=8))
def test_groups_are_the_ones_that_python_finds(pattern: str, text: str) -> None:
    table = str.maketrans("ab", "가나")
    expected = re.search(pattern.replace("$", "\\Z"), text)
    context = {"t": text.translate(table), "p": f"^(가|나)*?({pattern.translate(table)})".replace("(^", "("), "r": "<$2>"}
    if expected is not None and expected.group() and "^" not in pattern and "$" not in pattern:
        replaced = feel.evaluate("replace(t, p, r)", context)
        assert replaced is None or replaced.startswith("<")
