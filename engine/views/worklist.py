"""The worklist, one task, and a day of tasks: what staff work from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    Select,
    String,
    Subquery,
    Table,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    union,
)

from engine import bpmn, forms
from engine.actors import Actor
from engine.bpmn import TokenGone
from engine.bpmn.drawing import Drawing
from engine.clock import KST
from engine.errors import Text
from engine.forms import FormView
from engine.runtime import access, comments, step, user_tasks
from engine.runtime.comments import Said
from engine.runtime.reader import Reader
from engine.runtime.waits import element_of
from engine.store import number_search
from engine.store.tables import IS_OPEN, Account, UserTask, UserTaskCandidate
from engine.views import cases as case_pages
from engine.views import operations
from engine.views.cases import CasePage
from engine.views.catalogue import labelled
from engine.views.paging import COUNTED, PAGE, offset, pages
from engine.views.task_rows import TaskRow, rows_of

day_of = func.coalesce(UserTask.follow_up, UserTask.due)  # the day on which a task stands
Date = date
TABS = ("mine", "team", "all", "done")
TASK, CANDIDATE = cast(Table, UserTask.__table__), cast(Table, UserTaskCandidate.__table__)
Order = Callable[[Any, Any], tuple[Any, ...]]
ORDERS: dict[str, Order] = {
    "due": lambda c, last: (c.due.nulls_last(), c.priority.desc(), c.created_at, last),
    "new": lambda c, last: (c.created_at.desc(), last.desc()),
    "done": lambda c, last: (c.done_at.desc(), last.desc()),
}


@dataclass(frozen=True)
class Part:
    """Tasks of a tab, and the table by whose columns they are sorted. One's own are few enough to be searched through."""

    ids: Select[Any]
    sorted_by: Table
    is_ones_own: bool = False


@dataclass(frozen=True)
class Shape:
    """What a list's statement depends on: each is made once, and values are bound."""

    shares: int
    is_lead: bool
    q: bool
    app: bool


@dataclass(frozen=True)
class Worklist:
    """One page of a tab; `counts` has every tab, up to COUNTED + 1."""

    rows: list[TaskRow]
    counts: dict[str, int]
    pages: int


