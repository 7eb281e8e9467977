"""Accounts of staff."""

from collections.abc import Sequence

from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.actors import Actor
from engine.errors import NotFound, Refused
from engine.runtime import audit
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Account

SHORTEST = 8


def hashed(password: str) -> str:
    """The argon2 hash that the account keeps."""
    return PasswordHasher().hash(password)


def save(read: Reader, *, login: str, name: str, password: str, roles: Sequence[str], actor: Actor) -> Change:
    """Make an account, or change the name, password and roles of one. Passwords have at least 8 characters."""
    if len(password) < SHORTEST:
        raise Refused("WEAK_PASSWORD", {"ko": "비밀번호는 8자 이상이어야 해요.", "en": "A password needs at least 8 characters."}, 422)
    row = {"login": login, "name": name, "password_hash": hashed(password), "roles": list(roles), "active": True}
    change = Change(result=login)
    change.add(upsert(Account).values(**row).on_conflict_do_update(index_elements=["login"], set_=row))
    audit.note(read, change, actor, "account.save", login, ", ".join(roles))
    return change


def deactivate(read: Reader, *, login: str, actor: Actor) -> Change:
    """Keep somebody from signing in; their history stays."""
    if read.value(select(Account.login).where(Account.login == login)) is None:
        raise NotFound("NO_ACCOUNT")
    change = Change(result=login)
    change.add(update(Account).where(Account.login == login).values(active=False), expect=1)
    audit.note(read, change, actor, "account.deactivate", login)
    return change
