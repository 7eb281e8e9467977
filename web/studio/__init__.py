"""The studio: process apps with their versions and drawings, checking and deploying a new version, taking the live one home as a zip."""

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, flash, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from engine import apps
from engine.bpmn.drawing import draw
from engine.errors import NotFound, Refused
from engine.findings import Finding
from engine.runtime import definitions
from engine.runtime.reader import Reader
from engine.views import catalogue, landscape
from web.current import baton, same_query
from web.gateway import actor, allow
from web.texts import Text, language, t, texts

blueprint = Blueprint("studio", __name__)
READERS = ("analyst", "operator", "admin", "lead")
DEPLOYERS = ("analyst", "operator", "admin")


@dataclass(frozen=True)
class Outcome:
    """What became of an upload: words, and `ok`, `warn` or `bad`."""

    kind: str
    text: str


@blueprint.get("/studio")
@allow(*READERS)
def index() -> Response:
    """All apps, and the upload."""
    return studio_page()


def studio_page(outcome: Outcome | None = None, findings: list[Finding] | None = None, problem: Text | None = None, status: int = 200) -> Response:
    """The studio, after an upload with what was found."""
    with baton().read() as read:
        live = catalogue.apps(read)
    shown = render_template("studio/studio.html", apps=live, outcome=outcome, findings=findings, problem=problem, may_deploy=actor().has(*DEPLOYERS))
    return make_response(shown, status)


@blueprint.get("/studio/<key>")
@allow(*READERS)
def app(key: str) -> str:
    """One app: drawings with their twins, versions, files."""
    with baton().read() as read:
        live, versions = live_app(read, key), catalogue.versions(read, key)
    drawings = [(process, draw(live.app.model, process.id, lang=language())) for process in live.app.model.processes.values()]
    files = [(name, len(content)) for name, content in sorted(live.app.files.items())]
    return render_template("studio/app.html", live=live, versions=versions, drawings=drawings, files=files)


@blueprint.get("/studio/<key>/map")
@allow(*READERS)
def landscape_page(key: str) -> str:
    """Who commands what in an app, which events come of it and who hears them, and which partners are asked."""
    with baton().read() as read:
        live, others = live_app(read, key), {other.key: other.app for other in catalogue.apps(read)}
    return render_template("studio/map.html", live=live, map=landscape.of(live.app, others))


@blueprint.get("/studio/<key>/download")
@allow(*READERS)
def download(key: str) -> Response:
    """The live version as one zip, as it can be uploaded again."""
    with baton().read() as read:
        live = live_app(read, key)
    return send_file(BytesIO(apps.zip(live.app.files)), "application/zip", as_attachment=True, download_name=f"{key}-v{live.version}.zip")


def live_app(read: Reader, key: str) -> catalogue.LiveApp:
    """The live app of this key; NotFound."""
    found = next((live for live in catalogue.apps(read) if live.key == key), None)
    if found is None:
        raise NotFound("NO_APP")
    return found


@blueprint.get("/studio/upload")
@allow(*READERS)
def upload_again() -> Response:
    """The address of a finished check, opened again: the studio."""
    return redirect(same_query(url_for("studio.index")), 303)


@blueprint.post("/studio/upload")
@allow(*READERS)
def upload() -> Response:
    """Check an uploaded app; deploy it if that was asked for and nothing stands against it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return studio_page(problem=texts("studio.file_missing"), status=422)
    try:
        key, files = apps.unzip(file.read())
    except Refused as refusal:
        return studio_page(problem=refusal.texts, status=refusal.status)
    return check(key, files, deploying=request.form.get("do") == "deploy" and actor().has(*DEPLOYERS))


def check(key: str, files: dict[str, bytes], deploying: bool) -> Response:
    """What the lint says about an app; without errors it goes live when `deploying`."""
    findings = apps.lint(key, files)
    errors = sum(finding.level == "error" for finding in findings)
    if errors and deploying:
        return studio_page(Outcome("bad", t("studio.not_deployed", n=errors)), findings, status=422)
    if deploying:
        return deploy(key, files)
    if findings:
        return studio_page(Outcome("bad" if errors else "warn", t("studio.found", name=key, n=errors, warnings=len(findings) - errors)), findings)
    return studio_page(Outcome("ok", t("studio.clean", name=key)))


def deploy(key: str, files: dict[str, bytes]) -> Response:
    """Make it the live version."""
    try:
        done = baton().do(definitions.deploy, key=key, files=files, actor=actor())
    except apps.AppRefused as refusal:
        return studio_page(Outcome("bad", t("studio.not_deployed", n=len(refusal.findings))), refusal.findings, status=422)
    flash(t("studio.did_deploy" if done.changed else "studio.same", name=key, version=done.version))
    return redirect(url_for("studio.index"), 303)
