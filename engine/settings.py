"""Settings, from the environment (`BATON_...`) or mounted files only. A wrong or unknown one stops the start with the sentence that mends it."""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import ConfigurationError

PREFIX = "BATON_"


class Settings(BaseSettings):
    """What an operator can set. Every field is an environment variable `BATON_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data: Path = Field(Path("var"), description="Folder for the embedded database and the secret file.")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in the data folder.")
    apps: Path = Field(Path("."), description="Folder that holds processes/ and forms/.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; the next free one is taken when it is not set and in use.")
    demo: bool = Field(False, description="Demo data and accounts; only on 127.0.0.1.")
    workers: int = Field(2, ge=0, le=64, description="Worker threads in this process.")
    public_url: str = Field("", description="How customers reach this service, for links in texts; empty: http://host:port.")
    sms_url: str = Field("", description="Base address of the SMS gateway; empty: texts to phones fail with a clear error.")
    smtp_url: str = Field("", description="smtp://[user:password@]host:port; empty: mails fail with a clear error.")
    mail_from: str = Field("Baton <baton@localhost>", description="Sender of mails.")
    outgoing: str = Field("", description="Comma-separated base addresses that `http` tasks may call.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value:
            try:
                backend = make_url(value).get_backend_name()
            except ArgumentError:
                raise ValueError("write it as sqlite:///file or postgresql+psycopg://user@host/name") from None
            if backend not in ("sqlite", "postgresql"):
                raise ValueError("only SQLite and PostgreSQL are supported")
        return value

    @property
    def database(self) -> str:
        """The database's address, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{(self.data / 'baton.db').resolve()}"

    @property
    def address(self) -> str:
        """How people reach this service."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def load(**overrides: Any) -> Settings:
    """The settings from the environment; `overrides` win. Raises ConfigurationError that names each wrong or unknown setting and its mend."""
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        wrong = [f"{PREFIX}{'_'.join(str(part) for part in item['loc']).upper()}: {item['msg']}" for item in error.errors()]
        raise ConfigurationError("; ".join(wrong)) from None
    problems = _unknown(settings)
    if settings.demo and settings.host not in ("127.0.0.1", "localhost", "::1"):
        problems.append("BATON_DEMO: demo accounts have known passwords; use them on 127.0.0.1 only")
    if problems:
        raise ConfigurationError("; ".join(problems))
    return settings


def _unknown(settings: Settings) -> list[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    of_apps = tuple(f"{PREFIX}{folder.name.upper()}_" for folder in (settings.apps / "processes").glob("*") if folder.is_dir())
    names = (name for name in os.environ if name.startswith(PREFIX) and name not in known)
    return [f"{name} is no setting; known are {', '.join(sorted(known))}" for name in sorted(names) if not name.startswith(of_apps)]
