"""Operating one instance: hold it, let it go on, end it, mend it, take it to another version. Each form has its own reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound, Refused, Text
from engine.runtime import instance_versions, operations
from web.current import baton, same_query
from web.gateway import actor, allow
from web.texts import t

MENDERS = ("operator", "admin")
BAD_VALUE = {"ko": "값은 JSON으로 적어 주세요. 글자는 큰따옴표로 감싸요.", "en": "Write the value as JSON; a text stands in double quotes."}
BAD_CHOICE = {"ko": "목록에서 골라 주세요.", "en": "Choose from the list."}
Show = Callable[..., Response]


@dataclass(frozen=True)
class Tried:
    """An operation that was not carried out, or a plan that was asked for: what was typed, why not, and the verdict."""

    operation: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    error: Text | None = None
    plan: instance_versions.Planned | None = None


def _token() -> int:
    given = request.form.get("token", "")
    if not given.isdecimal():
        raise Refused("BAD_CHOICE", BAD_CHOICE, 422)
    return int(given)


def _element() -> str:
    given = request.form.get("element", "")
    if not given:
        raise Refused("BAD_CHOICE", BAD_CHOICE, 422)
    return given[:160]


def _variables() -> dict[str, Any]:
    try:
        return {request.form.get("name", "").strip(): orjson.loads(request.form.get("value", ""))}
    except orjson.JSONDecodeError:
        raise Refused("BAD_VALUE", BAD_VALUE, 422) from None


OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[[], dict[str, Any]]]] = {
    "suspend": (operations.suspend, dict),
    "resume": (operations.resume, dict),
    "cancel": (operations.cancel, dict),
    "variables": (operations.set_variables, lambda: {"variables": _variables()}),
    "move": (operations.move_token, lambda: {"token": _token(), "to": _element()}),
    "stop": (operations.cancel_element, lambda: {"token": _token()}),
    "before": (operations.start_before, lambda: {"element": _element()}),
    "after": (operations.start_after, lambda: {"element": _element()}),
    "migrate": (instance_versions.migrate, lambda: {"to": request.form.get("to", "")}),
}


def routes(blueprint: Blueprint, show: Show) -> None:
    """Add the addresses; `show(instance_id, tried, status)` is the page of the instance."""

    @blueprint.get("/ops/instances/<instance_id>/<operation>")
    @allow(*MENDERS)
    def operated(instance_id: str, operation: str) -> Response:
        """The address of a refused operation, opened again: the instance."""
        return redirect(same_query(url_for("ops.instance", instance_id=instance_id)), 303)

    @blueprint.post("/ops/instances/<instance_id>/<operation>")
    @allow(*MENDERS)
    def operate(instance_id: str, operation: str) -> Response:
        """Carry out one operation, or show why not beside what was typed."""
        typed = {name: value for name, value in request.form.items() if name != "csrf_token"}
        try:
            if operation == "plan":
                return show(instance_id, Tried("migrate", typed, plan=plan(instance_id)))
            command, words = named(operation)
            reason = request.form.get("reason", "").strip()[:500]
            baton().do(command, instance_id=instance_id, actor=actor(), reason=reason, **words())
        except NotFound:
            raise
        except Refused as refused:
            return show(instance_id, Tried("migrate" if operation == "plan" else operation, typed, refused.texts), refused.status)
        flash(t(f"ops.did_{operation}"))
        return redirect(url_for("ops.instance", instance_id=instance_id), 303)


def named(operation: str) -> tuple[Callable[..., Any], Callable[[], dict[str, Any]]]:
    """The command of an operation, and how to read its words from the form."""
    if operation not in OPERATIONS:
        raise NotFound("NO_OPERATION")
    return OPERATIONS[operation]


def plan(instance_id: str) -> instance_versions.Planned:
    """What taking it to the chosen version would do."""
    with baton().read() as read:
        return instance_versions.plan(read, instance_ids=[instance_id], to=request.form.get("to", ""))[0]
