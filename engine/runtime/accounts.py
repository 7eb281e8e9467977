"""Accounts of staff."""

from collections.abc import Sequence
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.actors import Actor
from engine.errors import Refused
from engine.runtime import audit
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Account, Deployment

SHORTEST = 8
PLATFORM = frozenset({"admin", "analyst", "lead", "operator"})  # roles that no app has to declare


def hashed(password: str) -> str:
    """The argon2 hash that the account keeps."""
    return PasswordHasher().hash(password)


def save(read: Reader, *, login: str, password: str, actor: Actor, name: str = "", roles: Sequence[str] = ()) -> Change:
    """Make an account, or give one a new password; the name and roles of an existing one stay where none are given.

    Passwords have at least 8 characters.
    """
    _long_enough(password)
    known = read.one(select(Account.name, Account.roles).where(Account.login == login))
    held: list[str] = list(roles) or (known.roles if known else [])
    row = {"login": login, "name": name or (known.name if known else login), "password_hash": hashed(password), "roles": held, "active": True}
    change = Change(result=login)
    change.add(upsert(Account).values(**row).on_conflict_do_update(index_elements=["login"], set_=row))
    audit.note(read, change, actor, "account.save", login, ", ".join(held))
    return change


def deactivate(read: Reader, *, login: str, actor: Actor) -> Change:
    """Keep somebody from signing in; their history stays."""
    return _change(read, login, actor, "account.deactivate", active=False)


def activate(read: Reader, *, login: str, actor: Actor) -> Change:
    """Let somebody sign in again, with the password and roles they had."""
    return _change(read, login, actor, "account.activate", active=True)


def set_password(read: Reader, *, login: str, password: str, actor: Actor) -> Change:
    """Give an account a new password of at least 8 characters; everything else stays."""
    _long_enough(password)
    return _change(read, login, actor, "account.password", password_hash=hashed(password))


def set_roles(read: Reader, *, login: str, roles: Sequence[str], actor: Actor) -> Change:
    """Give an account exactly these roles: ids of the apps' roles, or operator, analyst, lead, admin. Refused for one that nobody knows."""
    known = known_roles(read)
    unknown = sorted(set(roles) - known)
    if unknown:
        there = ", ".join(sorted(known))
        texts = {
            "ko": f"없는 역할이에요: {', '.join(unknown)}. 있는 역할: {there}",
            "en": f"There is no role {', '.join(unknown)}. There is: {there}",
        }
        raise Refused("UNKNOWN_ROLE", texts, 422)
    return _change(read, login, actor, "account.roles", ", ".join(roles), roles=list(roles))


def known_roles(read: Reader) -> set[str]:
    """The roles of the platform and of all live apps."""
    live = read.all(select(Deployment.app).where(Deployment.live.is_(True)))
    return {*PLATFORM, *(role for row in live for role in read.live(row.app)[1].roles)}


def everybody(read: Reader) -> Sequence[Row[Any]]:
    """All accounts: login, name, roles, active."""
    return read.all(select(Account.login, Account.name, Account.roles, Account.active).order_by(Account.login))


def _change(read: Reader, login: str, actor: Actor, action: str, reason: str = "", **values: Any) -> Change:
    if read.value(select(Account.login).where(Account.login == login)) is None:
        raise Refused("NO_ACCOUNT", {"ko": f"{login} 계정이 없어요.", "en": f"There is no account {login}."}, 404)
    change = Change(result=login)
    change.add(update(Account).where(Account.login == login).values(**values), expect=1)
    audit.note(read, change, actor, action, login, reason)
    return change


def _long_enough(password: str) -> None:
    if len(password) < SHORTEST:
        raise Refused("WEAK_PASSWORD", {"ko": "비밀번호는 8자 이상이어야 해요.", "en": "A password needs at least 8 characters."}, 422)
