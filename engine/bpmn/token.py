"""The token: a SpiffWorkflow task that keeps no copy of the data, hangs under its workflow's root, and is gone once it is done."""

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.scopes import Scope, View

if TYPE_CHECKING:
    from engine.bpmn.specs.base import NodeSpec
    from engine.bpmn.workflow import Body, Flows, Instance


class Token(Task):  # type: ignore[misc]  # the library has no types
    """One token. `scope` is the scope it moves in, `local` its own one (input mappings, sub-process), `owner` the token for which it works
    (multi-instance body, event-based gateway, activity under a boundary event), `wait` what can wake it, `memo` what its spec must remember,
    `answer` what woke it. `wait`, `memo` and `answer` are JSON values."""

    triggered = False
    thread_id = 0
    last_state_change = 0.0
    local: Scope | None = None
    owner: "Token | None" = None
    body: "Body | None" = None
    wait: dict[str, Any] | None = None
    memo: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    via: str | None = None
    begun = False

    def __init__(
        self,
        workflow: "Flows",
        task_spec: "NodeSpec",
        parent: "Token | None" = None,
        state: int = TaskState.FUTURE,
        id: int | None = None,
        scope: Scope | None = None,
    ) -> None:
        top = workflow.top_workflow
        self.id: int = top.next_id() if id is None else id
        self.workflow: Flows = workflow
        self.top: Instance = top
        self.task_spec: NodeSpec = task_spec
        self._state: int = state
        self._parent_token = parent
        self._kids: dict[int, Token] = {}
        self.scope: Scope = scope or workflow.scope
        self.inner: dict[int, Token] = {}
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._kids[self.id] = self
            top.live[self.id] = self

    @property
    def inmost(self) -> Scope:
        return self.local or self.scope

    def view(self) -> View:
        """What its expressions see."""
        return self.top.look(self.local or self.scope)

    @property
    def data(self) -> dict[str, Any]:
        return self.inmost.variables

    @property
    def internal_data(self) -> dict[str, Any]:
        return self.memo or {}

    @property
    def parent(self) -> "Token | None":
        return self._parent_token

    @property
    def _parent(self) -> int | None:
        return self._parent_token.id if self._parent_token else None

    @property
    def children(self) -> list["Token"]:
        return list(self._kids.values())

    @property
    def _children(self) -> list[int]:
        return list(self._kids)

    def remember(self, **entries: Any) -> None:
        """Keep entries in the memo."""
        self.memo = {**(self.memo or {}), **entries}

    def wake(self, answer: dict[str, Any]) -> None:
        """Make it run again, with what it waited for."""
        self.answer = answer
        self._ready()

    def _set_state(self, value: int) -> None:
        # A token that was cancelled by what it did itself stays cancelled.
        if self._state != TaskState.CANCELLED:
            self._state = value

    def cancel(self) -> None:
        """Cancel it and everything that works for it; a token that is gone already stays as it is."""
        if self.id in self.top.live:
            self._state = TaskState.CANCELLED
            self.task_spec._on_cancel(self)

    def complete(self) -> None:
        """Mark it complete and let its spec send the next tokens; one that was cancelled meanwhile sends none."""
        if self._state != TaskState.CANCELLED:
            super().complete()

    def _drop_children(self, force: bool = False) -> None:
        """Tokens have no children of their own: what works for them is in `inner` and `body`, and their spec cancels it."""

    def _inherit_data(self) -> None:
        """Nothing is copied from token to token: the scope is shared."""

    def _add_child(self, task_spec: "NodeSpec", state: int = TaskState.FUTURE, scope: Scope | None = None) -> "Token":
        return Token(self.workflow, task_spec, self, state, scope=scope)

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        """Logging is the runtime's business."""
        return dct or {}
