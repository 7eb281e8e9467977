"""Tasks: user, service, script, business rule, send, receive, manual (BPMN 2.0 section 10.3)."""

from typing import Any, Final

from engine.bpmn.durations import TimerError
from engine.bpmn.failures import StepFailed
from engine.bpmn.model import Value
from engine.bpmn.scopes import stored
from engine.bpmn.specs.base import NodeSpec
from engine.bpmn.specs.waits import message_wait, publish, stand_by
from engine.bpmn.timers import moment_of
from engine.bpmn.token import Token

DEFAULT_PRIORITY: Final = 50


class Activity(NodeSpec):
    """An activity: boundary events may sit on it, and once complete it may have to be compensated."""

    handler: NodeSpec | None = None

    def _on_complete_hook(self, my_task: Token) -> None:
        if self.handler is not None or my_task.body is not None:
            self.remember_for_compensation(my_task)
        super()._on_complete_hook(my_task)

    def remember_for_compensation(self, token: Token) -> None:
        """Keep what a later compensation needs: the handler's element, and the variables of the scopes that are gone by then."""
        if self.handler is not None:
            token.workflow.record([self.element.id, frames(token), None])


def frames(token: Token) -> list[dict[str, Any]]:
    """The variables of the scopes between the token and its container, outermost first."""
    found: list[dict[str, Any]] = []
    scope = token.local if token.body is not None else token.scope
    while scope is not None and scope is not token.workflow.scope:
        found.insert(0, dict(scope.variables))
        scope = scope.parent
    return found


class PlainTask(Activity):
    """A manual task or one without a kind: done by reaching it."""


class UserTask(Activity):
    """A person's work: waits until somebody completes it."""

    def execute(self, token: Token) -> bool:
        who = self.element.assignment
        wait: dict[str, Any] = {"kind": "user_task"}
        assignee = self.evaluate(token, who.assignee)
        if assignee is not None:
            wait["assignee"] = str(stored(assignee))
        for name, value in (("groups", who.groups), ("users", who.users)):
            found = self.names(token, value)
            if found:
                wait[name] = found
        for name, value in (("due", who.due), ("follow_up", who.follow_up)):
            moment = self.moment(token, value)
            if moment:
                wait[name] = moment
        priority = self.evaluate(token, who.priority)
        if priority is not None:
            wait["priority"] = self.number(priority)
        token.wait = wait
        return False

    def names(self, token: Token, value: Value | None) -> list[str]:
        """Groups or users: a list, or a text with commas."""
        found = self.evaluate(token, value)
        if found is None:
            return []
        several = found if isinstance(found, list) else str(found).split(",")
        return [str(stored(item)).strip() for item in several if str(item).strip()]

    def moment(self, token: Token, value: Value | None) -> str | None:
        """A due date as an ISO text in UTC."""
        if value is None:
            return None
        try:
            found = moment_of(self.evaluate(token, value), self.element.properties.get("baton:calendar"), token.top.host)
        except TimerError as error:
            raise StepFailed(self.element.id, str(error), error.ko) from error
        return found.isoformat() if found else None

    def number(self, value: Any) -> int:
        """The priority as a whole number."""
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            found = stored(value)
            raise StepFailed(
                self.element.id, f"the priority {found!r:.80} is not a whole number", f"우선순위 {found!r:.80}은(는) 정수가 아니에요."
            ) from error


class JobTask(Activity):
    """A task definition: a connector within the step, or a job for a worker."""

    def execute(self, token: Token) -> bool:
        return run_job(self, token)


def run_job(spec: NodeSpec, token: Token) -> bool:
    """Call the in-step connector and take its result, or wait for the job."""
    element, host = spec.element, token.top.host
    job = spec.job(token, element.job_type, element.retries, len(spec.before))
    if not host.runs_in_step(job["job_type"]):
        token.wait = job
        return False
    spec.take_result(token, host.call(element, job["job_type"], job["inputs"], element.headers, token.view()) or {})
    return True


class ScriptTask(Activity):
    """A FEEL expression and the variable for its value."""

    def execute(self, token: Token) -> bool:
        element = self.element
        found = self.evaluate(token, element.script)
        self.take_result(token, {element.result_variable: found} if element.result_variable else {})
        return True


class DecisionTask(Activity):
    """A DMN decision, evaluated in the step."""

    def execute(self, token: Token) -> bool:
        element = self.element
        decision = self.evaluate(token, element.decision)
        if not isinstance(decision, str):
            found = stored(decision)
            raise StepFailed(element.id, f"the decision id is {found!r:.80} and not a text", f"의사결정 아이디가 글자가 아니라 {found!r:.80}이에요.")
        found = token.top.host.decide(decision, token.view())
        self.take_result(token, {element.result_variable: found} if element.result_variable else {})
        return True


class SendTask(Activity):
    """Publishes its message."""

    def execute(self, token: Token) -> bool:
        publish(self, token)
        return True


class ReceiveTask(Activity):
    """Waits for its message."""

    def arm(self, workflow: Any, owner: Token | None) -> None:
        """Wait for the message behind an event-based gateway."""
        stand_by(self, workflow, owner)

    def execute(self, token: Token) -> bool:
        token.wait = message_wait(self, token)
        return False

    def resume(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """The message has come; behind an event-based gateway it decides the race first."""
        win_race(token)
        return super().resume(token, answer)


def win_race(token: Token) -> None:
    """Of the events behind an event-based gateway the first one wins: the gateway is done, the others are cancelled."""
    if token.triggered and token.owner is not None:
        gateway, token.owner = token.owner, None
        gateway.inner.pop(token.id, None)
        token.triggered = False
        gateway.task_spec.close(gateway)
        gateway.complete()
