"""Looking names up across the files of an app."""

import difflib
from collections.abc import Collection, Iterable

from engine.apps.model import ProcessApp
from engine.errors import Text
from engine.findings import Level
from engine.forms.problems import Problems

OWN_CODES = frozenset({"BUSY", "TASK_GONE", "NOT_FOUND", "BAD_STATE", "INVALID", "IDEMPOTENCY_MISMATCH", "FORBIDDEN"})
FIELD, RECORD, STATUS = ("필드", "field"), ("레코드", "record"), ("상태", "status")


class Names:
    """Looks names up and notes those that nothing answers to."""

    def __init__(self, app: ProcessApp, problems: Problems) -> None:
        self.app = app
        self.problems = problems

    def file(self, name: str) -> str:
        """The path of one of the app's TOML files."""
        return f"processes/{self.app.key}/{name}"

    def known(self, file: str, at: str, kind: tuple[str, str], names: Iterable[str | None], among: Collection[str], level: Level = "error") -> None:
        """Note each name that is not among those; None and "" are no names."""
        for name in names:
            if not name or name in among:
                continue
            near = difflib.get_close_matches(name, among, 1, 0.6) or sorted(among)[:8]
            text: Text = {"ko": f"{kind[0]} '{name}'이(가) 없어요.", "en": f"There is no {kind[1]} '{name}'."}
            mend = {"ko": f"이름을 고쳐 주세요. 있는 것: {', '.join(near) or '없음'}", "en": f"Mend the name. There is: {', '.join(near) or 'none'}"}
            self.problems.note(file, at, f"unknown-{kind[1].replace(' ', '-')}", text, mend, level)

    def codes(self, file: str, at: str, codes: Iterable[str | None]) -> None:
        """Note codes that have no text under `[errors]`."""
        for code in codes:
            if code and code not in self.app.errors and code not in OWN_CODES:
                mend = {
                    "ko": f'app.toml의 [errors]에 {code} = {{ ko = "...", en = "..." }}를 더해 주세요.',
                    "en": f"Add {code} under [errors] in app.toml.",
                }
                text = {"ko": f"오류 코드 {code}의 안내 문구가 없어요.", "en": f"The error code {code} has no text."}
                self.problems.note(file, at, "unknown-error-code", text, mend)
