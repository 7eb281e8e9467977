"""The snapshot: what can still act, and nothing else. Specs by reference, no finished tokens, so it does not grow with age.

Version 1: `[1, process, counter, outcome, scopes, bodies]`.
scope: `[index of the scope around it or -1, variables]`.
body: `[owner token or 0, scope, called process or 0, arrivals, compensable, armed tokens, tokens]`, the instance first, a body after its owner.
token: `[id, spec, state, scope, local scope or -1, owner, flags, wait, memo, answer, via]`, without the trailing zeros.
"""

from typing import Any, Final

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.failures import StepFailed
from engine.bpmn.host import Host
from engine.bpmn.limits import need_room
from engine.bpmn.model import Model, Process
from engine.bpmn.scopes import Scope
from engine.bpmn.token import Token
from engine.bpmn.workflow import OUTSIDE, Body, Flows, Instance

VERSION: Final = 1
STATES: Final = (TaskState.STARTED, TaskState.WAITING, TaskState.READY)
CODES: Final = {state: code for code, state in enumerate(STATES)}
TRIGGERED, BEGUN = 1, 2


def dump(instance: Instance) -> bytes:
    """The snapshot of an instance. Raises StepFailed for a text that is no Unicode (half a surrogate pair), TooLarge for more than may be kept."""
    scopes: list[Any] = []
    known: dict[int, int] = {}

    def place(scope: Scope | None) -> int:
        if scope is None:
            return -1
        found = known.get(id(scope))
        if found is None:
            parent = place(scope.parent)
            found = known[id(scope)] = len(scopes)
            scopes.append([parent, scope.variables])
        return found

    bodies, pending = [], [instance]
    for workflow in pending:
        rows = []
        for token in workflow.tasks.values():
            if token.id:
                rows.append(_row(token, place(token.scope), place(token.local)))
                if token.body is not None:
                    pending.append(token.body)
        # A process may call itself: what tells a called process from a sub-process is the spec of its body.
        owner, called = workflow.owner, workflow.process.id if workflow.owner and workflow.spec is workflow.process.spec else 0
        bodies.append(
            [
                owner.id if owner else 0,
                place(workflow.scope),
                called,
                workflow.arrivals or 0,
                workflow.compensable or 0,
                list(workflow.armed) or 0,
                rows,
            ]
        )
    try:
        dumped = orjson.dumps([VERSION, instance.process.id, instance.counter, instance.outcome, scopes, bodies])
    except TypeError as error:
        raise StepFailed(instance.process.id, f"a variable cannot be kept: {error}", f"저장할 수 없는 변수가 있어요: {error}") from error
    need_room(instance.process.id, dumped, [variables for _, variables in scopes])
    return dumped


def _row(token: Token, scope: int, local: int) -> list[Any]:
    flags = (TRIGGERED if token.triggered else 0) | (BEGUN if token.begun else 0)
    answer = 0 if token.answer is None else token.answer
    owner = token.owner.id if token.owner else 0
    via = token.via if token.via and token.state == TaskState.READY else 0
    row = [token.id, token.task_spec.name, CODES[token.state], scope, local, owner, flags, token.wait or 0, token.memo or 0, answer, via]
    while row[-1] == 0 and len(row) > 7 and not isinstance(row[-1], dict):
        row.pop()
    return row


def process_of(snapshot: bytes) -> str:
    """The process that a snapshot is an instance of."""
    return str(orjson.loads(snapshot)[1])


def load(model: Model, snapshot: bytes, host: Host) -> Instance:
    """The instance of a snapshot of any version so far. Raises StepFailed when the model lacks what it needs."""
    found = orjson.loads(snapshot)
    if found[0] != VERSION:
        raise StepFailed(
            "", f"the snapshot has version {found[0]}, which is newer than this program", f"스냅샷 버전 {found[0]}은 이 프로그램보다 새 버전이에요."
        )
    _, process_id, counter, outcome, scope_rows, bodies = found
    process = model.processes.get(process_id)
    if process is None:
        raise StepFailed(process_id, "the model has no such process any more", "모델에 이 프로세스가 더는 없어요.")
    scopes: list[Scope] = []
    for parent, variables in scope_rows:
        scopes.append(Scope(variables, scopes[parent] if parent >= 0 else None))
    instance = Instance(model, process, host, scopes[bodies[0][1]], counter)
    instance.outcome = outcome
    instance.personal = b'"$pii"' in snapshot
    for body in bodies:
        _load_body(instance, body, scopes)
    if instance.conditions:
        instance.changed.add(OUTSIDE)
    return instance


def _load_body(instance: Instance, body: list[Any], scopes: list[Scope]) -> None:
    owner_id, scope, called, arrivals, compensable, armed, rows = body
    workflow: Flows = instance
    if owner_id:
        owner = instance.live[owner_id]
        process = instance.model.processes.get(called) if called else owner.workflow.process
        if process is None:
            raise StepFailed(
                owner.task_spec.element.id, f"the model has no process {called} any more", f"모델에 프로세스 {called}이(가) 더는 없어요."
            )
        workflow = Body(process.spec if called else owner.task_spec.inside, owner, process, scopes[scope])
    workflow.arrivals = arrivals or {}
    workflow.compensable = compensable or []
    for row in rows:
        _load_token(workflow, workflow.process, row, scopes)
    for token_id in armed or ():
        workflow.armed[token_id] = workflow.tasks[token_id]


def _load_token(workflow: Flows, process: Process, row: list[Any], scopes: list[Scope]) -> None:
    token_id, name, state, scope, local, owner, flags, wait, memo, answer, via = row + [0] * (11 - len(row))
    spec = process.nodes.get(name)
    if spec is None:
        raise StepFailed(name, "the model has no such element any more", "모델에 이 요소가 더는 없어요.")
    token = Token(workflow, spec, workflow.task_tree, STATES[state], token_id, scopes[scope])
    top = token.top
    token.local = scopes[local] if local >= 0 else None
    token.triggered, token.begun = bool(flags & TRIGGERED), bool(flags & BEGUN)
    token.wait, token.memo, token.via = wait or None, memo or None, via or None
    token.answer = None if answer == 0 and not isinstance(answer, dict) else answer
    if owner:
        token.owner = workflow.tasks[owner]
        token.owner.inner[token_id] = token
    if state == CODES[TaskState.READY]:
        top.ready.append(token)
    elif wait and wait["kind"] == "condition":
        top.conditions[token_id] = token


def forgotten(snapshot: bytes) -> bytes:
    """The snapshot of an instance that has ended, without its variables."""
    found = orjson.loads(snapshot)
    return orjson.dumps([*found[:4], [[parent, {}] for parent, _ in found[4]], *found[5:]])
