"""Moving a running instance to another version of its model, element by element, with a verdict beforehand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.bpmn.execution import Execution
from engine.bpmn.failures import SurgeryRefused
from engine.bpmn.host import Host
from engine.bpmn.model import Element, Model, Process
from engine.bpmn.parser import INSIDE_OF_LOOP
from engine.bpmn.snapshot import load
from engine.bpmn.specs.activities import Activity
from engine.bpmn.specs.multi_instance import LoopSpec
from engine.bpmn.token import Token
from engine.bpmn.workflow import Flows, Instance


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot move, or what will change: the element of the old model, and a sentence in both languages."""

    element_id: str
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an instance can move. With `problems` it cannot; `notes` say what changes on the way."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    @property
    def possible(self) -> bool:
        return not self.problems


def verdict(old: Model, new: Model, snapshot: bytes, mapping: Mapping[str, str]) -> Verdict:
    """What would happen to this instance. `mapping` names elements and flows that have another id in the new model."""
    found = orjson.loads(snapshot)
    problems: list[Problem] = []
    notes: list[Problem] = []
    for process_id, body in _bodies(found):
        before, after = old.processes.get(process_id), new.processes.get(process_id)
        if before is None or after is None:
            problems.append(Problem(process_id, f"새 모델에 프로세스 {process_id}이(가) 없어요.", f"the new model has no process {process_id}"))
            continue
        for row in body[6]:
            _judge_token(before, after, row, mapping, problems, notes)
        problems += _judge_arrivals(before, after, body[3] or {}, mapping)
        problems += _judge_records(after, body[4] or [], mapping)
    return Verdict(tuple(problems), tuple(notes))


def migrate(old: Model, new: Model, snapshot: bytes, mapping: Mapping[str, str], host: Host) -> Execution:
    """The instance in the new model, ready to run and dump: waits keep their tokens, boundary events and event sub-processes that are new begin
    to wait, those that are gone stop. Raises SurgeryRefused when the verdict has problems."""
    judged = verdict(old, new, snapshot, mapping)
    if not judged.possible:
        said = judged.problems
        raise SurgeryRefused("; ".join(f"{why.element_id}: {why.ko}" for why in said), "; ".join(f"{why.element_id}: {why.en}" for why in said))
    found = orjson.loads(snapshot)
    for process_id, body in list(_bodies(found)):
        body[6] = [row for row in (_moved(row, mapping) for row in body[6]) if not _standing_by(row) or row[1] in new.processes[process_id].nodes]
        kept = {row[0] for row in body[6]}
        body[5] = [token for token in body[5] or () if token in kept] or 0
        body[3] = {_to(gate, mapping): {_to(flow, mapping): n for flow, n in flows.items()} for gate, flows in (body[3] or {}).items()} or 0
        body[4] = _moved_records(body[4] or [], mapping) or 0
    instance = load(new, orjson.dumps(found), host)
    _arm_what_is_new(instance)
    return Execution(instance)


