"""What the files of an app say about each other: every name that is used exists."""

from engine import bpmn
from engine.actors import PLATFORM_ROLES
from engine.apps import form_references, list_references, model_references, path_references, privacy_references, record_references, unused
from engine.apps.lookups import STATUS, Names
from engine.apps.model import Action, ProcessApp
from engine.forms.problems import Problems

ROLE = "role:"


def check(app: ProcessApp, problems: Problems) -> None:
    """Note every name in the app's files that nothing answers to."""
    names = Names(app, problems)
    _manifest(app, names)
    _checks_and_tracking(app, names)
    _notifications(app, names)
    record_references.check(app, names)
    list_references.check(app, names)
    model_references.check(app, names)
    form_references.check(app, names)
    path_references.check(app, names)
    privacy_references.check(app, names)
    unused.check(app, names)


def _manifest(app: ProcessApp, names: Names) -> None:
    file = names.file("app.toml")
    lanes = {lane for process in app.model.processes.values() for lane in process.lanes}
    for role in app.roles.values():
        names.known(file, f"roles.{role.id}.lanes", ("레인", "lane"), role.lanes, lanes)
    for door in app.doors.values():
        at = f"start[{door.id}]"
        names.known(file, f"{at}.process", ("프로세스", "process"), [door.process], app.model.processes)
        names.known(file, f"{at}.form", ("양식", "form"), [door.form], app.forms)
        names.known(file, f"{at}.access", ("역할", "role"), door.roles, app.roles)
        process = app.model.processes.get(door.process)
        starts = {start.id for start in process.starts} if process else set()
        names.known(file, f"{at}.start", ("시작 이벤트", "start event"), [door.start] if process else [], starts)
        _enterable(names, file, at, process, door.start)
    for action in app.actions.values():
        _action(app, names, file, action)
    for number, listener in enumerate(app.listeners):
        names.known(file, f"listen[{number}].start", ("프로세스", "process"), [listener.start], app.model.processes)
        names.known(file, f"listen[{number}].message", ("메시지", "message"), [listener.message], model_references.messages(app))
        _enterable(names, file, f"listen[{number}].start", app.model.processes.get(listener.start or ""), None)
    _one_start_each(app, names, file)


def _one_start_each(app: ProcessApp, names: Names, file: str) -> None:
    started = [listener.event for listener in app.listeners if listener.start]
    for event in sorted({event for event in started if started.count(event) > 1}):
        text = {"ko": f"이벤트 {event}이(가) 프로세스를 둘 이상 시작해요.", "en": f"The event {event} starts more than one process."}
        mend = {
            "ko": "하나만 남기고, 그 안에서 병렬 게이트웨이나 호출 액티비티로 나눠 주세요.",
            "en": "Keep one, and split there by a parallel gateway or call activities.",
        }
        names.problems.note(file, "listen", "event-starts-twice", text, mend)


def _enterable(names: Names, file: str, at: str, process: bpmn.Process | None, start: str | None) -> None:
    if process and not start and not any(event.event == "none" for event in process.starts):
        text = {"ko": f"{process.id}에 빈 시작 이벤트가 없어 이 문으로 시작할 수 없어요.", "en": f"{process.id} has no none start event to begin at."}
        mend = {
            "ko": "그림에 빈 시작 이벤트를 그리거나 start에 시작 이벤트를 적어 주세요.",
            "en": "Draw a none start event, or name a start event in `start`.",
        }
        names.problems.note(file, at, "no-start-event", text, mend)


def _action(app: ProcessApp, names: Names, file: str, action: Action) -> None:
    at = f"action[{action.id}]"
    names.known(file, f"{at}.form", ("양식", "form"), [action.form], app.forms)
    names.known(file, f"{at}.start", ("프로세스", "process"), [action.start], app.model.processes)
    _enterable(names, file, at, app.model.processes.get(action.start or ""), None)
    names.known(file, f"{at}.message", ("메시지", "message"), [action.message], model_references.messages(app))
    names.known(file, f"{at}.roles", ("역할", "role"), action.roles, app.roles)
    names.known(file, f"{at}.record", ("레코드", "record"), [action.record], app.records)
    names.codes(file, f"{at}.refuse", (refusal.code for refusal in action.refusals))


def _checks_and_tracking(app: ProcessApp, names: Names) -> None:
    file = names.file("checks.toml")
    names.known(file, "", ("양식", "form"), app.checks, app.forms)
    for form, checks in app.checks.items():
        if form in app.forms:
            keys = {item.key for item in app.forms[form].walk()}
            for number, one in enumerate(checks):
                names.known(file, f"{form}[{number}].field", ("양식 칸", "form field"), [one.field], keys)
    file = names.file("tracking.toml")
    states = {state for record in app.records.values() for state in record_references.states(record)}
    for milestone in app.tracking.milestones:
        names.known(file, f"milestone[{milestone.id}].at", STATUS, milestone.at, states)
    for number, status in enumerate(app.tracking.statuses):
        names.known(file, f"status[{number}].actions", ("버튼", "action"), status.actions, app.actions)
        names.known(file, f"status[{number}].record", ("레코드", "record"), [status.record], app.records)


def _notifications(app: ProcessApp, names: Names) -> None:
    file = names.file("notifications.toml")
    for one in app.notifications.values():
        if not isinstance(one.to, str):
            continue
        role = one.to.removeprefix(ROLE) if one.to.startswith(ROLE) else None
        names.known(file, f"{one.id}.to", ("역할", "role"), [role], {*app.roles, *PLATFORM_ROLES})
        if one.to.startswith(ROLE) and set(one.channels) == {"INAPP"}:
            continue
        text = {
            "ko": "역할에게는 직원 화면의 알림(INAPP)으로만 보낼 수 있어요.",
            "en": "A role is told on the pages of staff only (INAPP): accounts have no phone and no e-mail address.",
        }
        mend = {"ko": 'to = "role:역할", channels = ["INAPP"]로 적어 주세요.', "en": 'Write to = "role:x" and channels = ["INAPP"].'}
        names.problems.note(file, f"{one.id}.to", "notification-to", text, mend)
