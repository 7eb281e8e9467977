"""Pages for operators: instances, one instance and what can be done to it, failed jobs, incidents by cause, and the switches."""

from dataclasses import dataclass, field

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.runtime import jobs as commands
from engine.views import catalogue, operations
from engine.views import repair as repair_view
from web.current import baton, page_number, same_query
from web.gateway import actor, allow, local_path
from web.ops import incidents, repair, service
from web.ops.repair import Tried
from web.texts import language, pick, t

blueprint = Blueprint("ops", __name__)
STATES = ("running", "suspended", "incident", "completed", "terminated")
READERS = ("operator", "admin", "lead", "analyst")
MENDERS = ("operator", "admin")
NOTHING_TRIED = Tried()


@dataclass(frozen=True)
class Filters:
    """Which instances are shown; kept in the address."""

    q: str
    app: str
    state: str
    page: int

    @property
    def narrowed(self) -> bool:
        """Whether anything is hidden."""
        return bool(self.q or self.app or self.state)


@dataclass(frozen=True)
class Retry:
    """A retry that was not accepted: what was typed and what is missing, by job."""

    reasons: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def filters() -> Filters:
    """What this address asks for; nonsense counts as nothing."""
    state = request.args.get("state", "")
    return Filters(
        q=request.args.get("q", "").strip()[:80],
        app=request.args.get("app", "")[:80],
        state=state if state in STATES else "",
        page=page_number(),
    )


@blueprint.get("/ops/instances")
@allow(*READERS)
def instances() -> str:
    """All instances, newest change first."""
    wanted = filters()
    with baton().read() as read:
        listing = operations.instances(read, app=wanted.app, state=wanted.state, q=wanted.q, page=wanted.page, lang=language())
        apps = [(live.key, live.app.title) for live in catalogue.apps(read)]
    return render_template("ops/instances.html", listing=listing, filters=wanted, apps=apps, states=STATES)


@blueprint.get("/ops/instances/<instance_id>")
@allow(*READERS)
def instance(instance_id: str) -> Response:
    """One instance."""
    return instance_page(instance_id, Retry())


def instance_page(instance_id: str, retry: Retry, status: int = 200, tried: Tried = NOTHING_TRIED) -> Response:
    """One instance, after a refused retry or operation with what was typed."""
    with baton().read() as read:
        page = operations.instance(read, instance_id, lang=language())
        repairs = repair_view.repairs(read, instance_id)
    may = actor().has(*MENDERS)
    return make_response(render_template("ops/instance.html", page=page, retry=retry, may_retry=may, repairs=repairs, tried=tried), status)


def operated_page(instance_id: str, tried: Tried, status: int = 200) -> Response:
    """One instance, after an operation that was not carried out, or its plan."""
    return instance_page(instance_id, Retry(), status, tried)


repair.routes(blueprint, operated_page)
incidents.routes(blueprint, READERS)
service.routes(blueprint, READERS)


@blueprint.get("/ops/jobs")
@allow(*READERS)
def jobs() -> Response:
    """Jobs that gave up."""
    return jobs_page(Retry())


def jobs_page(retry: Retry, status: int = 200) -> Response:
    """Jobs that gave up, after a refused retry with what was typed."""
    with baton().read() as read:
        found = operations.failed_jobs(read, lang=language())
    return make_response(render_template("ops/jobs.html", jobs=found, retry=retry, may_retry=actor().has(*MENDERS)), status)


@blueprint.get("/ops/jobs/<job_id>/retry")
@allow(*MENDERS)
def retry_again(job_id: str) -> Response:
    """The address of a refused retry, opened again: the jobs."""
    return redirect(f"{same_query(url_for('ops.jobs'))}#j-{job_id}", 303)


@blueprint.post("/ops/jobs/<job_id>/retry")
@allow(*MENDERS)
def retry(job_id: str) -> Response:
    """Try a job again, with the reason for the audit log. What becomes of it shows on the page, not here."""
    reason, back = request.form.get("reason", "").strip(), request.form.get("back", "")
    with baton().read() as read:
        job = next((job for job in operations.failed_jobs(read, lang=language()) if job.id == job_id), None)
    if not reason:
        missing = Retry(errors={job_id: t("ops.reason_missing")})
        from_instance = job is not None and back == url_for("ops.instance", instance_id=job.instance_id)
        return instance_page(job.instance_id, missing, 422) if job and from_instance else jobs_page(missing, 422)
    baton().do(commands.retry, job_id=job_id, actor=actor(), reason=reason[:500])
    flash(t("ops.did_retry", number=(job.number or job.instance_id) if job else job_id, name=pick(job.element) if job else ""))
    return redirect(local_path(back, url_for("ops.jobs")), 303)
