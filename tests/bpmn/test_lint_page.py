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
UNUSED: Final = """## 쓰이지 않는 것 / Used nowhere

앱에 적혀 있지만 쓰는 곳이 없는 것은 모두 경고예요. 확실한 것만 말해요:
이름을 식으로 만들거나, 설정을 통째로 읽거나, 바깥 작업자가 변수를 받으면 말하지 않아요.
What an app declares and uses nowhere is a warning. Only what is certain is named: nothing is said where a name
is made by an expression, where settings are read as a whole, or where an external worker gets the variables.

| | 찾는 것 | Finds |
|---|---|---|
| `unused-choices` | 어느 양식도 쓰지 않는 `[choices.*]` | choices that no form offers |
| `unused-error` | 아무것도 내지 않는 `[errors]`의 코드 (Baton의 코드는 빼고) | a code of `[errors]` that nothing raises (Baton's own codes aside) |
| `unused-field` | 레코드에도 남지 않고 식·표·문구도 읽지 않는 양식의 칸 | a field of a form that no record keeps and nothing reads |
| `unused-form` | 문·버튼·업무 어디에서도 보여 주지 않는 양식 | a form that no door, action or task shows |
| `unused-notification` | 어느 `notify` 작업도 보내지 않는 알림 | a notification that no `notify` task sends |
| `unused-setting` | 어느 식도 읽지 않는 설정과 기능 스위치 | a setting or feature switch that no expression reads |

**고치기**: 지우거나, 쓸 곳에서 이름을 적어 주세요. 그림의 메시지·오류는 위의 `definition-unused`가 말해요.
**Mend**: Remove it, or name it where it is meant to be used. Of messages and errors of a drawing `definition-unused` above speaks.
"""
SECTIONS: Final = {"error": "## 오류 / Errors", "warning": "## 경고 / Warnings"}


def page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for level, title in SECTIONS.items():
        parts += [title, *(_section(rule) for _, rule in sorted(RULES.items()) if rule.level == level)]
    return "\n\n".join(part.strip() for part in (*parts, UNUSED)) + "\n"


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
