"""Steps that nobody takes: time passes, the worker stops, an app is paused or deployed anew, a process dies, something comes twice."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine import worker
from engine.actors import SYSTEM
from engine.apps import AppRefused
from engine.bpmn.document import Document
from engine.runtime import switches
from engine.scenarios import waiting
from engine.scenarios.problem import Problem
from engine.scenarios.step_spec import Again, Crash, Deploy, Edit, Partner, Pause, Resume, Step, Wait, Worker
from engine.scenarios.story import Story

WHY: Final = "a scenario says so"  # the reason that operators' commands ask for


def _wait(story: Story, step: Wait) -> None:
    world = story.world
    target = waiting.target(world, step.wait)
    if target is None:
        en = f"Cannot read the waiting time {step.wait}; write for example {waiting.FORMS}."
        raise story.problem(step, f"기다리는 시간을 읽을 수 없어요: {step.wait} (예: {waiting.FORMS})", en)
    if target < world.clock.now():
        raise story.problem(step, f"이미 지난 때예요: {step.wait}", f"That moment has passed already: {step.wait}.")
    while story.working:
        with world.baton.read() as read:
            due = waiting.next_due(read)
        if due is None or due > target:
            break
        world.clock.set(due)
        story.settle()
    world.clock.set(target)
    if story.working:
        worker.sweep(world.baton)


def _switch_worker(story: Story, step: Worker) -> None:
    story.working = step.worker == "start"


def _pause(story: Story, step: Pause) -> None:
    app, _ = story.app_key(step, f"{step.pause}/")
    story.world.baton.do(switches.pause, app=app, actor=SYSTEM, reason=WHY)


def _resume(story: Story, step: Resume) -> None:
    app, _ = story.app_key(step, f"{step.resume}/")
    story.world.baton.do(switches.unpause, app=app, actor=SYSTEM, reason=WHY)


def _switch_partner(story: Story, step: Partner) -> None:
    story.world.partners.behave(step.partner)


def _deploy(story: Story, step: Deploy) -> None:
    key, _ = story.app_key(step, f"{step.app or story.world.app.key}/")
    files = dict(story.world.apps[key].files)
    for edit in step.deploy:
        name = _file(story, edit, key, files)
        old = files[name].decode()
        if edit.replace not in old:
            raise _at(story, edit, f"{name}에 없는 글이에요: {edit.replace}", f"This does not stand in {name}: {edit.replace}")
        files[name] = old.replace(edit.replace, edit.by).encode()
    try:
        story.world.deploy(key, files)
    except AppRefused as refused:
        first = next(finding for finding in refused.findings if finding.level == "error")
        ko, en = f"{first.file} {first.element}: {first.ko}", f"{first.file} {first.element}: {first.en}"
        raise story.problem(step, f"새 버전을 배포할 수 없어요. {ko}", f"The new version cannot be deployed. {en}") from None


def _file(story: Story, edit: Edit, key: str, files: Mapping[str, bytes]) -> str:
    found = [name for name in files if name.endswith(f"/{edit.file}")]
    if len(found) != 1:
        known = ", ".join(name.rpartition("/")[2] for name in files if "/scenarios/" not in name)
        en = f"There is no file {edit.file} in {key}; there are: {known}."
        raise _at(story, edit, f"{key}에 그런 파일이 없어요: {edit.file} (있는 것: {known})", en)
    return found[0]


def _at(story: Story, edit: Edit, ko: str, en: str) -> Problem:
    return Problem(story.scenario.file, edit.line, "", ko, en)


def _crash(story: Story, step: Crash) -> None:
    story.need_dead()
    app, element = story.app_key(step, step.crash)
    drawings = (Document(name, data) for name, data in story.world.apps[app].files.items() if name.endswith(".bpmn"))
    node = next((drawing.nodes[element] for drawing in drawings if element in drawing.nodes), None)
    if node is None:
        raise story.problem(step, f"그림에 없는 요소예요: {element}", f"No drawing has the element {element}.")
    story.deadly = step
    story.world.baton.die_in({(node.process_id, flow.id) for flow in node.outgoing or node.incoming}, step.times)


def _again(story: Story, step: Again) -> None:
    names = (step.again, f"{story.world.app.key}.{step.again}")
    for _ in range(step.times):
        if not any(story.world.baton.again(name) for name in names):
            known = ", ".join(story.world.baton.repeatable) or "-"
            en = f"Nothing of that name came so far; what came: {known}."
            raise story.problem(step, f"그런 것은 아직 온 적이 없어요. 온 것: {known}", en)


MACHINE: Final[dict[type[Step], Callable[[Story, Any], None]]] = {
    Wait: _wait, Worker: _switch_worker, Pause: _pause, Resume: _resume, Partner: _switch_partner, Deploy: _deploy, Crash: _crash, Again: _again,
}  # fmt: skip
