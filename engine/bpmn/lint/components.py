"""Cycles in a graph."""

from collections.abc import Mapping, Sequence


def components(graph: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The sets of nodes that lie on a common cycle (strongly connected components of more than one node, and nodes that lead to themselves).

    Each in the order of the graph. Targets that are no keys of the graph are ignored. Tarjan's algorithm with a stack of its own, because
    drawings may be thousands of elements long.
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    found: list[list[str]] = []
    for root in graph:
        work = [(root, iter(graph[root]))] if root not in order else []
        while work:
            name, targets = work[-1]
            if name not in order:
                order[name] = low[name] = len(order)
                path.append(name)
                on_path.add(name)
            target = next((item for item in targets if item in graph and (item not in order or item in on_path)), None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == order[name]:
                    found.append(_pop(path, on_path, name))
            elif target in order:
                low[name] = min(low[name], order[target])
            else:
                work.append((target, iter(graph[target])))
    position = {name: place for place, name in enumerate(graph)}
    return [sorted(group, key=position.__getitem__) for group in found if len(group) > 1 or group[0] in graph[group[0]]]


def _pop(path: list[str], on_path: set[str], until: str) -> list[str]:
    group = []
    while True:
        name = path.pop()
        on_path.discard(name)
        group.append(name)
        if name == until:
            return group
