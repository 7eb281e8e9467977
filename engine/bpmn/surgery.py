"""Repairing an instance by hand: move a token, cancel an element, start before or after one.

Each function changes an Execution; the caller then runs and dumps it as after any command. What would leave the instance broken is refused
with the reason (SurgeryRefused), and then nothing has been changed.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.execution import Execution
from engine.bpmn.failures import SurgeryRefused, TokenGone
from engine.bpmn.scopes import all_stored
from engine.bpmn.specs.base import NodeSpec
from engine.bpmn.specs.multi_instance import LoopSpec
from engine.bpmn.specs.subprocess import EventSubProcess
from engine.bpmn.token import Token
from engine.bpmn.workflow import Flows


def move_token(execution: Execution, token: int, element_id: str) -> None:
    """Cancel what the token is at and go on before another element of the same process. Raises TokenGone, SurgeryRefused."""
    found = movable(execution, token)
    spec, workflow = target(execution, element_id, inside=found)
    workflow.enter(spec, workflow.scope)
    found.cancel()
    found.workflow.settle()


def cancel_element(execution: Execution, token: int) -> None:
    """Cancel what the token is at, with everything inside; the branch ends there. Raises TokenGone, SurgeryRefused."""
    found = movable(execution, token)
    found.cancel()
    found.workflow.settle()


def start_before(execution: Execution, element_id: str, variables: Mapping[str, Any] | None = None) -> None:
    """A new token arrives at an element. `variables` are merged first. Raises SurgeryRefused."""
    spec, workflow = target(execution, element_id)
    execution.instance.merge(workflow.scope, all_stored(variables or {}))
    workflow.enter(spec, workflow.scope)


def start_after(execution: Execution, element_id: str, variables: Mapping[str, Any] | None = None) -> None:
    """Go on as if an element had just been completed: along its outgoing flows. `variables` are merged first. Raises SurgeryRefused."""
    spec, workflow = target(execution, element_id, leaving=True)
    execution.instance.merge(workflow.scope, all_stored(variables or {}))
    # It stands for the completed element and never runs.
    passer = workflow.task_tree._add_child(spec, TaskState.COMPLETED)
    spec.leave(passer)
    workflow.forget(passer)
    workflow.settle()


def set_variables(execution: Execution, variables: Mapping[str, Any], token: int | None = None) -> None:
    """Write variables into the root scope, or into the innermost one of a token. Raises TokenGone."""
    instance = execution.instance
    found = instance.live.get(token) if token is not None else None
    if token is not None and found is None:
        raise TokenGone(token)
    for name, value in all_stored(variables).items():
        instance.put(found.inmost if found else instance.scope, name, value)


def movable(execution: Execution, token: int) -> Token:
    """The token, unless it is one of several that belong together."""
    found = execution.instance.live.get(token)
    if found is None:
        raise TokenGone(token)
    if found.triggered:
        refuse("사건을 기다리기만 하는 토큰이라 옮길 수 없어요.", "it only stands by for an event and cannot be moved")
    if found.owner is not None:
        name = found.owner.task_spec.element.id
        if isinstance(found.owner.task_spec, LoopSpec):
            refuse(
                f"여러 번 실행되는 업무 {name} 가운데 한 번이에요. 전체를 나타내는 토큰 {found.owner.id}을(를) 옮기거나 취소해 주세요.",
                f"it is one run of the multi-instance activity {name}; move or cancel token {found.owner.id}, which stands for all runs",
            )
        refuse(
            f"{name}을(를) 위해 움직이는 토큰이에요. 토큰 {found.owner.id}을(를) 옮기거나 취소해 주세요.",
            f"it works for {name}; move or cancel token {found.owner.id}",
        )
    return found


def target(execution: Execution, element_id: str, inside: Token | None = None, leaving: bool = False) -> tuple[NodeSpec, Flows]:
    """Where a new token is to arrive: the spec, and the one open container that it belongs to."""
    instance = execution.instance
    candidates = [workflow for workflow in (instance, *instance.subprocesses.values()) if element_id in workflow.process.nodes]
    if not candidates:
        refuse(f"{element_id}이라는 요소가 없어요.", f"there is no element {element_id}")
    spec: NodeSpec = candidates[0].process.nodes[element_id]
    element = spec.element
    if element.type == "boundaryEvent" and not leaving:
        refuse(f"{element_id}은(는) 경계 이벤트예요. 그 다음부터 시작해 주세요.", f"{element_id} is a boundary event; start after it instead")
    if isinstance(spec, EventSubProcess) or (element.type == "startEvent" and element.parent is not None and not leaving):
        refuse(
            f"{element_id}은(는) 사건이나 하위 프로세스와 함께 시작해요. 그 안의 요소나 하위 프로세스 앞에서 시작해 주세요.",
            f"{element_id} begins by its event or with its sub-process; start before an element inside it or before the sub-process",
        )
    open_ones = [workflow for workflow in candidates if workflow.spec is spec._wf_spec]
    around = [workflow for workflow in open_ones if inside is not None and workflow is inside.workflow] or open_ones
    container = element.parent or element.process_id
    if not around:
        refuse(f"{container}이(가) 열려 있지 않아요. {container} 앞에서 시작해 주세요.", f"{container} is not open; start before {container} instead")
    if len(around) > 1:
        refuse(
            f"{container}이(가) {len(around)}개 열려 있어 어디에서 시작할지 알 수 없어요.",
            f"{container} is open {len(around)} times, so it is not clear in which {element_id} should start",
        )
    return spec, around[0]


def refuse(ko: str, en: str) -> NoReturn:
    """Say why not."""
    raise SurgeryRefused(ko, en)
