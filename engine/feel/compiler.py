"""Nodes to closures: each part of an expression becomes one Python function of the Run. No eval, no exec, no attribute of a value is looked up."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel import compile_blocks, compile_boxed, compile_calls, compile_operators, compile_tests, nodes
from engine.feel.builtins import BUILTINS
from engine.feel.run import Place, Run
from engine.feel.scope import Closure, Entries, Frame, Items, Locals, from_context, resolve

TypeChecks = Mapping[str, Callable[[Any], bool]]


class Compiler:
    """Compiles the nodes of one expression and notes which names it reads from outside."""

    def __init__(self, text: str, types: TypeChecks) -> None:
        self.text = text
        self.types = types
        self.frames: list[Frame] = []
        self.slot_count = 0
        self.paths: set[tuple[str, ...]] = set()
        self.maybe: set[str] = set()
        self.question_slots: set[int] = set()

    def compile(self, node: nodes.Node) -> Closure:
        """The closure that evaluates the node."""
        return _COMPILE[type(node)](self, node)

    def place(self, node: nodes.Node) -> Place:
        """Where the node stands, for warnings."""
        return Place(self.text, node.start, node.end)

    def new_slot(self) -> int:
        """A slot for one more local variable."""
        self.slot_count += 1
        return self.slot_count - 1

    def read(self, name: str, node: nodes.Node, path: tuple[str, ...] = ()) -> Closure:
        """The closure that reads a name; notes it as read when it comes from outside."""
        if name == "?":
            self._note_question()
        builtin = BUILTINS.get(name)
        if builtin is None:
            self._note(name, path)
        return resolve(self.frames, name, from_context(name, self.place(node), builtin))

    def _note_question(self) -> None:
        frame = self.binding("?")
        if isinstance(frame, Locals):
            self.question_slots.add(frame.slots["?"])

    def _note(self, name: str, path: tuple[str, ...]) -> None:
        frame = self.binding(name)
        if isinstance(frame, Items):
            self.maybe.add(name)
        elif frame is None:
            self.paths.add((name, *path))

    def binding(self, name: str) -> Frame | None:
        """The innermost frame that has, or for the items of a filter may have, the name; None when it comes from outside."""
        for frame in reversed(self.frames):
            if (isinstance(frame, Items) and name != "?") or (isinstance(frame, Locals) and name in frame.slots):
                return frame
            if isinstance(frame, Entries) and name in frame.keys:
                return frame
        return None


def _literal(compiler: Compiler, node: nodes.Literal) -> Closure:
    value = node.value

    def constant(run: Run) -> Any:
        return value

    return constant


def _name(compiler: Compiler, node: nodes.Name) -> Closure:
    return compiler.read(node.name, node)


_COMPILE: dict[type, Callable[[Compiler, Any], Closure]] = {
    nodes.Literal: _literal,
    nodes.Name: _name,
    **compile_operators.TABLE,
    **compile_tests.TABLE,
    **compile_boxed.TABLE,
    **compile_blocks.TABLE,
    **compile_calls.TABLE,
}
