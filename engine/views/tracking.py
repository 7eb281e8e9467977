"""The customer's page: where their case stands, what comes next, what they can do; personal data masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine import forms
from engine.actors import CUSTOMER, Actor
from engine.apps import Action, ProcessApp, RecordType, Status
from engine.errors import Refused, Text
from engine.forms import FormView
from engine.runtime import cases
from engine.runtime.cases import CaseRef
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import RecordView
from engine.store.tables import Record, SearchKey
from engine.texts import mask, pick
from engine.vault import normalised
from engine.views import case_view, timeline
from engine.views.cases import shown_value
from engine.views.catalogue import led_to, start_of

ERASED_CASE = {
    "ko": "이 신청의 개인정보는 지워졌어요. 누구의 신청인지 알 수 없어서 진행 상황은 더 보여 드리지 않아요.",
    "en": "The personal data of this application was erased. Nobody can tell whose it is any more, so where it stands is no longer shown.",
}

NUMBER: Text = {"ko": "번호", "en": "Number"}


@dataclass(frozen=True)
class Milestone:
    """A step of the timeline; `state` is done, now or todo."""

    text: str
    state: str
    at: datetime | None


@dataclass(frozen=True)
class TrackingAction:
    """A button; `primary` when the headline asks for it."""

    id: str
    label: str
    primary: bool


@dataclass(frozen=True)
class TrackingPage:
    """Everything the page says, in one language. `step` of `steps` milestones; `closed` once the record has no way on.

    `late` when the milestones may lack what happened just now.
    """

    number: str
    number_label: Text
    app_title: Text
    headline: str
    when: str
    next: str
    step: int
    steps: int
    milestones: list[Milestone]
    details: list[tuple[str, str]]
    actions: list[TrackingAction]
    closed: bool
    updated_at: datetime
    needs_you: bool
    late: bool


@dataclass(frozen=True)
class ActionPage:
    """What an action asks for; `summary` is what it is about."""

    ref: CaseRef
    action: Action
    form: FormView | None
    summary: list[tuple[str, str]]


def by_token(read: Reader, token: str) -> CaseRef | None:
    """The case behind a tracking token, or None."""
    return cases.by_token(read, token)


def digits_ok(read: Reader, ref: CaseRef, digits: str) -> bool:
    """Whether these are the last four digits of the case's phone; any four once it was erased: behind the gate is only `need_kept`'s answer then."""
    phone = _phone(read, ref)
    return len(digits) == 4 and digits.isdecimal() and (phone[-4:] == digits or _is_erased(read, ref))


def number_label(read: Reader, ref: CaseRef) -> Text:
    """What the case's number is called: the label of the field that holds it."""
    return _number_label(cases.opened(read, ref, CUSTOMER)[1].records[ref.collection])


def _number_label(kind: RecordType) -> Text:
    field = kind.fields.get(kind.number.field) if kind.number else None
    return (field.label if field else None) or NUMBER


def need_kept(read: Reader, ref: CaseRef) -> None:
    """Raises Refused (ERASED, 410) once the customer's data was erased: nobody can show any more that the case is theirs, so nobody sees or
    changes anything of it here."""
    if _is_erased(read, ref):
        raise Refused("ERASED", ERASED_CASE, 410)


def _is_erased(read: Reader, ref: CaseRef) -> bool:
    where = (Record.app == ref.app, Record.collection == ref.collection, Record.id == ref.number)
    person: str | None = read.value(select(Record.person_id).where(*where))
    return person is not None and read.erased(person)


def token_for(read: Reader, number: str, mobile: str) -> str | None:
    """The tracking token of the case with this number and exactly this phone, else None."""
    hits = read.all(select(SearchKey.app, SearchKey.collection, SearchKey.record_id).where(SearchKey.term == read.vault.term(number)))
    for hit in hits:
        ref = CaseRef(hit.app, hit.collection, hit.record_id)
        if normalised(hit.record_id) == normalised(number) and mobile and _phone(read, ref) == normalised(mobile):
            return read.vault.link_token(ref.app, ref.collection, ref.number)
    return None


def _phone(read: Reader, ref: CaseRef) -> str:
    record = cases.opened(read, ref, CUSTOMER)[2].case
    return normalised(str(record[record.kind.phone] or "")) if record and record.kind.phone else ""


