"""Ad-hoc sub-processes (BPMN 2.0 section 10.3.5), and those that a worker leads as in Camunda 8.8."""

from typing import Any, Final

from engine.bpmn.failures import StepFailed
from engine.bpmn.scopes import stored
from engine.bpmn.specs.base import NodeSpec
from engine.bpmn.specs.subprocess import SubProcess
from engine.bpmn.token import Token
from engine.bpmn.workflow import Body

ELEMENTS: Final = "adHocSubProcessElements"
ACTIVATE: Final = "activateElements"
FULFILLED: Final = "isCompletionConditionFulfilled"
CANCEL: Final = "isCancelRemainingInstances"


class AdHocSubProcess(SubProcess):
    """Its elements have no fixed order: chosen ones (or all without incoming flow) begin, until the completion condition holds."""

    def branch_ended(self, body: Body, last: Token) -> None:
        """Keep the output element of what was done in the output collection."""
        ad_hoc, token = self.element.ad_hoc, body.owner
        if ad_hoc is not None and ad_hoc.output_collection and ad_hoc.output_element is not None:
            found = self.evaluate(token, ad_hoc.output_element, token.top.look(last.inmost))
            results = [*body.scope.variables[ad_hoc.output_collection], stored(found)]
            token.top.put(body.scope, ad_hoc.output_collection, results)

    def finish(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """The output collection leaves with the last one."""
        name = self.element.ad_hoc.output_collection if self.element.ad_hoc is not None else None
        if name and token.local is not None:
            token.top.merge(token.scope, {name: token.local.variables[name]})
        return super().finish(token, answer)

    def enter_body(self, token: Token, body: Body) -> None:
        """Begin the chosen elements: at the same time, or one after the other."""
        ad_hoc = self.element.ad_hoc
        chosen: Any = self.first()
        if ad_hoc is not None and ad_hoc.output_collection:
            body.scope.variables[ad_hoc.output_collection] = []
        if ad_hoc is not None and ad_hoc.active is not None:
            chosen = stored(self.evaluate(token, ad_hoc.active))
        specs = self.chosen(chosen)
        if ad_hoc is not None and ad_hoc.sequential:
            token.remember(queue=chosen[1:])
            specs = specs[:1]
        for spec in specs:
            body.enter(spec, body.scope)

    def first(self) -> list[str]:
        """What begins when nothing is chosen."""
        return [spec.element.id for spec in self.inside.loose]

    def chosen(self, names: Any) -> list[NodeSpec]:
        """The elements of these ids. Raises StepFailed unless it is a list of elements that can be begun."""
        loose = {spec.element.id: spec for spec in self.inside.loose}
        if not isinstance(names, list) or any(not isinstance(name, str) or name not in loose for name in names):
            raise StepFailed(
                self.element.id,
                f"the elements to activate are {names!r}, but only {sorted(loose)} can be",
                f"시작할 요소가 {names!r}인데, 시작할 수 있는 것은 {sorted(loose)}뿐이에요.",
            )
        return [loose[name] for name in names]

    def body_done(self, body: Body) -> bool:
        """Asked after each element: true once the condition holds (and the rest is cancelled or done), or nothing is left to do."""
        token, ad_hoc = body.owner, self.element.ad_hoc
        if ad_hoc is not None and self.enough(body):
            token.remember(queue=[])
            return ad_hoc.cancel_remaining or body.idle
        queue = (token.memo or {}).get("queue")
        if body.idle and queue:
            token.remember(queue=queue[1:])
            body.enter(self.chosen(queue[:1])[0], body.scope)
        return body.idle and not body.arrivals

    def enough(self, body: Body) -> bool:
        """Whether the drawn completion condition holds."""
        token, ad_hoc = body.owner, self.element.ad_hoc
        if ad_hoc is None or ad_hoc.completion is None:
            return False
        return self.truth(token, ad_hoc.completion, token.top.look(body.scope), "the completion condition")


class LedSubProcess(AdHocSubProcess):
    """A worker is asked at the beginning and after each branch: its answer names the elements to begin, each with variables of its own if it
    likes, until it says that enough is done. Its memo: how often it was `asked`, whether a branch has `ended` since, and whether it is `enough`."""

    def first(self) -> list[str]:
        return []

    def enter_body(self, token: Token, body: Body) -> None:
        known = [{"elementId": spec.element.id, "elementName": spec.element.name} for spec in self.inside.loose]
        token.top.put(body.scope, ELEMENTS, known)
        super().enter_body(token, body)

    def branch_ended(self, body: Body, last: Token) -> None:
        super().branch_ended(body, last)
        body.owner.remember(ended=True)

    def body_done(self, body: Body) -> bool:
        """Enough is done and nothing goes on any more; until then its worker is asked."""
        token, ad_hoc, memo = body.owner, self.element.ad_hoc, body.owner.memo or {}
        if not memo.get("enough") and self.enough(body):
            token.remember(enough=True)
            token.wait = None
            return ad_hoc is None or ad_hoc.cancel_remaining or body.idle
        if memo.get("enough"):
            return body.idle and not body.arrivals
        if token.wait is None and (memo.get("ended") or not memo.get("asked")):
            self.ask(token)
        return False

    def ask(self, token: Token) -> None:
        """One more job for the worker; the jobs of one token have numbers of their own."""
        asked = int((token.memo or {}).get("asked", 0))
        turn = len(self.before) + (asked + 1 + len(self.after) if asked else 0)
        token.wait = self.job(token, self.element.job_type, self.element.retries, turn)
        token.remember(asked=asked + 1, ended=False)

    def finish(self, token: Token, answer: dict[str, Any]) -> bool | None:
        """The worker has answered, or enough is done and the last one has ended."""
        body = token.body
        if body is None or (token.memo or {}).get("enough"):
            return super().finish(token, answer)
        begun = self.begun(answer.get(ACTIVATE) or [])
        self.take_result(token, {name: value for name, value in answer.items() if name not in (ACTIVATE, FULFILLED, CANCEL)})
        if answer.get(FULFILLED) is True:
            token.remember(enough=True)
            if answer.get(CANCEL) is True or (body.idle and not begun):
                body.clear()
                return super().finish(token, {})
        for spec, variables in begun:
            body.enter(spec, token.top.new_scope(variables, body.scope))
        if body.idle or (token.memo or {}).get("ended"):
            self.go_on(token, body)
        return None

    def go_on(self, token: Token, body: Body) -> None:
        """A branch ended while the worker was at it: it is asked again. Raises StepFailed where nothing at all would go on."""
        memo = token.memo or {}
        if memo.get("ended") and not memo.get("enough"):
            self.ask(token)
        elif body.idle:
            raise StepFailed(
                self.element.id,
                f"the worker began nothing, nothing goes on here, and it did not say that this is enough ({FULFILLED})",
                f"작업자가 아무것도 시작하지 않았고 진행 중인 것도 없는데, 충분하다고({FULFILLED}) 하지도 않았어요.",
            )

    def begun(self, entries: Any) -> list[tuple[NodeSpec, dict[str, Any]]]:
        """What the worker wants begun: ids, or `{"elementId": ..., "variables": {...}}`. Raises StepFailed for anything else."""
        rows = [entry if isinstance(entry, dict) else {"elementId": entry} for entry in (entries if isinstance(entries, list) else [entries])]
        given = [row.get("variables") or {} for row in rows]
        specs = self.chosen([row.get("elementId") for row in rows])
        return [(spec, dict(variables) if isinstance(variables, dict) else {}) for spec, variables in zip(specs, given, strict=True)]