@dataclass(frozen=True)
class TaskPage:
    """One task with its form and everything around it. `people` are (login, name) of those it can be handed to, `colleagues` of all others who
    may be asked to do it."""

    row: TaskRow
    form: FormView
    may_claim: bool
    may_release: bool
    may_complete: bool
    people: list[tuple[str, str]]
    colleagues: list[tuple[str, str]]
    comments: list[Said]
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

    `q` is a part of a case number. It is looked for anywhere in the numbers of one's own tasks and of the first COUNTED of others, and in all
    further ones where the number begins, or with four characters or more where it ends.
    """
    wanted, shares = tab if tab in TABS else "mine", sorted(access.shares(actor.id, actor.roles))
    shape = Shape(len(shares), access.is_lead(actor), bool(q), bool(app))
    bound: dict[str, Any] = {"me": actor.id, "app": app, **_searched(q), **{f"share{number}": share for number, share in enumerate(shares)}}
    counts = _counts(read.one(_counting(shape), bound))
    place = {"until": offset(page) + PAGE, "page": PAGE, "offset": offset(page)}
    rows = read.all(_listing(wanted, "done" if wanted == "done" else sort, shape), bound | place)
    return Worklist(rows_of(read, list(rows), lang), counts, pages(counts[wanted]))


def _counts(row: Row[Any] | None) -> dict[str, int]:
    counted = dict(row._mapping) if row else {}
    return {"all": min(counted["mine"] + counted["team"], COUNTED + 1)} | counted


def _searched(q: str) -> dict[str, str]:
    plain = "".join(f"/{letter}" if letter in "/%_" else letter for letter in q.lower())
    return {"q": f"%{plain}%", **number_search.bound("typed", q), **number_search.bound("upper", q.upper())}


@cache
def _counting(shape: Shape) -> Select[Any]:
    return cast(Select[Any], select(*(_count(tab, shape).label(tab) for tab in TABS if tab != "all" or shape.is_lead)))


def _count(tab: str, shape: Shape) -> ScalarSelect[int]:
    order = ORDERS["done" if tab == "done" else "due"]  # sorted, so that no more than so many are looked at
    ids = union(*_beginnings(tab, order, shape, literal(COUNTED + 1))).subquery()
    return select(func.count()).select_from(select(ids.c.id).limit(COUNTED + 1).subquery()).scalar_subquery()


@cache
def _listing(tab: str, sort: str, shape: Shape) -> Select[Any]:
    order = ORDERS.get(sort, ORDERS["due"])
    ids = union(*_beginnings(tab, order, shape, bindparam("until", type_=Integer)))
    rows = select(*TASK.c).where(TASK.c.id.in_(ids)).order_by(*order(TASK.c, TASK.c.id))
    return cast(Select[Any], rows.limit(bindparam("page", type_=Integer)).offset(bindparam("offset", type_=Integer)))


def _beginnings(tab: str, order: Order, shape: Shape, until: ColumnElement[int]) -> Iterator[Select[Any]]:
    for part in _parts(tab, shape):
        if not shape.q or part.is_ones_own:
            yield select(_first(part, order, until).c.id)
        else:
            near = _first(part, order, literal(COUNTED))
            yield select(near.c.id).where(_contains(near.c.business_key))
            yield select(_first(replace(part, ids=part.ids.where(TASK.c.id.in_(select(_hits().c.id)))), order, until).c.id)


def _first(part: Part, order: Order, until: ColumnElement[int]) -> Subquery:
    last = part.sorted_by.c.task_id if part.sorted_by is CANDIDATE else part.sorted_by.c.id
    return part.ids.order_by(*order(part.sorted_by.c, last)).limit(until).subquery()


def _contains(number: ColumnElement[str]) -> ColumnElement[bool]:
    return func.lower(number).like(bindparam("q"), escape="/")


@cache
def _hits() -> CTE:
    """Open tasks whose number begins with what is searched for, or ends with it; so many of each at most."""
    number = TASK.c.business_key
    found = [number_search.beginning(number, word) for word in ("typed", "upper")]
    found += [and_(number_search.end_of(number) == _named(f"{word}_end"), _contains(number)) for word in ("typed", "upper")]
    numbered = (IS_OPEN, number.is_not(None))
    return union(*(select(select(TASK.c.id).where(*numbered, each).limit(literal(COUNTED)).subquery().c.id) for each in found)).cte("hits")


def _named(name: str) -> BindParameter[str]:
    return bindparam(name, type_=String)


def _parts(tab: str, shape: Shape) -> list[Part]:
    """Whose ids together are the tab, each found by an index of its own, so that the first page of a million tasks costs what a page costs."""
    is_open, me = IS_OPEN, _named("me")
    narrowed: list[ColumnElement[bool]] = [TASK.c.app == bindparam("app")] if shape.app else []
    listed = (select(TASK.c.id, TASK.c.business_key) if shape.q else select(TASK.c.id)).where(*narrowed)  # ids alone stand in the indexes
    mine = listed.where(_contains(TASK.c.business_key)) if shape.q else listed
    own = Part(mine.where(is_open, TASK.c.assignee == me), TASK, is_ones_own=True)
    if tab == "mine":
        return [own]
    if tab == "done":
        return [Part(mine.where(TASK.c.state == literal_column("'done'"), TASK.c.done_by == me), TASK, is_ones_own=True)]
    if tab == "all" and shape.is_lead:
        return [Part(listed.where(is_open), TASK)]
    parts = [own] if tab == "all" else []
    not_mine = or_(TASK.c.assignee.is_(None), TASK.c.assignee != me)
    for share in (_named(f"share{number}") for number in range(shape.shares)):
        parts.append(Part(listed.where(is_open, TASK.c.team == share, not_mine), TASK))
        shared = listed.join(CANDIDATE, CANDIDATE.c.task_id == TASK.c.id)
        parts.append(Part(shared.where(CANDIDATE.c.role == share, CANDIDATE.c.open.is_(True), is_open, not_mine), CANDIDATE))
    return parts


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
    people, colleagues = _people(read, found, actor) if may_act else ([], [])
    return TaskPage(
        rows_of(read, [row], lang)[0],
        _form(read, row, actor, lang, values if values is not None else draft or None, errors),
        may_claim=is_open and row.assignee is None,
        may_release=is_open and mine and bool(found.candidates),
        may_complete=may_act,
        people=people,
        colleagues=colleagues,
        comments=comments.of_task(read, task_id, actor),
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


def _people(read: Reader, found: user_tasks.Found, actor: Actor) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    roles, others = access.holders(read, found.row, found.candidates), (found.row.assignee, actor.id)
    accounts = read.all(select(Account.login, Account.name, Account.roles).where(Account.active.is_(True)).order_by(Account.name))
    able = {account.login for account in accounts if not roles.isdisjoint(access.shares(account.login, account.roles))}
    free = [(account.login, account.name) for account in accounts if account.login not in others]
    return [one for one in free if one[0] in able], [one for one in free if one[0] not in able]


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
