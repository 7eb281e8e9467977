"""Settings, from the environment (`BATON_...`) only. A wrong or unknown one stops the start with the sentence that mends it."""

import os
import re
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import ConfigurationError

PREFIX = "BATON_"
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
PARTNER = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class Partner(BaseModel):
    """Where a partner is and what opens its door. `private`: its address may be one of this network. `secret` signs webhooks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    private: bool = False
    secret: str = Field("", repr=False)

    @field_validator("url")
    @classmethod
    def _base(cls, value: str) -> str:
        _reach(value, ("http", "https"))
        if "?" in value or "#" in value:
            raise ValueError("the address of a partner ends before ? and #")
        return value.rstrip("/")

    @field_validator("headers")
    @classmethod
    def _headers(cls, value: dict[str, str]) -> dict[str, str]:
        if any(not HEADER.fullmatch(name) or not text.isascii() or not text.isprintable() for name, text in value.items()):
            raise ValueError("a header has a name of letters, digits and hyphens, and a value of printable ASCII")
        return value


class Settings(BaseSettings):
    """What an operator can set. Every field is an environment variable `BATON_<NAME>`; its description is shown with a wrong value."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data: Path = Field(Path("var"), description="the folder for the embedded database and the secret file")
    database_url: str = Field("", description="sqlite:///file or postgresql+psycopg://user@host/name; empty for SQLite in the data folder")
    apps: Path = Field(Path("."), description="the folder that holds processes/ and forms/")
    host: str = Field("127.0.0.1", min_length=1, description="the address to listen on, such as 127.0.0.1 or 0.0.0.0")
    port: int = Field(8000, ge=0, le=65535, description="the port to listen on, a number from 0 to 65535; not set: 8000, or the next that is free")
    demo: bool = Field(False, description="true for demo data and accounts, which are for 127.0.0.1 only; else false")
    workers: int = Field(2, ge=0, le=64, description="how many worker threads this process has, a number from 0 to 64")
    public_url: str = Field("", description="how customers reach this service, such as https://baton.example; empty for http://host:port")
    sms_url: str = Field("", description="the base address of the SMS gateway, such as http://gateway.example; empty: no texts to phones")
    smtp_url: str = Field("", description="smtp://[user:password@]host:port of the mail server; empty: no mails")
    mail_from: str = Field("Baton <baton@localhost>", description="the sender of mails, such as Baton <baton@example.com>")

    broker_url: str = Field(
        "", description="the broker through which workers of other machines are woken: amqp://user:password@host/, redis://host:port/number, or empty"
    )
    events_url: str = Field("", description="the message broker that every event is published to as a CloudEvent, such as amqp://host/; or empty")
    events_exchange: str = Field("baton.events", pattern=r"^[A-Za-z0-9._:-]{1,120}$", description="the name of the topic exchange for events")

    partners: Annotated[dict[str, Partner], NoDecode] = Field(
        {},
        description='JSON such as {"payment": "https://pay.example/api"}; instead of an address also {"url", "headers", "private", "secret"}; '
        "@/run/secrets/partners.json reads it from that file",
    )

    @field_validator("partners", mode="before")
    @classmethod
    def _partners(cls, value: Any) -> Any:
        found = _json(value) if isinstance(value, str) else value
        if not isinstance(found, dict):
            raise ValueError("this is no JSON object of partners by name")
        wrong = [name for name in found if not PARTNER.fullmatch(name)]
        if wrong:
            raise ValueError(f"{wrong[0]!r:.50} is no name of a partner: small letters, digits, - and _")
        return {name: {"url": entry} if isinstance(entry, str) else entry for name, entry in found.items()}

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            if value and make_url(value).get_backend_name() not in ("sqlite", "postgresql"):
                raise ValueError("only SQLite and PostgreSQL are supported")
        except ArgumentError:
            raise ValueError("this is no address of a database") from None
        return value

    @field_validator("public_url", "sms_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value:
            _reach(value, ("http", "https"))
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value:
            _reach(value, ("smtp",))
        return value

    @field_validator("broker_url")
    @classmethod
    def _broker(cls, value: str) -> str:
        if value:
            _reach(value, ("amqp", "amqps", "redis", "rediss"))
        return value

    @field_validator("events_url")
    @classmethod
    def _events_broker(cls, value: str) -> str:
        if value:
            _reach(value, ("amqp", "amqps"))
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or not value.isprintable():
            raise ValueError("this is no mail address")
        return value

    @property
    def database(self) -> str:
        """The database's address, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{(self.data / 'baton.db').resolve()}"

    @property
    def address(self) -> str:
        """How people reach this service."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def _json(text: str) -> Any:
    if not text:
        return {}
    try:
        return orjson.loads(Path(text[1:]).read_bytes() if text.startswith("@") else text)
    except OSError as error:
        raise ValueError(f"{text[1:]} cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise ValueError("this is no JSON") from None


def _reach(address: str, schemes: tuple[str, ...]) -> None:
    parts = urlsplit(address)
    if parts.scheme not in schemes or not parts.hostname or parts.port == 0:  # `port` raises ValueError for what is no number
        raise ValueError(f"an address begins with {' or '.join(f'{scheme}://' for scheme in schemes)} and a host")


def load(**overrides: Any) -> Settings:
    """The settings from the environment; `overrides` win. Raises ConfigurationError that names each wrong or unknown setting and its mend."""
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise ConfigurationError("; ".join(_mend(item["loc"], item["msg"]) for item in error.errors())) from None
    problems = _unknown(settings)
    if settings.data.exists() and not settings.data.is_dir():
        problems.append(_mend(("data",), "this is a file"))
    if not settings.apps.is_dir():
        problems.append(_mend(("apps",), "there is no such folder"))
    if settings.demo and settings.host not in ("127.0.0.1", "localhost", "::1"):
        problems.append("BATON_DEMO: demo accounts have known passwords; use them on 127.0.0.1 only")
    if problems:
        raise ConfigurationError("; ".join(problems))
    return settings


def _mend(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0])
    field = Settings.model_fields.get(name)
    expected = f"; it is {field.description}" if field else ""
    return f"{PREFIX}{name.upper()}: {message.removeprefix('Value error, ')}{expected}"


def _unknown(settings: Settings) -> list[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    of_apps = tuple(f"{PREFIX}{folder.name.upper()}_" for folder in (settings.apps / "processes").glob("*") if folder.is_dir())
    names = (name for name in os.environ if name.startswith(PREFIX) and name not in known)
    return [f"{name} is no setting; known are {', '.join(sorted(known))}" for name in sorted(names) if not name.startswith(of_apps)]
