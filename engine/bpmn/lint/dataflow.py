"""Variables that are read although nothing upstream can have written them.

Each element gets the set of variables that some path from the start can have written before it; sets are bit masks, so that drawings of
thousands of elements stay cheap. What may run at any time (event sub-processes, compensation, conditions that are waited for) sees all that
its scope can write.
"""

from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from typing import Final

from engine import feel
from engine.bpmn.document import SUB_PROCESSES, Document, Node
from engine.bpmn.lint.rules import warning
from engine.bpmn.lint.scene import Scene, following, is_start
from engine.bpmn.lint.values import Value, of_node
from engine.bpmn.lint.writes import ANYTHING, Names, Writers
from engine.bpmn.markup import properties
from engine.bpmn.names import occurring

UNWRITTEN: Final = warning(
    "variable-never-written",
    "'{what}'에서 읽는 변수 '{name}'을(를) 그 전에 쓰는 곳이 없어요. 시작할 때 넘겨받지 않으면 null이에요.",
    "'{what}' reads the variable '{name}', which nothing before it can have written; unless the start hands it in, it is null.",
    "이름을 확인하거나, 앞의 폼·스크립트·매핑·메시지에서 값을 쓰게 해 주세요.",
    "Check the name, or let a form, script, mapping or message before it write the value.",
)
UNKNOWN_FIELD: Final = warning(
    "unknown-record-field",
    "'{what}'에서 읽는 '{record}.{name}'은(는) 레코드 '{record}'에 없는 필드예요.",
    "'{what}' reads '{record}.{name}', but the record '{record}' has no such field.",
    "records.toml의 필드 이름으로 고쳐 주세요.",
    "Use a field of records.toml.",
)

ALWAYS: Final = frozenset({"form", "user", "settings", "free", "taken", "decide"})
ENTRY: Final = ">"
ANY_TIME: Final = "*"
AFTERWARDS: Final = frozenset({"outputElement", "completionCondition", "loopCondition"})


def check(scene: Scene) -> None:
    """Every executable process. A file on its own that uses records is left out: what they are stands in another file."""
    writers = Writers(scene)
    for name, document in scene.processes.items():
        if scene.known.records is not None or "baton:case" not in properties(document.processes[name]):
            Flow(scene, document, name, writers).check()


