"""The doctor: looks at everything that may be wrong with an installation and says what to do about it. It changes nothing."""

import re
from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from engine.doctor import deployments, place, work
from engine.doctor.finding import Finding, fault
from engine.doctor.place import unreachable
from engine.runtime.baton import Baton
from engine.runtime.reader import Reader
from engine.settings import PREFIX, Settings

__all__ = ["Finding", "examine", "fault", "masked", "unreachable"]
PASSWORD = re.compile(r"(://[^:/@]*:)[^@/]*@")


def masked(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, without passwords and secrets."""
    shown = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        text = ", ".join(f"{key}: {partner.url}" for key, partner in value.items()) if isinstance(value, dict) else str(value)
        shown[f"{PREFIX}{name.upper()}"] = PASSWORD.sub(r"\1****@", text)
    return shown


def examine(baton: Baton) -> list[Finding]:
    """Everything that is wrong, faults first."""
    try:
        found = [*place.secret_file(baton.settings), *place.disk(baton.settings), *place.schema(baton)]
        if not any(one.check == "schema" and one.level == "fault" for one in found):
            with baton.read() as read:
                for look in LOOKS:
                    found += look(read)
            found += place.clock(baton)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip()
        found = [unreachable(reason)]
    found += [finding for name in ("broker_url", "events_url") for finding in place.broker(baton.settings, name)]
    return sorted(found, key=lambda one: one.level)


LOOKS: tuple[Callable[[Reader], Iterator[Finding]], ...] = (
    place.secret_fits,
    work.queue,
    work.leases,
    work.incidents,
    work.subscribers,
    work.breakers,
    deployments.live,
    deployments.addresses,
    work.switches,
    work.accounts,
)
