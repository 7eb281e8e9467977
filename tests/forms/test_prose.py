"""Texts of forms: the Markdown and the HTML that editors write, and nothing that values could smuggle in."""

from engine.forms.html_text import as_markdown
from engine.forms.prose import Span, blocks
from engine.texts import compile_template
from tests.forms.library import NOW


def read(text, **names):
    return blocks(compile_template(text), names, NOW, "ko")


def words(text, **names):
    return [(block.kind, ["".join(span.text for span in line) for line in block.lines]) for block in read(text, **names)]


def test_headings_paragraphs_and_lists():
    assert words("# 가\n나\n다\n\n라\n- 마\n* 바\n1. 사\n2) 아") == [
        ("h2", ["가"]), ("p", ["나", "다"]), ("p", ["라"]), ("ul", ["마", "바"]), ("ol", ["사", "아"]),
    ]  # fmt: skip


def test_strong_emphasis_code_and_links():
    line = read("__a__ *b* `c` [d](https://example.org/x) snake_case_name 2 * 3 * 4")[0].lines[0]
    assert [span for span in line if span.text.strip()] == [
        Span("a", strong=True), Span("b", emphasis=True), Span("c"), Span("d", href="https://example.org/x"), Span(" snake_case_name 2 * 3 * 4"),
    ]  # fmt: skip


def test_links_that_run_code_are_words():
    line = read("[a](javascript:alert(1)) [b](//evil.example) [c](/here)")[0].lines[0]
    assert [span.href for span in line if span.href] == ["/here"]


def test_values_are_never_markdown():
    assert words("{{x}} **{{x}}**", x="# [a](https://x) **b**") == [("p", ["# [a](https://x) **b** # [a](https://x) **b**"])]
    assert read("**{{x}}**", x="**")[0].lines[0] == (Span("**", strong=True),)


def test_html_views_keep_their_words():
    page = """<style>p { color: red }</style><h2>회비</h2><p>한 해 <b>{{if a < b then "<5천>" else fee}}</b>원 &amp; 무료</p>
    <ul><li>카드</li><li><a href="https://example.org">안내</a></li></ul><script>alert("x")</script><!-- no -->"""
    text = as_markdown(page)
    assert "alert" not in text and "color" not in text and "no" not in text
    assert words(text, a=1, b=2, fee=3) == [("h2", ["회비"]), ("p", ["한 해 <5천>원 & 무료"]), ("ul", ["카드", "안내"])]
    assert read(text, a=1, b=2, fee=3)[2].lines[1][0].href == "https://example.org"
