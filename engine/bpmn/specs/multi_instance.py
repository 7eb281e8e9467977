"""Multi-instance and standard loops (BPMN 2.0 section 10.3.8): an outer token counts, inner ones do the work, each in a scope of its own."""

import re
from typing import Any, Final

from engine.bpmn.failures import StepFailed
from engine.bpmn.model import Loop
from engine.bpmn.scopes import Scope, stored
from engine.bpmn.specs.base import NodeSpec
from engine.bpmn.token import Token

MAX_INSTANCES: Final = 1000
_FIRST_NAME: Final = re.compile(r"=?\s*([^\W\d]\w*)\s*(?:\.\s*\w+\s*)*")


class LoopSpec(NodeSpec):
    """The outside of an activity that runs several times; `work` is the activity itself."""

    work: NodeSpec
    loop: Loop

    def begin(self, token: Token) -> bool | None:
        """Inputs, outputs and listeners belong to each run, not to the loop."""
        token.begun = True
        token.top.host.entered(self.element)
        return self.perform(token)

    def done(self, token: Token) -> bool | None:
        """The last run is over."""
        return self.close(token)

    def start(self, token: Token, number: int, variables: dict[str, Any]) -> None:
        """Begin run `number` (from 1), with its own scope inside the loop's."""
        scope = token.top.new_scope({**variables, "loopCounter": number}, token.local)
        token.workflow.enter(self.work, scope, owner=token)


class MultiInstance(LoopSpec):
    """One run for each item of a collection, or as many as a number says."""

    def execute(self, token: Token) -> bool:
        items = self.items(token)
        results = {self.loop.output_collection: [None] * len(items)} if self.loop.output_collection else {}
        token.local = Scope(results, token.scope)
        token.remember(total=len(items), ended=0)
        if not items:
            self.give_results(token)
            return True
        if self.loop.sequential:
            token.remember(rest=items[1:])
            items = items[:1]
        for number, item in enumerate(items, 1):
            self.start(token, number, self.variables(item))
        return False

    def items(self, token: Token) -> list[Any]:
        """What to run over. Raises StepFailed for anything but a list or a whole number, and for more than 1,000."""
        loop = self.loop
        if loop.collection is not None:
            found = stored(self.evaluate(token, loop.collection))
            if not isinstance(found, list):
                raise StepFailed(
                    self.element.id,
                    f"the input collection {loop.collection.text} is {found!r:.80} and not a list",
                    f"입력 목록 {loop.collection.text}의 값이 목록이 아니라 {found!r:.80}이에요.",
                )
        else:
            count = stored(self.evaluate(token, loop.cardinality))
            if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MAX_INSTANCES:
                raise StepFailed(
                    self.element.id,
                    f"the loop cardinality is {count!r:.80} and not a whole number from 0 to {MAX_INSTANCES}",
                    f"반복 횟수가 0에서 {MAX_INSTANCES} 사이의 정수가 아니라 {count!r:.80}이에요.",
                )
            found = list(range(1, count + 1))
        if len(found) > MAX_INSTANCES:
            raise StepFailed(
                self.element.id,
                f"{len(found)} instances are more than the {MAX_INSTANCES} allowed",
                f"반복 {len(found)}번은 한도 {MAX_INSTANCES}번을 넘어요.",
            )
        return found

    def variables(self, item: Any) -> dict[str, Any]:
        """What each run sees of its own: the item, and an empty place for its result (so that it does not leave the run)."""
        found: dict[str, Any] = {}
        name = _FIRST_NAME.fullmatch(self.loop.output_element.text) if self.loop.output_element else None
        if name:
            found[name[1]] = None
        if self.loop.element:
            found[self.loop.element] = item
        return found

    def inner_done(self, token: Token, inner: Token) -> None:
        """A run is over: keep its result, ask the completion condition, begin the next or end."""
        memo = token.memo or {}
        memo["ended"] += 1
        number = inner.scope.variables["loopCounter"]
        self.keep_result(token, inner, number)
        if memo["ended"] == memo["total"] or (self.loop.completion is not None and self.enough(token, inner)):
            self.end(token, inner)
        elif memo.get("rest"):
            first, *memo["rest"] = memo["rest"]
            self.start(token, number + 1, self.variables(first))

    def enough(self, token: Token, inner: Token) -> bool:
        """Whether the completion condition holds after this run; it sees what the run saw, and how many there are."""
        memo = token.memo or {}
        counts = {"numberOfInstances": memo["total"], "numberOfCompletedInstances": memo["ended"]}
        counts["numberOfActiveInstances"] = sum(1 for other in token.inner.values() if other.task_spec is self.work) - 1
        return self.truth(token, self.loop.completion, token.top.look(Scope(counts, inner.inmost)), "the completion condition")

    def keep_result(self, token: Token, inner: Token, number: int) -> None:
        """Put the output element of a run at its place in the output collection."""
        if self.loop.output_collection and self.loop.output_element and token.local is not None:
            value = stored(self.evaluate(token, self.loop.output_element, token.top.look(inner.inmost)))
            # The list is the loop's own until it is handed over: writing in place keeps a thousand runs from copying it a thousand times.
            token.local.variables[self.loop.output_collection][number - 1] = value
            token.top.wrote(self.loop.output_collection, value)

    def end(self, token: Token, last: Token) -> None:
        """Cancel the runs that are still open and hand over the results."""
        for other in [other for other in token.inner.values() if other is not last and other.task_spec is self.work]:
            other.cancel()
        self.give_results(token)
        token.wake({})

    def give_results(self, token: Token) -> None:
        """The output collection leaves the loop."""
        if self.loop.output_collection and token.local is not None:
            token.top.merge(token.scope, {self.loop.output_collection: token.local.variables[self.loop.output_collection]})
        token.local = None


class StandardLoop(LoopSpec):
    """Runs again while the condition holds, at most `maximum` times."""

    def execute(self, token: Token) -> bool:
        token.local = Scope({}, token.scope)
        if self.loop.test_before and not self.again(token, 0):
            return True
        self.start(token, 1, {})
        return False

    def again(self, token: Token, ended: int) -> bool:
        """Whether one more run is due after `ended` ones."""
        if self.loop.maximum is not None and ended >= self.loop.maximum:
            return False
        if self.loop.condition is None:
            return True
        view = token.top.look(Scope({"loopCounter": ended}, token.scope))
        return self.truth(token, self.loop.condition, view, "the loop condition")

    def inner_done(self, token: Token, inner: Token) -> None:
        """A run is over: once more, or end."""
        ended = inner.scope.variables["loopCounter"]
        if self.again(token, ended):
            self.start(token, ended + 1, {})
        else:
            token.local = None
            token.wake({})
