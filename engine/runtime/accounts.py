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


def save(read: Reader, *, login: str, password: str, actor: Actor, name: str = "", roles: Sequence[str] = ()) -> Change:
    """Make an account, or give one a new password; the name and roles of an existing one stay where none are given.

    Passwords have at least 8 characters.
    """
    if len(password) < SHORTEST:
        raise Refused("WEAK_PASSWORD", {"ko": "비밀번호는 8자 이상이어야 해요.", "en": "A password needs at least 8 characters."}, 422)
    known = read.one(select(Account.name, Account.roles).where(Account.login == login))
    held: list[str] = list(roles) or (known.roles if known else [])
    row = {"login": login, "name": name or (known.name if known else login), "password_hash": hashed(password), "roles": held, "active": True}
    change = Change(result=login)
    change.add(upsert(Account).values(**row).on_conflict_do_update(index_elements=["login"], set_=row))
    audit.note(read, change, actor, "account.save", login, ", ".join(held))
    return change


def deactivate(read: Reader, *, login: str, actor: Actor) -> Change:
    """Keep somebody from signing in; their history stays."""
    if read.value(select(Account.login).where(Account.login == login)) is None:
        raise NotFound("NO_ACCOUNT")
    change = Change(result=login)
    change.add(update(Account).where(Account.login == login).values(active=False), expect=1)
    audit.note(read, change, actor, "account.deactivate", login)
    return change
