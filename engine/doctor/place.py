"""Where Baton runs: the secret file, the disk, the database and its schema, the clock, the brokers."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from engine.clock import Clock
from engine.connectors import network
from engine.doctor.finding import Finding, fault
from engine.runtime.baton import Baton
from engine.runtime.reader import Reader
from engine.settings import PREFIX, Settings
from engine.store import migrate
from engine.store.tables import History, Person

FULL = 500 * 1024 * 1024  # bytes that should be free on the disk
SKEW = timedelta(seconds=5)


def unreachable(reason: str) -> Finding:
    """The database does not answer."""
    return fault(
        "database",
        f"데이터베이스를 쓸 수 없어요: {reason}",
        f"the database cannot be used: {reason}",
        "BATON_DATABASE_URL과 데이터베이스가 켜져 있는지 확인해 주세요.",
        "check BATON_DATABASE_URL, and that the database runs",
    )


def secret_file(settings: Settings) -> Iterator[Finding]:
    """The secret file that others can read."""
    file = settings.data / "secret"
    if file.exists() and file.stat().st_mode & 0o077:
        yield fault(
            "secret-rights",
            f"{file}을 다른 사람도 읽을 수 있어요.",
            f"others can read the secret file {file}",
            f"`chmod 600 {file}`를 실행하고, 누가 읽었을 수 있다면 `baton secret rotate`로 바꿔 주세요.",
            f"run `chmod 600 {file}`, and `baton secret rotate` if somebody may have read it",
        )


def secret_fits(read: Reader) -> Iterator[Finding]:
    """The secret file, where it is not the one of this database."""
    key = read.value(select(Person.key).where(Person.key.is_not(None)).limit(1))
    try:
        if key is not None:
            read.vault.open(key)
    except ValueError:
        yield fault(
            "secret",
            "비밀 키 파일이 이 데이터베이스의 것이 아니에요.",
            "the secret file does not belong to this database: personal data cannot be read",
            "이 데이터베이스의 비밀 키 파일을 백업에서 되돌려 주세요.",
            "put the secret file back that belongs to it, from a backup",
        )


def disk(settings: Settings) -> Iterator[Finding]:
    """The disk, where it is nearly full."""
    usage = shutil.disk_usage(settings.data if settings.data.exists() else ".")
    if usage.free < min(FULL, usage.total // 20):
        free = usage.free // 1_000_000
        yield fault(
            "disk",
            f"디스크에 {free} MB밖에 남지 않았어요.",
            f"only {free} MB are left on the disk of {settings.data}",
            "자리를 비우거나 디스크를 늘려 주세요. 가득 차면 아무것도 저장되지 않아요.",
            "make room or a larger disk: when it is full, nothing can be saved",
        )


def schema(baton: Baton) -> Iterator[Finding]:
    """The schema, where it does not fit this version, or an upgrade is not finished."""
    problem = migrate.problem(baton.database)
    if problem:
        yield fault("schema", "데이터베이스 구조가 이 버전과 맞지 않아요.", problem, "`baton migrate`를 실행해 주세요.", "run `baton migrate`")
    elif migrate.unfinished(baton.database):
        yield fault(
            "schema-post",
            "지난 업그레이드가 끝나지 않았어요.",
            "the last upgrade is not finished",
            "모든 프로세스가 새 버전이면 `baton migrate --post`를 실행해 주세요.",
            "once every process runs the new version, run `baton migrate --post`",
            "warning",
        )


def clock(baton: Baton) -> Iterator[Finding]:
    """The clock, where it differs from that of the database."""
    with baton.database.read() as connection:
        newest = connection.scalar(select(func.max(History.at)))
        theirs = None if baton.database.is_sqlite else connection.scalar(select(func.now()))
    now = baton.clock.now()
    ahead = max([abs(theirs - now)] if theirs and not _stands_still(baton.clock) else [timedelta()])
    if newest and newest > now:
        ahead = max(ahead, newest - now)
    if ahead > SKEW:
        seconds = int(ahead.total_seconds())
        yield fault(
            "clock",
            f"이 컴퓨터의 시계가 데이터베이스와 {seconds}초 달라요.",
            f"the clock of this machine differs from the database by {seconds} s",
            "시계를 맞춰 주세요(NTP). 기한과 타이머가 어긋나요.",
            "set the clock (NTP): due dates and timers go wrong",
        )


def _stands_still(clock: Clock) -> bool:
    return hasattr(clock, "advance")


def broker(settings: Settings, name: str) -> Iterator[Finding]:
    """The broker of this setting, where it does not answer."""
    address: str = getattr(settings, name)
    if address and not network.answers(address):
        variable = f"{PREFIX}{name.upper()}"
        yield fault(
            "broker",
            f"{variable}의 브로커에 닿지 않아요.",
            f"the broker of {variable} does not answer",
            "브로커가 켜져 있는지, 주소가 맞는지 확인해 주세요. 그동안 일은 늦어지지만 사라지지 않아요.",
            "check that it runs and the address is right; meanwhile work is late but not lost",
        )
