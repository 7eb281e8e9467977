"""The deployed apps in memory: each version is loaded once and shared by all threads, for it never changes."""

import threading
from collections import OrderedDict

from sqlalchemy import Connection, select

from engine import apps
from engine.apps import ProcessApp
from engine.errors import NotFound
from engine.store.tables import Deployment

KEPT = 64


class Deployed:
    """Process apps by deployment id; the least used are dropped past 64."""

    def __init__(self) -> None:
        self._apps: OrderedDict[str, ProcessApp] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, deployment_id: str, connection: Connection) -> ProcessApp:
        """The app of a deployment; NotFound for an unknown id."""
        with self._lock:
            if deployment_id in self._apps:
                self._apps.move_to_end(deployment_id)
                return self._apps[deployment_id]
        row = connection.execute(select(Deployment.app, Deployment.files).where(Deployment.id == deployment_id)).first()
        if row is None:
            raise NotFound("NO_DEPLOYMENT")
        app = apps.load(row.app, apps.unzip(row.files)[1])
        self.put(deployment_id, app)
        return app

    def put(self, deployment_id: str, app: ProcessApp) -> None:
        """Keep an app that was just loaded."""
        with self._lock:
            self._apps[deployment_id] = app
            while len(self._apps) > KEPT:
                self._apps.popitem(last=False)
