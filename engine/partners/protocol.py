"""What every simulated partner keeps to: routes by method and path, JSON in and out, and what it keeps by reference."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Ask:
    """One call. `names` are the parts of the path in braces, `body` is the JSON sent (of a GET the query), `declining`: it is told to say no."""

    names: Mapping[str, str]
    body: Mapping[str, Any]
    declining: bool = False


@dataclass(frozen=True)
class Answer:
    """What a partner answers: an HTTP status and JSON."""

    status: int
    body: Any


Route = Callable[[Ask], Answer]


class Partner(Protocol):
    """A company among the simulated ones. What it keeps lives as long as its simulation."""

    routes: Mapping[str, Route]  # by `POST /payments/{reference}/refund`
    state: dict[str, Any]  # what it keeps, by reference, as JSON


def refusal(status: int, code: str) -> Answer:
    """A refusal with a code."""
    return Answer(status, {"code": code})


def match(route: str, method: str, path: str) -> dict[str, str] | None:
    """The parts in the route's braces, when method and path are the route's; else None."""
    wanted, _, pattern = route.partition(" ")
    parts, found = pattern.split("/"), path.split("/")
    if wanted != method or len(parts) != len(found):
        return None
    names: dict[str, str] = {}
    for part, there in zip(parts, found, strict=True):
        if part.startswith("{") and there:
            names[part.strip("{}")] = there
        elif part != there:
            return None
    return names
