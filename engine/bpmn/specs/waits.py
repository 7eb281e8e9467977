"""What an event waits for, and what a throwing element sends: the outside of timers, messages, signals and conditions."""

from typing import Any, Final

from engine.bpmn.durations import TimerError
from engine.bpmn.failures import StepFailed
from engine.bpmn.scopes import stored
from engine.bpmn.specs.base import NodeSpec
from engine.bpmn.timers import Due, first_due
from engine.bpmn.token import Token
from engine.bpmn.workflow import ARMED, Flows

TIME_TO_LIVE: Final = "PT24H"
NAMES: Final = {
    "message": ("message name", "메시지 이름"),
    "signal": ("signal name", "신호 이름"),
    "key": ("correlation key", "상관 키"),
}


def event_wait(spec: NodeSpec, token: Token) -> dict[str, Any]:
    """The wait for the event of a catching element."""
    event = spec.element.event
    if event == "timer":
        return timer_wait(spec, token)
    if event == "message":
        return message_wait(spec, token)
    if event == "signal":
        return {"kind": "signal", "name": text(spec, spec.evaluate(token, spec.element.signal), "signal")}
    return {"kind": "condition"}


def stand_by(spec: NodeSpec, workflow: Flows, owner: Token | None) -> Token:
    """A token that waits for the event of `spec` without having entered it: it runs once the event has happened."""
    token = workflow.stand_by(spec, owner)
    token.wait = event_wait(spec, token)
    if token.wait["kind"] == "condition":
        token.remember(was=False)
        watch(token)
    return token


def watch(token: Token) -> None:
    """Look at the token's condition from now on."""
    token.top.conditions[token.id] = token
    token.top.changed.add(ARMED)


def timer_wait(spec: NodeSpec, token: Token) -> dict[str, Any]:
    """The wait for a timer that begins to count now."""
    timer = spec.element.timer
    if timer is None:
        raise StepFailed(spec.element.id, "the timer says no time", "타이머에 시각이 없어요.")
    try:
        return due_wait(first_due(timer, token.view(), token.top.host, token.top.host.seed))
    except TimerError as error:
        raise StepFailed(spec.element.id, str(error), error.ko) from error


def due_wait(due: Due) -> dict[str, Any]:
    """A wait for a moment, and how often it repeats after that (-1: for ever)."""
    wait: dict[str, Any] = {"kind": "timer", "due": due.at.isoformat()}
    return wait if due.left == 0 else {**wait, "left": -1 if due.left is None else due.left}


def message_wait(spec: NodeSpec, token: Token) -> dict[str, Any]:
    """The wait for a message: its name and key, evaluated now."""
    message = spec.element.message
    if message is None:
        raise StepFailed(spec.element.id, "there is no message to wait for", "기다릴 메시지가 없어요.")
    name = text(spec, spec.evaluate(token, message.name), "message")
    if message.correlation_key is None:
        return {"kind": "message", "name": name, "key": ""}
    return {"kind": "message", "name": name, "key": text(spec, spec.evaluate(token, message.correlation_key), "key")}


def publish(spec: NodeSpec, token: Token) -> None:
    """Send the message of a throwing element, with its mapped inputs as variables."""
    element, message = spec.element, spec.element.message
    if message is None:
        raise StepFailed(element.id, "there is no message to send", "보낼 메시지가 없어요.")
    name = text(spec, spec.evaluate(token, message.name), "message")
    key = text(spec, spec.evaluate(token, message.correlation_key), "key") if message.correlation_key else ""
    token.top.host.publish(element, name, key, mapped(token), element.properties.get("baton:timeToLive") or TIME_TO_LIVE)


def mapped(token: Token) -> dict[str, Any]:
    """The variables that the input mappings made."""
    return dict(token.local.variables) if token.local is not None else {}


def text(spec: NodeSpec, value: Any, what: str) -> str:
    """A name or key: a text, or a number as a text. Raises StepFailed for anything else."""
    found = stored(value)
    if isinstance(found, bool) or not isinstance(found, (str, int, float)) or found == "":
        en, ko = NAMES[what]
        raise StepFailed(
            spec.element.id, f"the {en} is {found!r:.80}, not a text or a number", f"{ko} 값이 글자나 숫자가 아니라 {found!r:.80}이에요."
        )
    return str(found)
