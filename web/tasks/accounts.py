"""Accounts of staff: the right password finds one. Unknown logins and wrong passwords take the same time and give the same answer."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from engine.store.tables import Account
from web.extensions import db

hasher = PasswordHasher()


def find(login: str, password: str) -> Account | None:
    """The active account whose password this is, else None. The read is ended before the password is checked."""
    account = db.session.scalar(select(Account).where(Account.login == login, Account.active.is_(True)))
    if account is not None:
        db.session.expunge(account)
    db.session.remove()
    return account if verified(account.password_hash if account else nobody(), password) else None


def verified(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the argon2 hash."""
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobody() -> str:
    """A hash that no password fits, checked for unknown logins so that they take as long as known ones."""
    return hasher.hash("\x00 no such password")