def page(read: Reader, ref: CaseRef, *, lang: str) -> TrackingPage:
    """The page of one case. NotFound without it."""
    _, app, names = cases.opened(read, ref, CUSTOMER)
    record = names.records.need(ref.collection, ref.number)
    status = next((entry for entry in app.tracking.statuses_of(record.kind) if entry.when(names, read.now) is True), None)
    milestones = _milestones(read, app, ref, record, names, lang)
    reached = sum(1 for milestone in milestones if milestone.state != "todo")
    actions = _actions(app, names, status, lang)
    state = record.data.get(record.kind.states) if record.kind.states else None
    closed = bool(record.kind.states) and not record.kind.transitions.get(str(state))
    return TrackingPage(
        number=ref.number,
        number_label=_number_label(record.kind),
        app_title=app.title,
        headline=_say(status, "text", names, read, lang) or pick(timeline.status_text(app, ref.collection, state), lang),
        when=_say(status, "time", names, read, lang),
        next=_say(status, "next", names, read, lang),
        step=reached,
        steps=len(milestones),
        milestones=milestones,
        details=_details(app, names, read, lang),
        actions=actions,
        closed=closed,
        updated_at=_updated(read, ref),
        needs_you=any(action.primary for action in actions),
        late=case_view.late(read),
    )


def _say(status: Status | None, part: str, names: Names, read: Reader, lang: str) -> str:
    texts = getattr(status, part) if status else {}
    template = texts.get(lang) or texts.get("ko")
    return template.render(names, read.now, lang) if template else ""


def _milestones(read: Reader, app: ProcessApp, ref: CaseRef, record: RecordView, names: Names, lang: str) -> list[Milestone]:
    reached = case_view.reached(read, [ref])[ref]
    found: list[Milestone] = []
    ended = record.kind.states is not None and not record.kind.transitions.get(str(record.data.get(record.kind.states)))
    for milestone in app.tracking.milestones_of(record.kind):
        at = min((reached[status] for status in milestone.at if status in reached), default=None)
        text = (milestone.text.get(lang) or milestone.text["ko"]).render(names, read.now, lang)
        found.append(Milestone(text, "done" if at else "todo", at))
    latest = max((number for number, milestone in enumerate(found) if milestone.at), default=None)
    if latest is not None and not ended:
        found[latest] = Milestone(found[latest].text, "now", found[latest].at)
    return found


def _actions(app: ProcessApp, names: Names, status: Status | None, lang: str) -> list[TrackingAction]:
    wanted = status.actions if status else ()
    offered = [action for action in app.actions.values() if not action.roles and cases.offered(app, names, action)]
    offered.sort(key=lambda action: wanted.index(action.id) if action.id in wanted else len(wanted))
    return [TrackingAction(action.id, pick(action.label, lang), action.id in wanted) for action in offered]


def _details(app: ProcessApp, names: Names, read: Reader, lang: str) -> list[tuple[str, str]]:
    shown = []
    for fact in app.tracking.details:
        if any(name in app.records and names.bound(name) is None for name in fact.expression.names_read):
            continue  # of another record: its name stands for everybody's here
        value = fact.expression(names, read.now)
        text = mask(value, fact.field.type, lang) if fact.field and fact.field.pii else shown_value(value, lang, read.now)
        if text:
            shown.append((pick(fact.label, lang), text))
    return shown


def _updated(read: Reader, ref: CaseRef) -> datetime:
    where = (Record.app == ref.app, Record.collection == ref.collection, Record.id == ref.number)
    found: datetime = read.value(select(Record.updated_at).where(*where))
    return found


def action_form(
    read: Reader,
    ref: CaseRef,
    action_id: str,
    *,
    lang: str,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None,
) -> ActionPage:
    """The form of an action. NotFound or Forbidden for one that is not for this actor; Refused with the app's words when it is not offered now."""
    _, app, names = cases.opened(read, ref, actor)
    action = cases.action_of(app, action_id, actor, ref.collection)
    if not cases.offered(app, names, action):
        raise cases.refused(app, names, action)
    form = None
    if action.form:
        kind = cases.record_type(app, action)
        form = forms.view(app, action.form, names, lang=lang, now=read.now, values=values, errors=errors, record=kind)
        form = led_to(form, app, action.label, start_of(app, action.start, None) if action.start else None, lang)
    return ActionPage(ref, action, form, _details(app, names, read, lang))
