"""`baton doctor`: what is wrong with this installation, and what to do about it."""

from dataclasses import asdict

import click
import orjson
from sqlalchemy.exc import OperationalError

from engine import doctor, settings
from engine.cli.words import say
from engine.errors import ConfigurationError
from engine.runtime.baton import Baton
from engine.store.database import Database
from engine.vault import Vault, master_secret

FINE = {"ko": "모두 괜찮아요.", "en": "Everything is fine."}
LEVELS = {"fault": {"ko": "고장", "en": "fault"}, "warning": {"ko": "주의", "en": "warning"}}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: settings (secrets masked) and findings.")
def command(as_json: bool) -> None:
    """Look at everything that may be wrong and say what mends it. Changes nothing; exit code 1 when there is a fault."""
    shown, found = _looked()
    if as_json:
        click.echo(orjson.dumps({"settings": shown, "findings": [asdict(one) for one in found]}, option=orjson.OPT_INDENT_2).decode())
    else:
        for name, value in shown.items():
            click.echo(f"{name}={value}")
        for one in found:
            click.echo(f"{say(LEVELS[one.level])} {one.check}: {say(one.text)}\n    {say(one.mend)}")
        if not found:
            click.echo(say(FINE))
    if any(one.level == "fault" for one in found):
        raise click.exceptions.Exit(1)


def _looked() -> tuple[dict[str, str], list[doctor.Finding]]:
    try:
        chosen = settings.load()
    except ConfigurationError as error:
        mend = ("환경 변수를 고쳐 주세요.", "mend the environment variable")
        return {}, [doctor.fault("settings", str(error), str(error), *mend)]
    secret = chosen.data / "secret"
    if not secret.exists() and not chosen.database_url and not (chosen.data / "baton.db").exists():
        said = (f"{chosen.data}에 아직 아무것도 없어요.", f"there is nothing in {chosen.data} yet")
        mend = ("`baton run`을 실행하거나 BATON_DATA를 고쳐 주세요.", "run `baton run`, or mend BATON_DATA")
        return doctor.masked(chosen), [doctor.fault("data", *said, *mend)]
    try:
        baton = Baton(chosen, Database(chosen.database), Vault(master_secret(secret)))
    except (ConfigurationError, OperationalError) as error:
        return doctor.masked(chosen), [doctor.unreachable(str(error))]
    try:
        return doctor.masked(chosen), doctor.examine(baton)
    finally:
        baton.database.close()
