"""Where elements go: columns by how far they are from the start, rows by branch, bands by lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from engine.bpmn.document import EVENTS, GATEWAYS, SUB_PROCESSES, Document, Node, SequenceFlow

COLUMN_GAP: Final = 60.0
ROW_GAP: Final = 40.0
INSIDE: Final = 40.0
EVENT: Final = (36.0, 36.0)
GATEWAY: Final = (50.0, 50.0)
TASK: Final = (100.0, 80.0)
BOUNDARY: Final = 70.0  # between two boundary events of one host, so that their names stand side by side


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def cx(self) -> float:
        return self.x + self.width / 2

    @property
    def cy(self) -> float:
        return self.y + self.height / 2

    def moved(self, x: float, y: float) -> Rect:
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass
class Block:
    """A laid out scope: its elements from the origin on, its size, and the height of each lane's band in order."""

    places: dict[str, Rect] = field(default_factory=dict)
    width: float = 0
    height: float = 0
    bands: list[float] = field(default_factory=list)


def lay_out_scope(document: Document, nodes: Sequence[Node], lanes: Sequence[str]) -> Block:
    """Place `nodes` (of one scope, boundary events included) and all that is inside of them. `lanes` are the bands from top to bottom."""
    inner = {node.id: lay_out_scope(document, list(document.inside(node.id)), ()) for node in nodes if node.type in SUB_PROCESSES}
    sizes = {node.id: _size(node, inner.get(node.id)) for node in nodes}
    free = [node for node in nodes if node.type != "boundaryEvent" and not node.is_event_sub_process]
    asides = [node for node in nodes if node.is_event_sub_process]
    ranks = _ranks(free)
    cells = _cells(free, ranks, {lane: band for band, lane in enumerate(lanes)})
    cells.update(_below(asides, cells))
    block = _measured(cells, sizes, len(lanes))
    for node in nodes:
        host = block.places.get(node.attached_to or "")
        if node.type == "boundaryEvent" and host is not None:
            block.places[node.id] = _on_border(node, host, document)
    for name, inside in inner.items():
        if name in block.places:
            at = block.places[name]
            block.places.update({child: place.moved(at.x + INSIDE, at.y + INSIDE) for child, place in inside.places.items()})
    return block


def _size(node: Node, inside: Block | None) -> tuple[float, float]:
    if inside is not None and inside.places:
        return inside.width + 2 * INSIDE, inside.height + 2 * INSIDE
    if node.type in EVENTS or node.type in GATEWAYS:
        return EVENT if node.type in EVENTS else GATEWAY
    crowd = len(node.boundaries)
    return (BOUNDARY * crowd + 30 if crowd > 1 else TASK[0]), TASK[1]


def _forward(nodes: Sequence[Node]) -> dict[str, list[str]]:
    """Who follows whom, boundary events counted for their hosts, without the flows that lead back."""
    names = {node.id for node in nodes}
    targets = {node.id: [flow.target for flow in _leaving(node) if flow.target in names] for node in nodes}
    state: dict[str, int] = {}
    for root in sorted(nodes, key=lambda node: bool(node.incoming)):
        stack = [(root.id, iter(list(targets[root.id])))] if root.id not in state else []
        while stack:
            name, rest = stack[-1]
            state[name] = 1
            target = next(rest, None)
            if target is None:
                state[name] = 2
                stack.pop()
            elif state.get(target) == 1:
                targets[name].remove(target)
            elif target not in state:
                stack.append((target, iter(list(targets[target]))))
    return targets


def _leaving(node: Node) -> list[SequenceFlow]:
    return [*node.outgoing, *(flow for boundary in node.boundaries for flow in boundary.outgoing)]


def _ranks(nodes: Sequence[Node]) -> dict[str, int]:
    targets = _forward(nodes)
    waiting = dict.fromkeys(targets, 0)
    for name in (target for found in targets.values() for target in found):
        waiting[name] += 1
    ranks = dict.fromkeys(targets, 0)
    ready = [name for name, count in waiting.items() if not count]
    while ready:
        name = ready.pop()
        for target in targets[name]:
            ranks[target] = max(ranks[target], ranks[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return ranks


def _cells(nodes: Sequence[Node], ranks: Mapping[str, int], bands: Mapping[str, int]) -> dict[str, tuple[int, int, int]]:
    """For each node (band, row, column)."""
    wished: dict[str, int] = {}
    cells: dict[str, tuple[int, int, int]] = {}
    taken: set[tuple[int, int, int]] = set()
    for node in sorted(nodes, key=lambda node: ranks[node.id]):
        band, row, column = bands.get(node.lane or "", 0), wished.get(node.id, 0), ranks[node.id]
        while (band, row, column) in taken:
            row += 1
        cells[node.id] = band, row, column
        taken.add(cells[node.id])
        _wish(node, row, wished)
    return cells


def _wish(node: Node, row: int, wished: dict[str, int]) -> None:
    """The first way on stays in the row, further ones and what boundary events lead to go below."""
    for place, flow in enumerate(node.outgoing):
        wished.setdefault(flow.target, row + place)
    for place, boundary in enumerate(node.boundaries, 1):
        for flow in boundary.outgoing:
            wished.setdefault(flow.target, row + place)


def _below(nodes: Sequence[Node], cells: Mapping[str, tuple[int, int, int]]) -> dict[str, tuple[int, int, int]]:
    band = max((band for band, _, _ in cells.values()), default=0)
    row = max((row for at, row, _ in cells.values() if at == band), default=-1) + 1
    return {node.id: (band, row + place, 0) for place, node in enumerate(nodes)}


def _measured(cells: Mapping[str, tuple[int, int, int]], sizes: Mapping[str, tuple[float, float]], bands: int) -> Block:
    columns: dict[int, float] = {}
    rows: dict[tuple[int, int], float] = {}
    for name, (band, row, column) in cells.items():
        columns[column] = max(columns.get(column, 0), sizes[name][0])
        rows[band, row] = max(rows.get((band, row), 0), sizes[name][1])
    lefts, width = _offsets([columns.get(column, 0) for column in range(max(columns, default=-1) + 1)], COLUMN_GAP)
    tops: dict[tuple[int, int], float] = {}
    block, y = Block(width=width), 0.0
    for band in range(max(bands, 1)):
        heights = [rows.get((band, row), TASK[1]) for row in range(max((row for at, row in rows if at == band), default=0) + 1)]
        offsets, height = _offsets(heights, ROW_GAP)
        tops.update({(band, row): y + (ROW_GAP if bands else 0) + top for row, top in enumerate(offsets)})
        block.bands.append(height + 2 * ROW_GAP)
        y += block.bands[-1] if bands else height
    block.height = y
    for name, (band, row, column) in cells.items():
        width, height = sizes[name]
        x, top = lefts[column] + (columns[column] - width) / 2, tops[band, row] + (rows[band, row] - height) / 2
        block.places[name] = Rect(x, top, width, height)
    return block


def _offsets(lengths: Sequence[float], gap: float) -> tuple[list[float], float]:
    offsets, position = [], 0.0
    for length in lengths:
        offsets.append(position)
        position += length + gap
    return offsets, max(position - gap, 0)


def _on_border(node: Node, host: Rect, document: Document) -> Rect:
    siblings = [boundary.id for boundary in document.nodes[str(node.attached_to)].boundaries]
    x = host.right - EVENT[0] / 2 - 22 - siblings.index(node.id) * BOUNDARY
    return Rect(max(x - EVENT[0] / 2, host.x - EVENT[0] / 2), host.bottom - EVENT[1] / 2, *EVENT)
