"""Texts computed from personal data, sealed inside their own reference with the keys of the persons they speak of."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

from engine.personal import SEALED, TOGETHER, persons_of
from engine.vault import Vault

KeyOf = Callable[[str], bytes | None]


def sealed(vault: Vault, key_of: KeyOf, persons: frozenset[str], text: str) -> str | None:
    """The reference `<person>[+<person>]/=<sealed text>`; None when no person of them has a key any more."""
    keys = {person: key for person in sorted(persons) if (key := key_of(person)) is not None}
    if not keys:
        return None
    data = text.encode()
    for key in keys.values():
        data = vault.seal_for(key, data)
    return f"{TOGETHER.join(keys)}/{SEALED}{urlsafe_b64encode(data).decode()}"


def unsealed(vault: Vault, key_of: KeyOf, reference: str) -> str:
    """The text inside such a reference; empty once one of its persons was erased."""
    data = urlsafe_b64decode(reference.partition("/")[2].removeprefix(SEALED))
    for person in reversed(persons_of(reference)):
        key = key_of(person)
        if key is None:
            return ""
        data = vault.open_for(key, data)
    return data.decode()
