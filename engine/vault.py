"""Secrets: one master secret seals personal data, signs links and digests search terms."""

import base64
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import ConfigurationError

NONCE = 12
SHORTEST = 32  # bytes of a master secret
OTHERS = re.compile(r"[\W_]+")  # than letters and digits


class Vault:
    """Everything that is done with the master secret. Each use derives a key of its own.

    After a rotation the secret has two lines: what is sealed and who is signed in go by the new one, links and search terms by the first of all.
    """

    def __init__(self, master: bytes) -> None:
        sealing, naming = _lines(master)
        self._sealing = AESGCM(self._derive(sealing, b"seal"))
        self._links = self._derive(naming, b"link")
        self._terms = self._derive(naming, b"term")
        self._digests = self._derive(naming, b"digest")
        self.session_key = self._derive(sealing, b"session").hex()

    @staticmethod
    def _derive(master: bytes, purpose: bytes) -> bytes:
        return hmac.digest(master, purpose, "sha256")

    def seal(self, data: bytes) -> bytes:
        """Encrypt with the master secret."""
        nonce = os.urandom(NONCE)
        return nonce + self._sealing.encrypt(nonce, data, None)

    def open(self, sealed: bytes) -> bytes:
        """The reverse of `seal`; raises ValueError when the secret is another one."""
        return _decrypt(self._sealing, sealed)

    def new_person_key(self) -> bytes:
        """A fresh key for one person, sealed."""
        return self.seal(AESGCM.generate_key(256))

    def seal_for(self, sealed_key: bytes, data: bytes) -> bytes:
        """Encrypt with a person's key (sealed, as `new_person_key` gives it)."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self.open(sealed_key)).encrypt(nonce, data, None)

    def open_for(self, sealed_key: bytes, sealed: bytes) -> bytes:
        """The reverse of `seal_for`."""
        return _decrypt(AESGCM(self.open(sealed_key)), sealed)

    def write_person(self, sealed_key: bytes, fields: dict[str, str]) -> bytes:
        """A person's fields, encrypted with that person's key."""
        return self.seal_for(sealed_key, orjson.dumps(fields))

    def read_person(self, sealed_key: bytes | None, data: bytes) -> dict[str, str]:
        """A person's fields; empty once the key was dropped."""
        if sealed_key is None:
            return {}
        fields: dict[str, str] = orjson.loads(self.open_for(sealed_key, data))
        return fields

    def link_token(self, app: str, collection: str, record_id: str) -> str:
        """The tracking token of a case: 128 bits that only the master secret can make."""
        digest = hmac.digest(self._links, f"{app}/{collection}/{record_id}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def term(self, text: str) -> str:
        """The digest under which a searchable value is found again."""
        return hmac.digest(self._terms, normalised(text).encode(), "sha256").hex()[:32]

    def digest(self, text: str) -> str:
        """64 hexadecimal digits by which exactly this text is known again, and that nobody can guess it from without the master secret."""
        return hmac.digest(self._digests, text.encode(), "sha256").hex()


def _decrypt(cipher: AESGCM, sealed: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except InvalidTag:
        raise ValueError("the data was sealed with another secret: put the secret file back that belongs to this database") from None


def _lines(master: bytes) -> tuple[bytes, bytes]:
    sealing, _, naming = master.strip().partition(b"\n")
    return sealing, naming or sealing


def next_secret(master: bytes) -> bytes:
    """The secret after a rotation: new for what is sealed, the same for links and search terms."""
    return secrets.token_hex(32).encode() + b"\n" + _lines(master)[1]


def normalised(text: str) -> str:
    """How a search term is compared: letters without case, digits and letters only, so that `010-1234-5678` finds `01012345678`."""
    return OTHERS.sub("", text.casefold())


def link_digest(token: str) -> str:
    """What the database keeps of a tracking token."""
    return hashlib.sha256(token.encode()).hexdigest()


def master_secret(path: Path) -> bytes:
    """The secret in `path`, made once with mode 0600 if the file is missing. Safe when several processes start at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, secrets.token_hex(32).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    secret = path.read_bytes().strip()
    if min(map(len, _lines(secret))) < SHORTEST:
        raise ConfigurationError(f"the secret file {path} is damaged: put the one back that belongs to this database")
    return secret
