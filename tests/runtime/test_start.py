"""Starting: wrong settings are named with what mends them, logs are lines, accounts keep what is not given."""

import json
import os
import sys
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.errors import ConfigurationError
from engine.runtime import accounts, logs
from engine.runtime.names import settings_of
from engine.settings import Settings, load
from engine.start import open_baton, prepare
from engine.store.tables import Account
from engine.vault import master_secret
from tests.runtime.story import Story

WRONG = {
    "BROKER_URL": ["http://127.0.0.1"],
    "EVENTS_URL": ["http://127.0.0.1"],
    "EVENTS_EXCHANGE": [""],
    "DATA": ["{file}"],
    "DATABASE_URL": ["nonsense", "mysql://here/there"],
    "APPS": ["{file}", "{file}/none"],
    "HOST": [""],
    "PORT": ["abc", "-1", "70000"],
    "DEMO": ["perhaps"],
    "WORKERS": ["many", "65", "-1"],
    "PUBLIC_URL": ["baton.example", "ftp://baton.example"],
    "SMS_URL": ["gateway", "http://", "http://host:port"],
    "SMTP_URL": ["http://mail.example", "smtp://", "mail.example:25"],
    "MAIL_FROM": ["nobody", "a@b.example\nBcc: c@d.example"],
    "PARTNERS": ["nonsense", "[]", "@{file}/none"],
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but the test's own."""
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)


def test_every_setting_has_wrong_values_here() -> None:
    assert set(WRONG) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_named_with_what_mends_it(name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv(f"BATON_{name}", value.format(file=file))
    with pytest.raises(ConfigurationError) as refused:
        load()
    assert str(refused.value).startswith(f"BATON_{name}: ")
    assert str(Settings.model_fields[name.lower()].description) in str(refused.value)


def test_a_wrong_address_is_not_repeated_for_it_may_hold_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SMTP_URL", "https://user:hidden@mail.example")
    with pytest.raises(ConfigurationError) as refused:
        load()
    assert "hidden" not in str(refused.value)


def test_an_unknown_setting_is_named_with_those_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_PROT", "8000")
    with pytest.raises(ConfigurationError, match=r"BATON_PROT is no setting.*BATON_PORT"):
        load()


def test_demo_accounts_are_for_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_HOST", "0.0.0.0")
    with pytest.raises(ConfigurationError, match="BATON_DEMO"):
        load(demo=True)


def test_a_database_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path) -> None:
    url = "postgresql+psycopg://baton:hidden@127.0.0.1:1/none?connect_timeout=2"
    for begin in (prepare, open_baton):
        with pytest.raises(ConfigurationError, match="BATON_DATABASE_URL") as refused:
            begin(Settings(data=tmp_path, database_url=url))
        assert "hidden" not in str(refused.value)


def test_a_database_that_was_not_migrated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="baton migrate"):
        open_baton(Settings(data=tmp_path))


def test_a_data_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="BATON_DATA"):
        prepare(Settings(data=tmp_path / "file" / "data"))


def test_the_secret_is_made_once_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert master_secret(path) == master_secret(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"")
    with pytest.raises(ConfigurationError, match="damaged"):
        master_secret(path)


def test_logs_are_one_line_of_json_each(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        logs.configure()
        structlog.get_logger().info("job finished", action="job.finish", job="a-1")
        structlog.get_logger().debug("nobody needs this", action="none")
    finally:
        structlog.configure(**before)
    (line,) = capsys.readouterr().err.splitlines()
    found = json.loads(line)
    assert (found["action"], found["level"], found["job"]) == ("job.finish", "info", "a-1") and found["timestamp"]


def test_an_error_stands_in_the_log_by_its_place_only() -> None:
    try:
        int("김고객")
    except ValueError:
        place = logs.place(sys.exc_info()[1] or ValueError())
    assert "test_start.py" in place and "김고객" not in place


def test_a_new_password_leaves_name_and_roles_alone(story: Story) -> None:
    story.baton.do(accounts.save, login="agent1", password="another password", actor=SYSTEM)
    story.baton.do(accounts.save, login="new", password="another password", roles=["operator"], actor=SYSTEM)
    with story.baton.read() as read:
        rows = {row.login: (row.name, row.roles) for row in read.all(select(Account.login, Account.name, Account.roles))}
    assert rows["agent1"] == ("이상담", ["cs_agent"])
    assert rows["new"] == ("new", ["operator"])


def test_an_apps_setting_from_the_environment_is_of_the_same_kind_as_in_its_file(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    with story.baton.read() as read:
        _, app = read.live("iptv")
    name = next(name for name, value in app.settings.items() if not isinstance(value, str))
    monkeypatch.setenv(f"BATON_IPTV_{name.upper()}", '{"a": 3}')
    assert settings_of(app, {})[name] == {"a": 3}
    monkeypatch.setenv(f"BATON_IPTV_{name.upper()}", "{nonsense")
    with pytest.raises(ConfigurationError, match=f"BATON_IPTV_{name.upper()}"):
        settings_of(app, {})


def test_the_operators_page_lists_every_setting() -> None:
    page = Path("docs/operator/settings.md").read_text("utf-8")
    assert page == settings_page()


def settings_page() -> str:
    """docs/operator/settings.md, as `python -m tests.runtime.test_start` writes it."""
    lines = [
        "# 설정 / Settings",
        "",
        "모든 설정은 환경 변수예요. 틀리거나 모르는 설정이 있으면 시작하지 않고, 고칠 말을 알려 줘요.",
        "",
        "Every setting is an environment variable. A wrong or unknown one stops the start with the sentence that mends it.",
        "",
        "| variable | default | what it is |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if str(field.default) else "empty"
        lines.append(f"| `BATON_{name.upper()}` | {default} | {field.description} |")
    lines += ["", "앱의 설정(app.toml의 `[settings]`)은 `BATON_<APP>_<NAME>`으로 바꿔요. 예: `BATON_IPTV_CS_PHONE`"]
    lines += [
        "",
        "An app's own settings (`[settings]` in its app.toml) are overridden by `BATON_<APP>_<NAME>`, for example `BATON_IPTV_CS_PHONE`.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    Path("docs/operator/settings.md").write_text(settings_page(), "utf-8")
