"""`/metrics` for Prometheus: requests by route, commands by name, and what waits or is broken in the database. No personal data, no ids."""

import time
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from engine.errors import Forbidden
from engine.runtime.baton import Baton
from engine.views.figures import Counted, Figures, figures
from web.gateway import PUBLIC, allow

blueprint = Blueprint("metrics", __name__)
KEPT = 5.0  # seconds for which one look at the database answers
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
FORWARDED = ("Forwarded", "X-Forwarded-For")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class Meters:
    """What one application counts."""

    def __init__(self, baton: Baton) -> None:
        every = CollectorRegistry()
        self.registry = every
        self.requests = Counter("baton_http_requests", "Requests answered.", ("method", "route", "status"), registry=every)
        self.latency = Histogram("baton_http_seconds", "Time to answer.", ("method", "route"), buckets=BUCKETS, registry=every)
        self.commands = Histogram("baton_command_seconds", "Time from first read to commit.", ("command",), buckets=BUCKETS, registry=every)
        every.register(Gauges(baton))


class Gauges(Collector):
    """What stands in the database, looked at when it is asked for, at most every 5 seconds."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._seen: tuple[float, Figures] | None = None

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: what there is shows when it is asked for."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every figure."""
        found = self._look()
        yield _family("baton_instances", "Process instances.", ("app", "state"), found.instances_by_app_state)
        yield _family("baton_tasks_open", "Tasks that wait for people.", ("app",), found.tasks_by_app)
        yield _family("baton_jobs_ready", "Jobs that are due and that nobody holds.", ("kind",), found.jobs_ready_by_kind)
        yield _family("baton_jobs_failed", "Jobs that wait for an operator.", ("kind",), found.jobs_failed_by_kind)
        yield GaugeMetricFamily("baton_job_lag_seconds", "How long the oldest ready job has been due.", value=found.job_lag_seconds)
        yield GaugeMetricFamily("baton_messages_waiting", "Messages that nobody took yet.", value=found.messages_waiting)
        yield _family("baton_incidents_open", "Incidents that wait for an operator.", ("kind", "app"), found.incidents_by_kind_app)
        states: Counted = dict.fromkeys(found.breakers_by_key.items(), 1)
        yield _family("baton_breaker", "Circuit breakers of partners: 1 at the state they are in.", ("partner", "state"), states)
        behind: Counted = {(name,): count for name, count in found.events_behind_by_subscriber.items()}
        yield _family("baton_events_behind", "Events that a subscriber has not read.", ("subscriber",), behind)
        yield _family("baton_paused", "Apps that an operator paused.", ("app",), {(app,): 1 for app in found.paused_apps})
        yield _family("baton_workers", "Programs that take jobs and were there within 30 seconds.", ("kind",), found.workers_by_kind)
        yield _family("baton_worker_threads", "Worker threads of each process of Baton's own that is there.", ("worker",), found.threads_by_worker)
        words = "Seconds since a worker was last there; an external one by the type of job that it asks for."
        yield _family("baton_worker_silence_seconds", words, ("worker", "type"), found.silence_by_worker_type)
        yield _family("baton_jobs_held", "Jobs under a lease; of Baton's own workers together.", ("worker",), found.jobs_held_by_worker)
        yield GaugeMetricFamily("baton_draining", "1 while no new cases are taken.", value=int(found.draining))

    def _look(self) -> Figures:
        if self._seen is None or time.monotonic() - self._seen[0] > KEPT:
            with self._baton.read() as read:
                self._seen = (time.monotonic(), figures(read))
        return self._seen[1]


def _family(name: str, words: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def init_app(app: Flask) -> None:
    """Count every request and every command of this application."""
    baton: Baton = app.extensions["baton"]
    meters = app.extensions["meters"] = Meters(baton)
    baton.timed = lambda command, seconds: meters.commands.labels(command).observe(seconds)
    app.before_request(begin)
    app.after_request(count)


def begin() -> None:
    """Note when the request came."""
    g.began = time.perf_counter()


def count(response: Response) -> Response:
    """Count the request under the pattern of its address, never the address itself."""
    meters: Meters = current_app.extensions["meters"]
    method = request.method if request.method in METHODS else "OTHER"
    route = request.url_rule.rule if request.url_rule else "unknown"
    meters.requests.labels(method, route, str(response.status_code)).inc()
    meters.latency.labels(method, route).observe(time.perf_counter() - g.get("began", time.perf_counter()))
    return response


@blueprint.get("/metrics")
@allow(PUBLIC)
def metrics() -> Response:
    """The figures, for who asks from this network and not through a proxy."""
    if any(name in request.headers for name in FORWARDED) or not ip_address(request.remote_addr or "0.0.0.0").is_private:
        raise Forbidden()
    meters: Meters = current_app.extensions["meters"]
    return Response(generate_latest(meters.registry), content_type=CONTENT_TYPE_LATEST)
