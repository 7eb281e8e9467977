"""The worklist, one task, and a day of tasks: what staff work from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from engine import bpmn, forms
from engine.actors import Actor
from engine.bpmn import TokenGone
from engine.bpmn.drawing import Drawing
from engine.clock import KST
from engine.errors import Text
from engine.forms import FormView
from engine.runtime import access, step, user_tasks
from engine.runtime.reader import Reader
from engine.runtime.waits import element_of
from engine.store.tables import Account, UserTask, UserTaskCandidate
from engine.views import cases as case_pages
from engine.views import operations
from engine.views.cases import CasePage
from engine.views.catalogue import labelled
from engine.views.paging import PAGE, offset, pages
from engine.views.task_rows import TaskRow, rows_of

day_of = func.coalesce(UserTask.follow_up, UserTask.due)  # the day on which a task stands
Date = date
TABS = ("mine", "team", "all", "done")


@dataclass(frozen=True)
class Worklist:
    """One page of a tab; `counts` has every tab."""

    rows: list[TaskRow]
    counts: dict[str, int]
    pages: int


@dataclass(frozen=True)
class TaskPage:
    """One task with its form and everything around it. `people` are (login, name) of those it can be handed to."""

    row: TaskRow
    form: FormView
    may_claim: bool
    may_release: bool
    may_complete: bool
    people: list[tuple[str, str]]
    case: CasePage
    drawing: Drawing
    draft_saved_at: datetime | None
    banner: list[Text]


@dataclass(frozen=True)
class Day:
    """A day's tasks by time, and how many each day of its week has."""

    date: Date
    week: list[tuple[Date, int]]
    rows: list[TaskRow]


def page(read: Reader, actor: Actor, *, tab: str = "mine", q: str = "", app: str = "", sort: str = "due", page: int = 1, lang: str) -> Worklist:
    """A tab of the worklist: `mine`, `team` (unclaimed, or held by a colleague), `all` that is open, `done` by me.

    `q` is a case number or part of one.
    """
    wanted = tab if tab in TABS else "mine"
    tabs = {name: _tab(name, actor) for name in TABS}
    narrowed = [UserTask.business_key.icontains(q, autoescape=True)] if q else []
    narrowed += [UserTask.app == app] if app else []
    counts = {name: read.value(select(func.count()).select_from(UserTask).where(where, *narrowed)) for name, where in tabs.items()}
    order: tuple[Any, ...] = (
        (UserTask.created_at.desc(),) if sort == "new" else (UserTask.due.is_(None), UserTask.due, UserTask.priority.desc(), UserTask.created_at)
    )
    if wanted == "done":
        order = (UserTask.done_at.desc(),)
    rows = read.all(select(*UserTask.__table__.c).where(tabs[wanted], *narrowed).order_by(*order, UserTask.id).limit(PAGE).offset(offset(page)))
    return Worklist(rows_of(read, list(rows), lang), counts, pages(counts[wanted]))


def _tab(tab: str, actor: Actor) -> ColumnElement[bool]:
    mine = and_(UserTask.state == "open", UserTask.assignee == actor.id)
    shared = select(UserTaskCandidate.task_id).where(UserTaskCandidate.role.in_(sorted(access.shares(actor.id, actor.roles))))
    team = and_(UserTask.state == "open", UserTask.id.in_(shared), or_(UserTask.assignee.is_(None), UserTask.assignee != actor.id))
    if tab == "mine":
        return mine
    if tab == "team":
        return team
    if tab == "done":
        return and_(UserTask.state == "done", UserTask.done_by == actor.id)
    return UserTask.state == "open" if access.is_lead(actor) else or_(mine, team)


def task(
    read: Reader,
    task_id: str,
    actor: Actor,
    *,
    lang: str,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None,
) -> TaskPage:
    """One task for this person; `values` is what was typed, without it their draft. NotFound when they may not see it."""
    found = user_tasks.find(read, task_id, actor)
    row = found.row
    draft, saved_at = user_tasks.draft(read, task_id, actor) if found.has_drafts else ({}, None)
    is_open, mine = row.state == "open", row.assignee == actor.id
    may_act = is_open and (row.assignee is None or mine or access.is_lead(actor))
    case = case_pages.around(read, row, lang=lang, actor=actor)
    return TaskPage(
        rows_of(read, [row], lang)[0],
        _form(read, row, actor, lang, values if values is not None else draft or None, errors),
        may_claim=is_open and row.assignee is None,
        may_release=is_open and mine and bool(found.candidates),
        may_complete=may_act,
        people=_people(read, found, actor) if may_act else [],
        case=case,
        drawing=operations.drawing(read, row.instance_id, row.deployment_id, row.process_id, lang=lang, crop_to=row.element_id),
        draft_saved_at=saved_at,
        banner=case_pages.banner(case),
    )


def _form(read: Reader, row: Row[Any], actor: Actor, lang: str, values: Mapping[str, Any] | None, errors: Any) -> FormView:
    if row.form is None or row.state != "open":
        return FormView(row.form or "", lang, ())
    work, snapshot = step.load(read, row.instance_id, actor)
    execution = bpmn.restore(work.app.model, snapshot, step.Host(work, read))
    element = element_of(work.app.model, row.process_id, row.element_id)
    kind = work.app.saves(element) or work.app.case_of(row.process_id)
    try:
        names = execution.scope(row.token)
    except TokenGone:  # completed by somebody since the task was read
        return FormView(row.form, lang, ())
    view = forms.view(work.app, row.form, names, lang=lang, now=read.now, values=values, errors=errors, record=kind)
    return labelled(view, element, lang)


def _people(read: Reader, found: user_tasks.Found, actor: Actor) -> list[tuple[str, str]]:
    roles, others = access.holders(read, found.row, found.candidates), (found.row.assignee, actor.id)
    accounts = read.all(select(Account.login, Account.name, Account.roles).where(Account.active.is_(True)).order_by(Account.name))
    able = (account for account in accounts if not roles.isdisjoint(access.shares(account.login, account.roles)))
    return [(account.login, account.name) for account in able if account.login not in others]


def day(read: Reader, actor: Actor, wanted: date, *, lang: str) -> Day:
    """The person's tasks of a day, open and done, by time, and the counts of its week (Monday first).

    A task stands on the day of its follow-up date, without one on that of its due date. Today also has what is left from earlier days
    or has no date at all: nothing that a person must do may be invisible.
    """
    monday = wanted - timedelta(days=wanted.weekday())
    week = [monday + timedelta(days=number) for number in range(7)]
    rows = _held(read, actor, day_of >= _start(week[0]), day_of < _start(week[-1] + timedelta(days=1)))
    by_day = {each: [row for row in rows if (row.follow_up or row.due).astimezone(KST).date() == each] for each in week}
    found = by_day[wanted]
    if wanted == read.now.astimezone(KST).date():
        late = _held(read, actor, UserTask.state == "open", or_(day_of.is_(None), day_of < _start(wanted)))
        found = late + found
    return Day(wanted, [(each, sum(row.state == "open" for row in by_day[each])) for each in week], rows_of(read, found, lang))


def _held(read: Reader, actor: Actor, *where: ColumnElement[bool]) -> list[Row[Any]]:
    mine = or_(and_(UserTask.state == "open", UserTask.assignee == actor.id), and_(UserTask.state == "done", UserTask.done_by == actor.id))
    return list(read.all(select(*UserTask.__table__.c).where(mine, *where).order_by(UserTask.due.is_(None), UserTask.due, UserTask.created_at)))


def _start(of: date) -> datetime:
    return datetime.combine(of, time(), KST)
