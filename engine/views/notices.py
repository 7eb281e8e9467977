"""The notices of one member of staff."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, select

from engine.actors import Actor
from engine.runtime.access import shares
from engine.runtime.reader import Reader
from engine.store.tables import Notice, NoticeSeen
from engine.views import pieces

SHOWN = 50
COUNTED = 100  # more than this many unread ones are shown as "99+"


@dataclass(frozen=True)
class NoticeLine:
    """One notice; `link` is a path of this site or ""."""

    text: str
    link: str
    at: datetime
    new: bool


def latest(read: Reader, actor: Actor, lang: str) -> list[NoticeLine]:
    """The newest notices for the actor's roles and name."""
    seen = read.value(select(NoticeSeen.until).where(NoticeSeen.login == actor.id))
    columns = (Notice.text, Notice.link, Notice.at)
    rows = read.all(select(*columns).where(_mine(actor)).order_by(Notice.at.desc(), Notice.id).limit(SHOWN))
    read.persons(pieces.persons(piece for row in rows for piece in row.text.get(lang) or row.text["ko"]))
    return [NoticeLine(pieces.show(read, row.text.get(lang) or row.text["ko"], lang), row.link, row.at, not seen or row.at > seen) for row in rows]


def unread(read: Reader, actor: Actor) -> int:
    """How many notices came since the actor read them last; at most 100."""
    seen = select(NoticeSeen.until).where(NoticeSeen.login == actor.id).scalar_subquery()
    fresh = Notice.at > func.coalesce(seen, literal(datetime.min.replace(year=1970, tzinfo=read.now.tzinfo)))
    found = select(Notice.id).where(_mine(actor), fresh).limit(COUNTED).subquery()
    count: int = read.value(select(func.count()).select_from(found))
    return count


def _mine(actor: Actor) -> ColumnElement[bool]:
    return Notice.recipient.in_(sorted(shares(actor.id, actor.roles)))
