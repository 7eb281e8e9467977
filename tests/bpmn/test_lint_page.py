"""The analysts' page of all rules, made from the rules themselves. `python -m tests.bpmn.test_lint_page` writes it again."""

import re
from pathlib import Path
from typing import Final

from engine.bpmn.lint import RULES, Rule

PAGE: Final = Path(__file__).parents[2] / "docs" / "analyst" / "lint.md"
HEAD: Final = """# 그림 검사 / Lint

`baton lint`는 그림을 배포하기 전에 무엇이 잘못됐는지, 어떻게 고치는지 알려 줘요.
`baton lint` says what is wrong with a drawing before it is deployed, and how to mend it.

```
baton lint processes/iptv            # 앱 전체(폼 포함) / a whole app with its forms
baton lint 그림.bpmn 결정.dmn 폼.form   # 파일 하나씩 / single files
baton lint --json PATH...            # 기계가 읽는 목록 / a list for machines
baton lint --fix 그림.bpmn            # 위치가 없는 요소를 자동으로 배치 / lay out what has no place
baton lint --lang ko PATH...         # 한국어로 / in Korean
```

- **error**: 그린 대로 실행할 수 없어요. 배포되지 않아요. / It cannot run as drawn and is not deployed.
- **warning**: 실행되지만 확인해 보세요. / It runs; have a look all the same.
- 오류가 있으면 종료 코드가 1, 없으면 0이에요. / The exit code is 1 when there is an error, else 0.

아래 문장에서 …은 찾은 요소나 값이에요. / In the sentences below, … stands for the element or value that was found.
"""
SECTIONS: Final = {"error": "## 오류 / Errors", "warning": "## 경고 / Warnings"}


def page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for level, title in SECTIONS.items():
        parts += [title, *(_section(rule) for _, rule in sorted(RULES.items()) if rule.level == level)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _section(rule: Rule) -> str:
    found_ko, found_en, mend_ko, mend_en = (_shown(text) for text in (rule.ko, rule.en, rule.mend_ko, rule.mend_en))
    return f"### `{rule.id}`\n\n- **찾는 것**: {found_ko}\n- **고치기**: {mend_ko}\n- **Finds**: {found_en}\n- **Mend**: {mend_en}"


def _shown(text: str) -> str:
    return re.sub(r"\{\w+\}", "…", text)


def test_the_analysts_page_says_what_the_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_rule_speaks_two_languages_and_says_how_to_mend() -> None:
    for rule in RULES.values():
        assert re.search("[가-힣]", rule.ko) and re.search("[가-힣]", rule.mend_ko), rule.id
        assert re.search("[a-z]", rule.en) and not re.search("[가-힣]", rule.en + rule.mend_en), rule.id
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", rule.id)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
