"""Whether a scenario speaks of what there is: doors, elements, buttons, lists, events, notifications and the rest, before it is played."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from engine.apps import ProcessApp
from engine.bpmn import Element
from engine.forms import Form
from engine.partners.simulation import NAMES
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Expected, Scenario
from engine.scenarios.step_spec import Act, Complete, Deploy, Save, Start, Step, Together
from engine.scenarios.world import World

Kind = tuple[str, str]
DOOR, TASK, BUTTON, LIST, ELEMENT = ("문", "door"), ("업무", "user task"), ("버튼", "action"), ("목록", "list"), ("요소", "element")
STATUS, EVENT, NOTIFICATION, CAPACITY = ("상태", "status"), ("사건", "event"), ("알림", "notification"), ("한도", "capacity")
ROLE, PARTNER, STEP, FIELD = ("역할", "role"), ("파트너", "partner"), ("단계", "step"), ("양식의 칸", "field of the form")


def check(scenario: Scenario, world: World) -> Iterator[Problem]:
    """A problem for each name that nothing answers to. What a new version of the scenario brings may have any name that stands in its edits."""
    yield from _Names(scenario, world).problems()


def unasked(scenario: Scenario, world: World) -> Iterator[Problem]:
    """A hint for each field that a step fills in and its form does not ask for: it is dropped, and that may be why something else went wrong."""
    yield from _Names(scenario, world).unasked()


class _Names:
    def __init__(self, scenario: Scenario, world: World) -> None:
        self._scenario = scenario
        self._world = world
        self._steps = [step for each in scenario.when for step in (each.together if isinstance(each, Together) else (each,))]
        self._brought = "\n".join(edit.by for step in self._steps if isinstance(step, Deploy) for edit in step.deploy)

    def problems(self) -> Iterator[Problem]:
        roles = [role for chosen in self._scenario.given.staff.values() for role in ([chosen] if isinstance(chosen, str) else chosen)]
        yield from self._known(self._scenario.given.at("staff"), "", ROLE, roles, self._world.roles)
        for step in self._steps:
            yield from self._step(step)
        then = self._scenario.then
        for part in (then, *then.cases, *(inner for branch in then.either for inner in (branch, *branch.cases))):
            yield from self._expected(part)
        numbers = self._numbers()
        for refused in (refusal for part in (then, *then.either) for refusal in part.refused):
            yield from self._known(refused.line, "", STEP, [str(refused.step)], numbers)

    def _numbers(self) -> list[str]:
        found: list[str] = []
        for number, step in enumerate(self._scenario.when, 1):
            inside = range(1, len(step.together) + 1) if isinstance(step, Together) else ()
            found += [f"{number}.{place}" for place in inside] or [str(number)]
        return found

    def _step(self, step: Step) -> Iterator[Problem]:
        if isinstance(step, Act):
            yield from self._known(step.line, step.action, BUTTON, [step.action], {name for app in self._apps for name in app.actions})
            return
        if not isinstance(step, (Start, Complete, Save)):
            return
        key, _, name = step.element.rpartition("/")
        app = self._world.apps.get(key) if key else self._world.app
        if app is None:  # said when it is played
            return
        kind, among = self._of(app, step)
        yield from self._known(step.line, step.element, kind, [name], among)

    def _of(self, app: ProcessApp, step: Start | Complete | Save) -> tuple[Kind, Collection[str]]:
        if isinstance(step, Start):
            return DOOR, app.doors
        if isinstance(step, Save):
            return LIST, app.lists
        return TASK, [element.id for element in _elements(app) if element.type == "userTask"]

    def unasked(self) -> Iterator[Problem]:
        """See `unasked`."""
        for step in self._steps:
            if isinstance(step, (Start, Complete, Act)) and not self._brought:
                forms = [form for app in self._apps for form in self._forms(app, step) if form]
                asked = {item.key.partition(".")[0] for form in forms for item in form.walk()}
                asked |= {check.confirm for app in self._apps for form in forms for check in app.checks.get(form.id, ()) if check.confirm}
                if forms:
                    yield from self._known(step.line, step.element, FIELD, step.form, asked)

    def _forms(self, app: ProcessApp, step: Start | Complete | Act) -> Iterator[Form | None]:
        name = step.element.rpartition("/")[2]
        if isinstance(step, Start):
            shown = [door.form for door in app.doors.values() if door.id == name]
        elif isinstance(step, Act):
            shown = [action.form for action in app.actions.values() if action.id == name]
        else:
            shown = [element.form for element in _elements(app) if element.id == name]
        yield from (app.forms.get(form or "") for form in shown)

    def _expected(self, part: Expected) -> Iterator[Problem]:
        for key, ids in (("path", part.path), ("never", part.never), ("tasks", part.tasks or ())):
            yield from self._known(part.at(key), "", ELEMENT, ids, self._elements)
        yield from self._known(part.at("statuses"), "", STATUS, part.statuses or (), self._statuses)
        if self._events is not None:
            yield from self._known(part.at("events"), "", EVENT, part.events, self._events)
        notifications = {name for app in self._apps for name in app.notifications}
        for told in part.notifications:
            yield from self._known(told.line, "", NOTIFICATION, [told.id], notifications)
        yield from self._reserved(part)
        yield from self._known(part.at("calls"), "", PARTNER, part.calls, {*NAMES, *self._scenario.given.answers})

    def _reserved(self, part: Expected) -> Iterator[Problem]:
        for name, keys in part.reserved.items():
            key, _, capacity = name.rpartition(".")
            app = self._world.apps.get(key) if key else self._world.app
            among = app.capacities if app else {}
            yield from self._known(part.at("reserved"), "", CAPACITY, [capacity], among)
            parts = among[capacity].key if capacity in among else ()
            for wrong in (entry for entry in keys if len(entry.split("/")) < len(parts)):
                shape = "/".join(parts)
                en = f"The key {wrong} of {name} is not written as {shape}."
                yield Problem(self._scenario.file, part.at("reserved"), "", f"{name}의 열쇠 {wrong}은(는) {shape} 꼴이 아니에요.", en)

    @property
    def _apps(self) -> Iterable[ProcessApp]:
        return self._world.apps.values()

    @cached_property
    def _elements(self) -> set[str]:
        return {element.id for app in self._apps for element in _elements(app)}

    @cached_property
    def _statuses(self) -> set[str]:
        kinds = [kind for app in self._apps for kind in app.records.values() if kind.states]
        return {str(choice.id) for kind in kinds for choice in kind.fields[str(kind.states)].values}

    @cached_property
    def _events(self) -> set[str] | None:
        """The events that the drawings tell, with and without the app's name; None where a name is made by an expression."""
        found: set[str] = set()
        for app in self._apps:
            for element in _elements(app):
                told = element.properties.get("baton:event") or (element.headers.get("event", "") if _publishes(element) else "")
                if told.startswith("="):
                    return None
                found |= {f"{app.key}.{told}"} | ({told} if app is self._world.app else set())
        return found

    def _known(self, line: int, element: str, kind: Kind, names: Iterable[str], among: Collection[str]) -> Iterator[Problem]:
        for name in names:
            if name not in among and name not in self._brought:
                near = difflib.get_close_matches(name, among, 3, 0.5) or sorted(among)[:12]
                there = ", ".join(near) or "-"
                ko = f"그런 {kind[0]}이(가) 없어요: {name} (있는 것: {there})"
                yield Problem(self._scenario.file, line, element, ko, f"There is no {kind[1]} {name}; there is: {there}.")


def _publishes(element: Element) -> bool:
    return element.job_type is not None and element.job_type.text == "event.publish"


def _elements(app: ProcessApp) -> Iterator[Element]:
    for process in app.model.processes.values():
        yield from process.elements.values()
