"""Conditional events: looked at again whenever variables have changed (BPMN 2.0 section 10.5.5)."""

from engine.bpmn.token import Token
from engine.bpmn.workflow import ARMED, OUTSIDE, Instance


def fire_conditions(instance: Instance) -> bool:
    """Wake what waits for a condition that has become true; whether there was any. A condition fires when it turns from false to true."""
    if not instance.conditions or not instance.changed:
        return False
    changed, instance.changed = instance.changed, set()
    fired = [token for token in list(instance.conditions.values()) if _fires(token, changed)]
    for token in fired:
        instance.conditions.pop(token.id, None)
        token.wake({})
    return bool(fired)


def _fires(token: Token, changed: set[str]) -> bool:
    element = token.task_spec.element
    if element.condition_names and ARMED not in changed and not _concerned(token, element.condition_names, changed):
        return False
    was = bool(token.memo and token.memo.get("was"))
    holds = token.task_spec.evaluate(token, element.condition) is True
    if was and not holds:
        token.remember(was=False)
    return holds and not was


def _concerned(token: Token, names: frozenset[str], changed: set[str]) -> bool:
    return bool(names & changed) or (OUTSIDE in changed and any(name in token.top.host.names for name in names))
