"""How much of the database one completion asks for: each user task of a subscription, however many technicians there are."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine import worker
from engine.actors import CUSTOMER, Actor
from engine.errors import BpmnError
from engine.runtime import cases, jobs, user_tasks
from engine.runtime.cases import CaseRef
from engine.runtime.names import Names
from engine.runtime.numbers import BLOCK
from engine.runtime.reader import Reader
from engine.runtime.records import Records
from engine.store.commit import Change
from engine.store.tables import Capacity, Incident, Job, Record
from tests.runtime.counting import Counted, counted
from tests.runtime.story import FORMS, LEE, PARK, TUESDAY, Story

MOST = {  # statements of one completion: what it reads, and one write for each table that it changes
    "UT_Receive": 12,  # every technician's day and time are looked at
    "UT_Assign": 19,  # a visit, a day, a technician and two devices are reserved, and a job is made
    "UT_TechAccept": 11,
    "UT_Depart": 10,
    "UT_Arrive": 9,
    "UT_Install": 17,  # what was reserved is given back, and those who wait are told
    "UT_ReviewFailure": 19,  # all that, and another technician is looked for
    "UT_CompleteJoin": 7,
    "UT_Retention": 9,
    "UT_ReceiveCancel": 12,
    "UT_TechReply": 15,  # the cancellation, its subscription and what it costs
    "UT_CsDecides": 13,
    "UT_Notify": 7,
}
WALK = [("UT_Receive", LEE), ("UT_Assign", LEE), *((name, PARK) for name in ("UT_TechAccept", "UT_Depart", "UT_Arrive", "UT_Install"))]
DAY, SLOT = "2026-12-03", "AM1"


def completing(story: Story, element: str, number: str, actor: Actor, **form: Any) -> Counted:
    """What it takes to complete a task."""
    task = story.task(element, number)
    with counted(story.baton) as seen:
        story.baton.do(user_tasks.complete, task_id=task, actor=actor, submission=FORMS.get(element, {}) | form, key=task)
    return seen


def staff(story: Story, count: int) -> None:
    """So many more technicians in Seoul."""
    fixed = {"app": "iptv", "collection": "technician", "rev": 1, "created_at": TUESDAY, "updated_at": TUESDAY}
    data = {"region": "SEL", "skills": ["INTERNET", "IPTV"], "max_jobs_per_day": 4, "active": True}
    rows = [{**fixed, "id": f"E9{number:02}", "data": {**data, "name": f"기사 {number}"}} for number in range(count)]
    with story.baton.database.write() as connection:
        connection.execute(insert(Record), rows)


def test_every_task_of_a_subscription_is_one_commit_of_few_statements(story: Story) -> None:
    story.baton.numbers.next("iptv", "J-{yyyymmdd}-{nnnn}", TUESDAY)  # a block of numbers is there already
    number = story.apply().number
    taken = {element: completing(story, element, number, actor) for element, actor in [*WALK, ("UT_CompleteJoin", LEE)]}
    assert {element: seen.commits for element, seen in taken.items()} == dict.fromkeys(taken, 1)
    assert {element: seen.statements for element, seen in taken.items() if len(seen.statements) > MOST[element]} == {}


def test_every_task_of_a_cancellation_is_one_commit_of_few_statements(story: Story) -> None:
    number = story.apply().number
    story.to("UT_TechAccept", number)
    cancellation = str(story.cancel(number).number)
    for element, form in (("UT_ReceiveCancel", {}), ("UT_Notify", {"channel": "SMS"})):
        few(story, element, cancellation, LEE, **form)
        story.work()


def few(story: Story, element: str, number: str, actor: Actor, **form: Any) -> None:
    """A task is done with one commit, and with no more statements than it may take."""
    seen = completing(story, element, number, actor, **form)
    assert seen.commits == 1
    assert len(seen.statements) <= MOST[element], seen.statements


def test_a_technician_who_replies_or_leaves_it_to_the_agent_takes_few_statements(story: Story) -> None:
    for day, silent in (("2026-12-03", False), ("2026-12-04", True)):
        number = story.apply(visit_date=day).number
        story.to("UT_Depart", number)
        cancellation = str(story.cancel(number).number)
        story.complete("UT_ReceiveCancel", cancellation, LEE)
        story.work()
        if silent:
            story.pass_time(hours=3)
            few(story, "UT_CsDecides", cancellation, LEE, cs_answer="CANCELLABLE", technician_contacted=True)
        else:
            few(story, "UT_TechReply", cancellation, PARK)


def test_what_cannot_be_installed_takes_few_statements(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Install", number)
    story.complete("UT_Install", number, PARK, result="CANNOT_INSTALL", fail_reason="NO_LINE")
    few(story, "UT_ReviewFailure", number, LEE, decision="CLOSE")


def test_ending_an_active_line_takes_few_statements(story: Story) -> None:
    number = story.apply().number
    story.to("", number)
    story.work()
    case, form = CaseRef("iptv", "subscription", number), {"reason_code": "MOVING"}
    cancellation = story.baton.do(cases.act, case=case, action="terminate", actor=CUSTOMER, submission=form).number
    story.work()
    few(story, "UT_Retention", cancellation, LEE, next="PROCEED")


def test_more_technicians_are_no_more_statements(story: Story) -> None:
    staff(story, 40)
    seen = completing(story, "UT_Receive", story.apply().number, LEE)
    assert len(seen.statements) <= MOST["UT_Receive"], seen.statements


def test_numbers_that_are_used_up_are_drawn_by_a_worker_and_not_by_a_step(story: Story) -> None:
    drawn = [story.baton.numbers.next("shop", "N-{nnn}", TUESDAY) for _ in range(BLOCK)]
    worker.turn(story.baton)
    with counted(story.baton) as seen:
        drawn.append(story.baton.numbers.next("shop", "N-{nnn}", TUESDAY))
    assert seen.statements == []
    assert drawn == [f"N-{number:03}" for number in range(1, BLOCK + 2)]


def engineers(names: Names) -> list[str]:
    return [str(technician.id) for technician in names.records.all("technician")]


def visit(engineer: str) -> dict[str, str]:
    return {"engineer": engineer, "date": DAY, "slot": SLOT}


def with_capacities(story: Story, see: Callable[[Names], Any]) -> Any:
    """What somebody sees in a step of their own, which writes what it reserved."""

    def command(read: Reader) -> Change:
        names = Names(Records(read, read.live("iptv")[1]), None, LEE)
        change = Change(result=see(names))
        names.capacities.write(change)
        return change

    return story.baton.do(command)


def reserve(story: Story, engineer: str, holder: str) -> None:
    with_capacities(story, lambda names: names.capacities.reserve("calendar", visit(engineer), holder))


def test_what_is_asked_of_each_technician_is_read_ahead_and_right(story: Story) -> None:
    staff(story, 40)
    reserve(story, "E201", "S-1")
    reserve(story, "E930", "S-2")

    def see(names: Names) -> dict[str, tuple[int, int]]:
        names.capacities.reserve("calendar", visit("E925"), "S-3")
        return {
            engineer: (names.capacities.taken("workday", visit(engineer)), names.capacities.free("calendar", visit(engineer)))
            for engineer in engineers(names)
        }

    with counted(story.baton) as seen:
        found = with_capacities(story, see)
    assert len(found) == 44
    assert {engineer for engineer, (_, free) in found.items() if not free} == {"E201", "E930", "E925"}
    assert all(taken == 0 for taken, _ in found.values())
    assert len([text for text in seen.statements if text.startswith("SELECT") and "capacity" in text]) <= 4


def test_the_times_of_two_weeks_are_read_day_by_day(story: Story) -> None:
    days = [f"2026-12-{day:02}" for day in range(2, 16)]
    times = [(day, slot) for day in days for slot in ("AM1", "AM2", "PM1", "PM2", "EV")]
    with_capacities(story, lambda names: names.capacities.reserve("calendar", visit("E101") | {"date": days[9], "slot": "PM2"}, "S-1"))

    def see(names: Names) -> list[tuple[str, str]]:
        free, found = names.capacities.free, []
        for day, slot in times:
            key = {"date": day, "slot": slot}
            if free("visit", {"region": "SEL", **key}) and free("calendar", {"engineer": "E101", **key}):
                found.append((day, slot))
        return found

    with counted(story.baton) as seen:
        assert with_capacities(story, see) == [time for time in times if time != (days[9], "PM2")]
    assert len([text for text in seen.statements if "FROM capacity" in " ".join(text.split())]) <= 20, seen.statements


def test_a_time_that_goes_to_another_after_it_was_read_ahead_is_taken(story: Story) -> None:
    tries = []

    def see(names: Names) -> None:
        tries.append([names.capacities.free("calendar", visit(engineer)) for engineer in engineers(names)])
        if len(tries) == 1:
            reserve(story, "E301", "S-1")
        names.capacities.reserve("calendar", visit("E301"), "S-2")

    with pytest.raises(BpmnError) as refused:
        with_capacities(story, see)
    assert refused.value.code == "SLOT_TAKEN"
    assert tries == [[1, 1, 1, 1], [1, 1, 1, 0]]
    with story.baton.read() as read:
        assert read.value(select(Capacity.reserved).where(Capacity.name == "calendar", Capacity.key == f"E301/{DAY}/{SLOT}")) == 1


def test_a_reminder_that_failed_goes_with_the_task_it_was_for_and_so_does_its_incident(story: Story) -> None:
    started = story.apply()
    timers = select(Job.id).where(Job.instance_id == started.instance_id, Job.kind == "timer")
    unresolved = select(Incident.source).where(Incident.instance_id == started.instance_id, Incident.resolved_at.is_(None))
    with story.baton.database.write() as connection:
        connection.execute(update(Job).where(Job.kind == "timer").values(due_at=TUESDAY))
    with story.baton.read() as read:
        before = {row.id for row in read.all(timers)}
    for job_id in before:
        lease = story.baton.do(jobs.claim, job_id=job_id)["lease_token"]
        story.baton.do(jobs.fail, job_id=job_id, lease_token=lease, error="the clock stands still", permanent=True)
    story.complete("UT_Receive", started.number, LEE)
    with story.baton.read() as read:
        left = {row.id for row in read.all(timers.where(Job.retries_left == 0))}
        assert left < before
        assert {row.source for row in read.all(unresolved)} == left
