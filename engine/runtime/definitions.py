"""Deployments: a process app's files at one content digest, immutable, with one version number per app; new cases start on the live one."""

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from engine import apps
from engine.actors import Actor
from engine.apps import AppRefused, ProcessApp
from engine.errors import NotFound
from engine.ids import new_id
from engine.runtime import audit, listeners, starts, subscribers
from engine.runtime.deployed import load
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Deployment, SubscriberCursor


@dataclass(frozen=True)
class Deployed:
    """What a deployment led to. `changed` is false when the same files were live already."""

    app: str
    version: int
    digest: str
    changed: bool


def deploy(read: Reader, *, key: str, files: dict[str, bytes], actor: Actor) -> Change:
    """Make these files the live version of an app; running instances stay on theirs.

    Answers Deployed. The same files again change nothing. Raises AppRefused with the findings when something could not run as drawn.
    """
    digest = apps.digest(files)
    live = read.one(select(Deployment.id, Deployment.version, Deployment.digest).where(Deployment.app == key, Deployment.live.is_(True)))
    if live and live.digest == digest:
        return Change(result=Deployed(key, live.version, digest, False))
    app = load(key, files)
    version = (read.value(select(func.max(Deployment.version)).where(Deployment.app == key)) or 0) + 1
    change = Change(result=Deployed(key, version, digest, True))
    change.add(update(Deployment).where(Deployment.app == key, Deployment.live.is_(True)).values(live=False))
    deployment_id = new_id()
    row = {"id": deployment_id, "app": key, "version": version, "digest": digest, "files": apps.zip(files), "live": True}
    change.add(insert(Deployment), row | {"deployed_at": read.now, "deployed_by": actor.name or actor.id})
    before = _version(read, live.id) if live else None
    starts.replace(read, change, app, deployment_id, before)
    listeners.subscribe(read, change, app, before)
    audit.note(read, change, actor, "app.deploy", f"{key} v{version}", digest)
    return change


def _version(read: Reader, deployment_id: str) -> ProcessApp | None:
    try:
        return read.app(deployment_id)
    except AppRefused:  # what lint let pass when it was deployed
        return None


def retire(read: Reader, *, key: str, actor: Actor, reason: str) -> Change:
    """Take an app out of service: nobody and nothing starts a new case and it hears no events; running cases go on to their end.

    Answers the version that was live. NotFound when none is.
    """
    live = read.one(select(Deployment.id, Deployment.version).where(Deployment.app == key, Deployment.live.is_(True)))
    if live is None:
        raise NotFound("NO_APP")
    change = Change(result=live.version)
    change.add(update(Deployment).where(Deployment.id == live.id, Deployment.live.is_(True)).values(live=False), expect=1)
    starts.remove(read, change, key)
    change.add(delete(SubscriberCursor).where(SubscriberCursor.subscriber == subscribers.of_app(key)))
    audit.note(read, change, actor, "app.undeploy", f"{key} v{live.version}", reason)
    return change