class Flow:
    """The flow of data through one process. A sub-process has two places: its id followed by `>` before its inside, its id after it."""

    def __init__(self, scene: Scene, document: Document, process: str, writers: Writers) -> None:
        self.scene = scene
        self.document = document
        self.process = process
        self.writers = writers
        self.nodes = document.nodes_of[process]
        self.bits: dict[str, int] = {}
        self.own = {node.id: self._mask(writers.of(document, node)) for node in self.nodes}
        self.local = {node.id: self._mask(writers.local(node)) for node in self.nodes}
        self.records = scene.known.records or {}
        self.always = ALWAYS | set(self.records) | set(scene.known.names)

    def check(self) -> None:
        """Report the first element that reads each such variable."""
        before = self._solved()
        reported: set[str] = set()
        for node in self.nodes:
            for value, path in self._reads(node):
                if not self._written(before, node, value) & self._mask({path[0], ANYTHING}):
                    self._report(value, path, reported)

    def _written(self, before: dict[str, int], node: Node, value: Value) -> int:
        """What can be written when a value of the node is read: the conditions of flows and loops are read after the node is done."""
        local = self.local[node.id] if value.inside else 0
        if value.what == "condition" and value.element == node.id:
            return before[node.id] | before.get(node.container + ANY_TIME, 0)
        if value.element != node.id or value.what in AFTERWARDS:
            return before[node.id] | self.own[node.id] | local
        return before[node.id + ENTRY if node.type in SUB_PROCESSES else node.id] | local

    def _report(self, value: Value, path: tuple[str, ...], reported: set[str]) -> None:
        fields = self.records.get(path[0])
        if fields is not None and len(path) > 1 and path[1] not in fields and path[1] != "id":
            self.scene.report.add(UNKNOWN_FIELD, self.document.file, value.element, what=value.what, record=path[0], name=path[1])
        elif path[0] not in self.always and path[0] not in reported:
            reported.add(path[0])
            self.scene.report.add(UNWRITTEN, self.document.file, value.element, what=value.what, name=path[0])

    def _reads(self, node: Node) -> Iterator[tuple[Value, tuple[str, ...]]]:
        for value in of_node(self.document, node):
            # An output mapping reads the result itself; the key of a message that starts a process is read by nobody.
            unread = value.what.startswith("output '") or (value.what == "correlationKey" and is_start(node) and node.container == self.process)
            if value.expression is None or unread:
                continue
            try:
                paths = feel.compile(value.expression, occurring(self.document.names, value.expression)).paths_read
            except feel.FeelError:
                continue
            yield from ((value, path) for path in paths)

    def _mask(self, names: Names | set[str]) -> int:
        mask = 0
        for name in names:
            mask |= 1 << self.bits.setdefault(name, len(self.bits))
        return mask

    def _solved(self) -> dict[str, int]:
        """What can be written before each place: the least solution, by a worklist."""
        edges = self._edges()
        written = self.own | {node.id + ENTRY: self.local[node.id] for node in self.nodes if node.type in SUB_PROCESSES}
        before = dict.fromkeys([*written, *edges], 0)
        for node in self.nodes:
            if is_start(node) and node.container == self.process:
                before[node.id] = self._mask(self.writers.at_start(self.document, self.process, node))
        # Flows drawn wrongly may lead into another process; that is a finding of its own.
        inside = (place for place in _in_flow_order(before, edges) if place in before)
        rank = {place: number for number, place in enumerate(inside)}
        pending = sorted(rank.values())
        places = list(rank)
        while pending:
            place = places[heappop(pending)]
            # What is local to a sub-process does not leave it, unless it was there before.
            own = written.get(place + ENTRY, 0)
            after = before[place] & ~own | before.get(place + ENTRY, 0) & own | written.get(place, 0)
            for target in edges.get(place, ()):
                if target in before and after | before[target] != before[target]:
                    before[target] |= after
                    heappush(pending, rank[target])
        return before

    def _edges(self) -> dict[str, list[str]]:
        edges: dict[str, list[str]] = {}
        for node in self.nodes:
            edges.setdefault(node.id, []).extend(self._entry(target) for target in following(self.document, node))
            if node.loop is not None:
                edges[node.id].append(self._entry(node.id))
            if node.type in SUB_PROCESSES:
                self._inside(node.id, node.id + ENTRY, edges)
        self._any_time(self.process, edges)
        return edges

    def _entry(self, name: str) -> str:
        node = self.document.nodes.get(name)
        return name + ENTRY if node is not None and node.type in SUB_PROCESSES else name

    def _inside(self, container: str, entry: str, edges: dict[str, list[str]]) -> None:
        edges.setdefault(entry, []).append(container)
        for node in self.document.inside(container):
            edges.setdefault(node.id, []).append(container)
            if not node.incoming:
                edges[entry].append(self._entry(node.id))
        if self.document.nodes[container].type == "adHocSubProcess":
            edges.setdefault(container, []).append(entry)
        self._any_time(container, edges)

    def _any_time(self, container: str, edges: dict[str, list[str]]) -> None:
        members = list(self.document.inside(container))
        edges[container + ANY_TIME] = [self._entry(node.id) for node in members if node.is_event_sub_process or node.for_compensation]
        for name in [container + ENTRY, *(node.id for node in members)]:
            edges.setdefault(name, []).append(container + ANY_TIME)


def _in_flow_order(places: Iterable[str], edges: Mapping[str, list[str]]) -> list[str]:
    """Depth first, finished last, so that most places are solved in one go."""
    seen: set[str] = set()
    finished: list[str] = []
    for root in places:
        stack = [(root, iter(edges.get(root, ())))] if root not in seen else []
        seen.add(root)
        while stack:
            place, rest = stack[-1]
            target = next((item for item in rest if item not in seen), None)
            if target is None:
                finished.append(place)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(edges.get(target, ()))))
    return finished[::-1]
