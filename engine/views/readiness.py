"""Whether this process can serve requests: every reason against it, in words for an operator."""

import threading
import time
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from engine.connectors.reach import reachable
from engine.errors import BatonError, Busy, NotSaved, Text
from engine.runtime import switches
from engine.runtime.baton import Baton
from engine.runtime.reader import Reader
from engine.store import migrate
from engine.store.commit import Change
from engine.store.tables import Deployment, Duty

PROBE = "probe"
TRUSTED = 5.0  # seconds for which a good answer stands: probes come often, and each writes a row


@dataclass(frozen=True)
class Reason:
    """What keeps it from serving: `database`, `schema`, `storage`, `definitions` or `broker`, and what to do about it."""

    missing: str
    text: Text


REASONS: dict[str, Text] = {
    "database": {
        "ko": "데이터베이스에 닿지 않아요. 켜져 있는지, 주소가 맞는지 확인해 주세요.",
        "en": "The database cannot be reached: see that it runs and that its address is right.",
    },
    "schema": {
        "ko": "데이터베이스의 구조가 이 버전과 맞지 않아요. `baton migrate`를 실행해 주세요.",
        "en": "The database's schema does not fit this version: run `baton migrate`.",
    },
    "storage": {
        "ko": "데이터베이스에 저장할 수 없어요. 디스크가 찼거나 읽기 전용이에요. 자리를 비우면 스스로 돌아와요. 저장된 것은 그대로 있어요.",
        "en": "The database takes no writes: its disk is full or it is read-only. Make room and it recovers by itself. What was saved is kept.",
    },
    "definitions": {
        "ko": "배포된 앱을 읽을 수 없어요. 기록을 확인하고 다시 배포해 주세요.",
        "en": "A deployed app cannot be loaded: see the log, and deploy it again.",
    },
    "broker": {
        "ko": "브로커에 닿지 않아요. 일은 데이터베이스에 있고 잃지 않아요.",
        "en": "The broker cannot be reached. Work stands in the database and is not lost.",
    },
}


class Readiness:
    """Looks when it is asked; a good answer stands for 5 seconds, a bad one is looked at again each time."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._good_until = 0.0
        self._one = threading.Lock()

    def reasons(self) -> list[Reason]:
        """Why this process cannot serve; empty when it can."""
        with self._one:
            if time.monotonic() < self._good_until:
                return []
            found = [Reason(missing, REASONS[missing]) for missing in self._missing()]
            self._good_until = 0.0 if found else time.monotonic() + TRUSTED
            return found

    def _missing(self) -> list[str]:
        stored = self._database()
        broker = self._baton.settings.broker_url
        return [*([stored] if stored else []), *(["broker"] if broker and not reachable(broker) else [])]

    def _database(self) -> str | None:
        try:
            if not migrate.fits(self._baton.database):
                return "schema"
            self._baton.do(written)
            with self._baton.read() as read:
                for row in read.all(select(Deployment.app).where(Deployment.live.is_(True))):
                    read.live(row.app)
        except NotSaved:
            return "storage"
        except Busy:  # many write, and so it can be written
            return None
        except SQLAlchemyError:
            return "database"
        except BatonError:
            return "definitions"
        return None


def written(read: Reader) -> Change:
    """Write one row: only that shows that rows can be written."""
    change = Change()
    row = upsert(Duty).values(name=PROBE, done_at=read.now)
    change.add(row.on_conflict_do_update(index_elements=["name"], set_={"done_at": read.now}))
    return change


def draining(baton: Baton) -> bool:
    """Whether an operator lets it take no new cases; it still serves everything else."""
    with baton.read() as read:
        return switches.draining(read)