def _bodies(found: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    processes: dict[int, str] = {}
    for body in found[5]:
        process_id = found[1] if not body[0] else body[2] or processes[body[0]]
        processes |= {row[0]: process_id for row in body[6]}
        yield process_id, body


def _to(name: str, mapping: Mapping[str, str]) -> str:
    plain = name.removesuffix(INSIDE_OF_LOOP)
    return mapping.get(plain, plain) + name[len(plain) :]


def _moved(row: list[Any], mapping: Mapping[str, str]) -> list[Any]:
    via = [_to(row[10], mapping)] if len(row) > 10 and row[10] else row[10:]
    return [row[0], _to(row[1], mapping), *row[2:10], *via]


def _moved_records(records: list[Any], mapping: Mapping[str, str]) -> list[Any]:
    return [[_to(name, mapping), frames, _moved_records(inside or [], mapping) or None] for name, frames, inside in records]


def _standing_by(row: list[Any]) -> bool:
    return bool(row[6] & 1)


def _judge_token(before: Process, after: Process, row: list[Any], mapping: Mapping[str, str], problems: list[Problem], notes: list[Problem]) -> None:
    name, to = row[1], _to(row[1], mapping)
    was, now = before.nodes[name].element, after.nodes[to].element if to in after.nodes else None
    if now is None and _standing_by(row):
        notes.append(Problem(was.id, "새 모델에 없는 이벤트라 더는 기다리지 않아요.", "it is gone in the new model and no longer waits"))
    elif now is None:
        loop_ko, loop_en = (
            ("여러 번 실행되는 업무가 아니라서", "it is no multi-instance activity there")
            if name.endswith(INSIDE_OF_LOOP)
            else ("없어서", "it is not there")
        )
        problems.append(Problem(was.id, f"새 모델에 {loop_ko} 옮길 곳이 없어요.", f"{loop_en}, so there is nowhere to move to"))
    else:
        problems += _compare(was, now, mapping)


def _compare(was: Element, now: Element, mapping: Mapping[str, str]) -> Iterator[Problem]:
    if (was.type, was.event) != (now.type, now.event):
        yield Problem(
            was.id,
            f"{now.id}은(는) 종류가 달라요({was.type} → {now.type}).",
            f"{now.id} is another kind ({was.type}/{was.event} -> {now.type}/{now.event})",
        )
    if (_to(was.parent, mapping) if was.parent else None) != now.parent:
        yield Problem(was.id, f"{now.id}은(는) 다른 하위 프로세스 안에 있어요.", f"{now.id} stands in another sub-process")
    if (was.loop is None) != (now.loop is None) or (
        was.loop and now.loop and (was.loop.kind, was.loop.sequential) != (now.loop.kind, now.loop.sequential)
    ):
        yield Problem(was.id, f"{now.id}의 반복 방식이 달라요.", f"{now.id} repeats in another way")
    if was.attached_to and now.attached_to != _to(was.attached_to, mapping):
        yield Problem(was.id, f"{now.id}은(는) 다른 업무에 붙어 있어요.", f"{now.id} sits on another activity")


def _judge_arrivals(before: Process, after: Process, arrivals: Mapping[str, Mapping[str, int]], mapping: Mapping[str, str]) -> Iterator[Problem]:
    for gateway, flows in arrivals.items():
        spec = after.nodes.get(_to(gateway, mapping))
        if spec is None or spec.element.type != before.nodes[gateway].element.type:
            yield Problem(
                gateway, "도착한 흐름이 있는 갈림길이 새 모델에 없어요.", "tokens have arrived at this gateway, which is not in the new model"
            )
            continue
        for flow in flows:
            if _to(flow, mapping) not in spec.incoming:
                yield Problem(
                    gateway, f"흐름 {flow}이(가) 새 모델에 없어요.", f"a token has arrived by the flow {flow}, which is not in the new model"
                )


def _judge_records(after: Process, records: list[Any], mapping: Mapping[str, str]) -> Iterator[Problem]:
    for name, _, inside in records:
        spec = after.nodes.get(_to(name, mapping))
        work = spec.work if isinstance(spec, LoopSpec) else spec
        if not isinstance(work, Activity) or (work.handler is None and not inside):
            yield Problem(name, "되돌릴 방법이 새 모델에 없어요.", "it is completed and could be compensated, but the new model does not say how")
        yield from _judge_records(after, inside or [], mapping)


def _arm_what_is_new(instance: Instance) -> None:
    containers: list[Flows] = [instance, *instance.subprocesses.values()]
    for workflow in containers:
        standing = {token.task_spec.name for token in workflow.armed.values()}
        for sub in workflow.spec.event_subs:
            if sub.event in ("timer", "message", "signal", "conditional") and sub.start.name not in standing and not _interrupted(workflow):
                sub.start.arm(workflow, None)
        for token in list(workflow.tasks.values()):
            if token.id and not token.triggered and token.begun:
                _arm_boundaries(token)


def _arm_boundaries(token: Token) -> None:
    standing = {inner.task_spec.name for inner in token.inner.values()}
    for boundary in token.task_spec.armable:
        if boundary.name not in standing:
            boundary.arm(token.workflow, token)


def _interrupted(workflow: Flows) -> bool:
    """Whether an interrupting event sub-process has already taken over: then no other one begins to wait."""
    taken = {token.task_spec.name for token in workflow.tasks.values() if token.id}
    return any(sub.interrupting and sub.spec.name in taken for sub in workflow.spec.event_subs)
