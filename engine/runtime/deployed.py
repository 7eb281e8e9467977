"""The deployed apps in memory: each version is loaded once and shared by all threads, for it never changes."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from sqlalchemy import select

from engine import apps
from engine.apps import ProcessApp
from engine.errors import NotFound
from engine.store.link import Link
from engine.store.tables import Deployment

KEPT = 64


_apps: OrderedDict[str, ProcessApp] = OrderedDict()  # by content digest: an app is what its files are, whoever deployed them
_lock = threading.Lock()


class Deployed:
    """Process apps by deployment id."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}

    def get(self, deployment_id: str, link: Link) -> ProcessApp:
        """The app of a deployment; NotFound for an unknown id."""
        known = _known(self._digests.get(deployment_id, ""))
        if known is not None:
            return known
        row = link.first(select(Deployment.app, Deployment.digest, Deployment.files).where(Deployment.id == deployment_id))
        if row is None:
            raise NotFound("NO_DEPLOYMENT")
        self._digests[deployment_id] = row.digest
        return load(row.app, apps.unzip(row.files)[1])


def load(key: str, files: Mapping[str, bytes]) -> ProcessApp:
    """The app that these files are. Raises AppRefused with what could not run as drawn."""
    digest = apps.digest(files)
    app = _known(digest)
    if app is None:
        app = apps.load(key, dict(files))
        with _lock:
            _apps[digest] = app
            while len(_apps) > KEPT:
                _apps.popitem(last=False)
    return app


def _known(digest: str) -> ProcessApp | None:
    with _lock:
        app = _apps.get(digest)
        if app is not None:
            _apps.move_to_end(digest)
        return app
