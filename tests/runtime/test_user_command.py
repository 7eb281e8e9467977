"""`baton user`: the first account, a forgotten password, who there is, who may no longer sign in; and the other commands at a terminal."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from sqlalchemy import select

from engine.cli import backup, group, migrate, privacy, restore, secret, user
from engine.errors import Refused
from engine.store.tables import Account, Audit
from tests.runtime import club
from tests.runtime.story import ROOT, Story

Baton = Callable[..., Result]
COMMANDS = {"user": user, "backup": backup, "restore": restore, "privacy": privacy, "migrate": migrate, "secret": secret}


@pytest.fixture
def baton(story: Story, monkeypatch: pytest.MonkeyPatch) -> Baton:
    """The command, on the story's database, in Korean."""
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)
    settings = story.baton.settings
    for name, value in {"DATA": settings.data, "DATABASE_URL": settings.database_url, "APPS": ROOT}.items():
        monkeypatch.setenv(f"BATON_{name}", str(value))
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")

    def run(name: str, *arguments: Any) -> Result:
        return CliRunner().invoke(COMMANDS[name].command, [str(argument) for argument in arguments])

    return run


def account(story: Story, login: str) -> Any:
    """The row of an account."""
    with story.baton.read() as read:
        return read.one(select(Account.name, Account.roles, Account.active, Account.password_hash).where(Account.login == login))


def test_an_account_from_its_first_day_to_its_last(story: Story, baton: Baton) -> None:
    assert baton("user", "save", "boss", "--name", "최운영", "--role", "operator", "--password", "first-day-1").output == "boss: 로그인할 수 있어요\n"
    assert baton("user", "password", "boss", "--password", "second-day-2").exit_code == 0
    row = account(story, "boss")
    assert (row.name, row.roles, row.active) == ("최운영", ["operator"], True)
    assert PasswordHasher().verify(row.password_hash, "second-day-2")
    assert baton("user", "roles", "boss", "cs_agent", "lead").exit_code == 0
    assert baton("user", "deactivate", "boss").output == "boss: 로그인할 수 없어요\n"
    assert "boss\t최운영\tcs_agent, lead\t로그인할 수 없어요" in baton("user", "list").output
    assert baton("user", "activate", "boss").exit_code == 0
    assert account(story, "boss").active
    with story.baton.read() as read:
        done = [row.action for row in read.all(select(Audit.action).where(Audit.object == "boss").order_by(Audit.at, Audit.id))]
    assert done == ["account.save", "account.password", "account.roles", "account.deactivate", "account.activate"]


def test_what_cannot_be_is_refused_in_words(story: Story, baton: Baton) -> None:
    baton("user", "save", "boss", "--password", "first-day-1")
    for arguments, code in [
        (("password", "boss", "--password", "short"), "WEAK_PASSWORD"),
        (("password", "nobody", "--password", "first-day-1"), "NO_ACCOUNT"),
        (("roles", "boss", "kink"), "UNKNOWN_ROLE"),
    ]:
        refused = baton("user", *arguments).exception
        assert isinstance(refused, Refused)
        assert refused.code == code
        assert refused.texts["ko"] and refused.texts["en"]


def test_a_person_is_found_told_and_erased_at_the_terminal(story: Story, baton: Baton, tmp_path: Path) -> None:
    club.deploy(story)
    number = club.join(story).number
    club.look(story, number)
    case = f"club/member/{number}"
    assert baton("privacy", "find", "010-0000-1234").output == f"{case}\n"
    assert baton("privacy", "export", case, "--reason", "asked", "--to", tmp_path / "told.json").exit_code == 0
    (told,) = orjson.loads((tmp_path / "told.json").read_bytes())
    assert told["records"][0]["data"]["member_name"] == "홍길동"
    assert (tmp_path / "told.json").stat().st_mode & 0o777 == 0o600
    assert "아직 진행 중" in baton("privacy", "erase", case, "--reason", "asked", "--yes").output
    assert baton("privacy", "erase", case, "--reason", "asked", "--running", "--yes").output == f"{case}: 개인정보를 지웠어요\n"
    assert baton("privacy", "find", "홍길동").output == ""
    assert baton("privacy", "retention", "--dry-run").output == ""
    assert baton("privacy", "export", "club", "--reason", "asked").exit_code == 2


def test_a_backup_is_made_and_put_back_at_the_terminal(story: Story, baton: Baton, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = story.apply().number
    assert "비밀 키" in baton("backup", tmp_path / "baton.zip").output
    assert "데이터베이스가 이 버전에 맞아요." in baton("migrate").output
    assert "비밀 키를 바꿨어요" in baton("secret", "rotate").output
    monkeypatch.setenv("BATON_DATA", str(tmp_path / "new"))
    monkeypatch.setenv("BATON_DATABASE_URL", "")
    assert "되살렸어요" in baton("restore", tmp_path / "baton.zip").output
    assert baton("privacy", "find", number).output == f"iptv/subscription/{number}\n"


def test_every_command_can_be_loaded() -> None:
    context = group.make_context("baton", ["user", "list"])
    assert all(group.get_command(context, name) for name in group.list_commands(context))
