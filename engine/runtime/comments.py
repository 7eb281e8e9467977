"""What colleagues write to each other beside a task; kept encrypted, and shown with every task of the same case that one may see."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from engine.actors import Actor
from engine.errors import Refused
from engine.ids import new_id
from engine.runtime import user_tasks
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Comment

LONGEST = 2000
EMPTY = {"ko": "댓글을 적어 주세요.", "en": "Write a comment."}
TOO_LONG = {"ko": "댓글은 2,000자까지 쓸 수 있어요.", "en": "A comment has at most 2,000 characters."}


@dataclass(frozen=True)
class Said:
    """One comment."""

    id: str
    task_id: str
    at: datetime
    author_id: str
    author_name: str
    text: str


def comment(read: Reader, *, task_id: str, actor: Actor, text: str) -> Change:
    """Write beside a task, open or done, that one may see. Answers the comment's id; NotFound otherwise."""
    task = user_tasks.find(read, task_id, actor).row
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise Refused("BAD_COMMENT", TOO_LONG if words else EMPTY, 422)
    row = {"id": new_id(), "task_id": task_id, "app": task.app, "business_key": task.business_key, "at": read.now}
    change = Change(result=row["id"])
    change.add(insert(Comment), row | {"author_id": actor.id, "author_name": actor.name, "text": read.vault.seal(words.encode())})
    return change


def of_task(read: Reader, task_id: str, actor: Actor) -> list[Said]:
    """The comments on the task's case, or on the task alone where it has no case; oldest first. NotFound for a task that one may not see."""
    task = user_tasks.find(read, task_id, actor).row
    of_case = (Comment.app == task.app, Comment.business_key == task.business_key) if task.business_key else (Comment.task_id == task_id,)
    rows = read.all(select(*Comment.__table__.c).where(*of_case).order_by(Comment.at, Comment.id))
    return [Said(row.id, row.task_id, row.at, row.author_id, row.author_name, read.vault.open(row.text).decode()) for row in rows]
