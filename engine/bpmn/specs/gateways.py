"""Gateways (BPMN 2.0 section 10.6). Joins count arrivals per incoming flow, and look at no ancestor."""

from collections.abc import Mapping, Sequence

from engine.bpmn.specs.base import NodeSpec, no_way_out
from engine.bpmn.specs.flow import Flow
from engine.bpmn.token import Token
from engine.bpmn.workflow import Flows


class ExclusiveGateway(NodeSpec):
    """The first flow whose condition is true, else the default one."""

    def leave(self, token: Token) -> None:
        flow = self.pick(token) if self.conditional else self.flows[0] if self.flows else None
        if flow is not None:
            token.workflow.enter(flow.target, token.scope, flow.id)

    def pick(self, token: Token) -> Flow:
        """The one flow taken. Raises StepFailed when no condition is true and there is no default."""
        view = token.view()
        for flow in self.flows:
            if flow is not self.default and (flow.condition is None or self.holds(token, flow, view)):
                return flow
        if self.default is None:
            raise no_way_out(self)
        return self.default


class Join(NodeSpec):
    """A gateway that waits for its incoming flows: a token that arrives is counted, and goes on only when the join fires."""

    def begin(self, token: Token) -> bool | None:
        """Count the arrival; the token that makes the join fire goes on, every other one ends here."""
        if len(self.incoming) < 2 or token.via is None:
            return super().begin(token)
        arrived = token.workflow.arrivals.setdefault(self.element.id, {})
        arrived[token.via] = arrived.get(token.via, 0) + 1
        if not self.fires(token, arrived):
            token.memo = {"absorbed": True}
            return True
        self.consume(token.workflow, arrived)
        return super().begin(token)

    def fires(self, token: Token, arrived: Mapping[str, int]) -> bool:
        """Whether this arrival makes the join fire."""
        return len(arrived) == len(self.incoming)

    def consume(self, workflow: Flows, arrived: dict[str, int]) -> None:
        """Take one token off each flow that has one."""
        for flow in list(arrived):
            arrived[flow] -= 1
            if not arrived[flow]:
                del arrived[flow]
        if not arrived:
            workflow.arrivals.pop(self.element.id, None)

    def leave(self, token: Token) -> None:
        if not (token.memo and token.memo.get("absorbed")):
            super().leave(token)


class ParallelGateway(Join):
    """Joins one token from each incoming flow, sends one along each outgoing flow."""


class InclusiveGateway(Join):
    """Joins what can still arrive, and sends tokens along every flow whose condition is true.

    `reach` says for each element which incoming flows of this join can be reached from it without passing the join (BPMN 2.0 table 13.3).
    """

    reach: Mapping[str, frozenset[str]] = {}

    def fires(self, token: Token, arrived: Mapping[str, int]) -> bool:
        """Never at once: Execution looks when nothing else is ready, because only then it is known who can still arrive."""
        return False

    def may_fire(self, arrived: Mapping[str, int], positions: Sequence[str]) -> bool:
        """Whether no token elsewhere (`positions`: the elements where tokens are) can still reach an empty incoming flow."""
        for position in positions:
            reachable = self.reach.get(position)
            if reachable and not reachable <= arrived.keys() and not (reachable & arrived.keys()):
                return False
        return True

    def choose(self, token: Token) -> Sequence[Flow]:
        """Every flow whose condition is true, else the default one. Raises StepFailed when there is neither."""
        view = token.view()
        taken = [flow for flow in self.flows if flow is not self.default and (flow.condition is None or self.holds(token, flow, view))]
        if taken:
            return taken
        if self.default is None:
            raise no_way_out(self)
        return [self.default]


class EventGateway(NodeSpec):
    """Waits for the first of the events behind it."""

    def execute(self, token: Token) -> bool:
        for flow in self.flows:
            flow.target.arm(token.workflow, token)
        return not self.flows

    def leave(self, token: Token) -> None:
        """The event that won goes on by itself."""
