"""What can be applied for: the catalogue and one page per service."""

from flask import Blueprint, render_template

from engine.apps import Door
from engine.errors import NotFound
from engine.views import catalogue as services
from engine.views.catalogue import LiveApp
from web import formats
from web.current import baton
from web.gateway import PUBLIC, allow
from web.texts import Text


def routes(blueprint: Blueprint) -> None:
    """`/` and `/s/<app>`."""
    blueprint.add_url_rule("/", view_func=catalogue)
    blueprint.add_url_rule("/s/<app>", view_func=service)


@allow(PUBLIC)
def catalogue() -> str:
    """All services with a door for the public."""
    open_apps = [(live, public_doors(live)) for live in live_apps() if public_doors(live)]
    return render_template("portal/catalogue.html", services=open_apps)


@allow(PUBLIC)
def service(app: str) -> str:
    """What a service is, the steps it takes, and its doors."""
    live = next((each for each in live_apps() if each.key == app and public_doors(each)), None)
    if live is None:
        raise NotFound("NO_APP")
    return render_template("portal/service.html", live=live, doors=public_doors(live), steps=steps_of(live))


def live_apps() -> list[LiveApp]:
    """Every app that is deployed."""
    with baton().read() as read:
        return services.apps(read)


def steps_of(live: LiveApp) -> list[Text]:
    """The milestones of a case that nobody has applied for yet."""
    return [{lang: text.render({}, formats.now(), lang) for lang, text in milestone.text.items()} for milestone in live.app.tracking.milestones]


def public_doors(live: LiveApp) -> list[Door]:
    """The doors that anybody may use."""
    return [door for door in live.app.doors.values() if door.access == "public"]
