"""Deployments: a process app's files at one content digest, immutable, with one version number per app; new cases start on the live one."""

from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from engine import apps
from engine.actors import Actor
from engine.ids import new_id
from engine.runtime import audit
from engine.runtime.deployed import load
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Deployment


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
    live = read.one(select(Deployment.version, Deployment.digest).where(Deployment.app == key, Deployment.live.is_(True)))
    if live and live.digest == digest:
        return Change(result=Deployed(key, live.version, digest, False))
    load(key, files)
    version = (read.value(select(func.max(Deployment.version)).where(Deployment.app == key)) or 0) + 1
    change = Change(result=Deployed(key, version, digest, True))
    change.add(update(Deployment).where(Deployment.app == key, Deployment.live.is_(True)).values(live=False))
    row = {"id": new_id(), "app": key, "version": version, "digest": digest, "files": apps.zip(files), "live": True}
    change.add(insert(Deployment), row | {"deployed_at": read.now, "deployed_by": actor.name or actor.id})
    audit.note(read, change, actor, "app.deploy", f"{key} v{version}", digest)
    return change
