"""What all parts of a scenario file have in common, and how partners are written in it."""

import re
from datetime import datetime
from os.path import commonprefix
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from engine.partners.simulation import NAMES, OFFICES, SWITCHES, WITH_SEATS

Values = dict[str, Any]
ROUTE: Final = re.compile(r"(GET|POST|PUT|DELETE) /\S*")
ALIKE: Final = 3  # letters that a word and a route have in common
STATUSES: Final = range(200, 600)


class Part(BaseModel):
    """Root of all parts: strict about keys; `line` is where it stands, `lines` where each of its keys does."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    line: int = 0
    lines: dict[str, int] = {}

    def at(self, key: str) -> int:
        """The line of a key."""
        return self.lines.get(key, self.line)


class Declared(BaseModel):
    """A declared answer of a partner."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    status: int = Field(default=200, ge=STATUSES.start, lt=STATUSES.stop)
    body: Any = Field(default_factory=dict)


def _switches(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    for name in value:
        if name not in NAMES:
            raise ValueError(f"there is no partner {name}; known: {', '.join(NAMES)}")
    return {name: _behaviour(name, state) for name, state in value.items()}


def _behaviour(name: str, state: Any) -> Any:
    if isinstance(state, dict) and name in OFFICES:
        return {_route(name, call): _declared(answer) for call, answer in state.items()}
    if not isinstance(state, str) or state not in SWITCHES:
        raise ValueError(f"{name} can be {', '.join(SWITCHES)}, or give an answer to a call: {{ {next(iter(_routes_of(name)), 'call')}: {{ … }} }}")
    return state


def _routes_of(name: str) -> list[str]:
    return list(OFFICES[name]().routes) if name in OFFICES else []


def _route(name: str, call: str) -> str:
    """The call that a route, or a word such as `verify` or `refund`, stands for."""
    known = _routes_of(name)
    if ROUTE.fullmatch(call):
        return call
    alike = {route: max(len(commonprefix((call.lower(), part))) for part in route.split(" ")[1].split("/")) for route in known}
    best = max(alike, key=lambda route: alike[route])
    if len(known) > 1 and alike[best] < ALIKE:
        raise ValueError(f"{name} has no call {call}; known: {', '.join(known)}")
    return best


def _declared(answer: Any) -> Any:
    # The body alone is the answer of a call that works.
    return answer if isinstance(answer, dict) and answer and set(answer) <= {"status", "body"} else {"body": answer}


def _seats(value: Any) -> Any:
    for name in value if isinstance(value, dict) else ():
        if name not in WITH_SEATS:
            raise ValueError(f"{name} gives out no seats; {', '.join(WITH_SEATS)} do")
    return value


def _routes(value: Any) -> Any:
    for routes in value.values() if isinstance(value, dict) else ():
        for route in routes if isinstance(routes, dict) else ():
            if not ROUTE.fullmatch(route):
                raise ValueError(f"{route} is no call; write for example POST /payments")
    return value


def _moment(value: str) -> str:
    datetime.fromisoformat(value)
    return value


Moment = Annotated[str, AfterValidator(_moment)]
Switches = Annotated[dict[str, str | dict[str, Declared]], BeforeValidator(_switches)]
Seats = Annotated[dict[str, dict[str, Annotated[int, Field(ge=0)]]], BeforeValidator(_seats)]
Answers = Annotated[dict[str, dict[str, Declared]], BeforeValidator(_routes)]
Calls = Annotated[dict[str, dict[str, int]], BeforeValidator(_routes)]
