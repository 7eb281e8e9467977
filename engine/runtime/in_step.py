"""Connectors that run in the step: they touch records, events and messages, and no network (design 2.4).

`notify` only hands its notification over: a worker sends it, and a channel that is down never holds the case up (C-15).
"""

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from engine import feel
from engine.errors import BpmnError
from engine.personal import from_stored
from engine.runtime import record_changes, totals
from engine.runtime.effects import Effects
from engine.runtime.records import RecordView, encode

Inputs = Mapping[str, Any]
Headers = Mapping[str, str]


def call(effects: Effects, job_type: str, inputs: Inputs, headers: Headers) -> dict[str, Any]:
    """Run one; returns its result as `{resultVariable: value}`, empty without that header. Raises BpmnError with the connector's code."""
    result = CONNECTORS[job_type](effects, headers, inputs)
    name = headers.get("resultVariable")
    return {name: result} if name else {}


def _header(headers: Headers, name: str) -> str:
    if not headers.get(name):
        raise BpmnError("BAD_TASK", f"the task needs the header `{name}`")
    return headers[name]


def _collection(effects: Effects, headers: Headers) -> str:
    case = effects.names.case
    return headers.get("record") or (case.kind.name if case else _header(headers, "record"))


def _target(effects: Effects, headers: Headers, inputs: Inputs) -> RecordView:
    collection, wanted = _collection(effects, headers), inputs.get("id")
    if isinstance(wanted, RecordView):
        return wanted
    if wanted is not None:
        return effects.records.need(collection, str(wanted))
    bound = effects.names.bound(collection)
    if bound is None:
        raise BpmnError("NO_RECORD", f"no `{collection}` belongs to this case; give its `id`")
    return bound


def _create(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    record = record_changes.create(effects.records, _header(headers, "record"), inputs)
    if headers.get("case") == "true":
        effects.bind(record)
    return {"id": record.id}


def _update(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    record = _target(effects, headers, inputs)
    effects.update(record, {name: value for name, value in inputs.items() if name != "id"})
    return {"id": record.id}


def _settle(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    record = _target(effects, headers, inputs)
    won, value = record_changes.settle(effects.records, record, _header(headers, "field"), inputs.get("value"))
    if not won and headers.get("error"):
        raise BpmnError(headers["error"], f"{headers['field']} is already {value}")
    return {"won": won, "value": value}


def _add(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    wanted = inputs.get("id")
    if wanted is None:
        raise BpmnError("BAD_TASK", "record.add needs the input `id`: the record to add to")
    record = totals.add(effects.records, _collection(effects, headers), str(encode(wanted)), {k: v for k, v in inputs.items() if k != "id"})
    return {"id": record.id}


def _find(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    equal = {name: _meant(effects, value) for name, value in inputs.items()}
    found = effects.records.matching(_header(headers, "record"), equal)
    if headers.get("where"):
        holds = feel.compile(headers["where"].strip().removeprefix("="))
        found = [record for record in found if holds(ChainMap({"item": record}, effects.scope), effects.now) is True]  # type: ignore[arg-type]
    wanted = [name.strip() for name in headers.get("fields", "").split(",") if name.strip()]
    return [{"id": record.id, **{name: record[name] for name in wanted}} for record in found[: _limit(headers)]]


def _meant(effects: Effects, value: Any) -> Any:
    # Inputs are JSON: a record has become its fields, a personal text its reference.
    found = from_stored(value, effects.records.resolve)
    return found.get("id") if isinstance(found, dict) else found


def _limit(headers: Headers) -> int | None:
    text = headers.get("limit", "")
    if text and not text.isdigit():
        raise BpmnError("BAD_TASK", f"the header `limit` must be a whole number, not {text!r}")
    return int(text) if text else None


def _reserve(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    amount = inputs.get("amount")
    try:
        effects.names.capacities.reserve(_header(headers, "capacity"), inputs, effects.holder(headers), 1 if amount is None else int(amount))
    except BpmnError as error:
        raise BpmnError(headers.get("error") or error.code, error.message) from None
    return {"reserved": True}


def _release(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    effects.names.capacities.release(_header(headers, "capacity"), effects.holder(headers))
    return {"reserved": False}


def _event(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    effects.event(_header(headers, "event"), dict(inputs))
    return {"event": headers["event"]}


def _message(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    payload = {name: value for name, value in inputs.items() if name != "key"}
    effects.publish(_header(headers, "name"), str(inputs.get("key")), payload, headers.get("timeToLive", "PT24H"))
    return {"published": headers["name"]}


def _notify(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    effects.notify(_header(headers, "notification"), inputs)
    return {"notification": headers["notification"]}


def _incident(effects: Effects, headers: Headers, inputs: Inputs) -> Any:
    if not inputs.get("ko") or not inputs.get("en"):
        raise BpmnError("BAD_TASK", "incident.raise needs the inputs `ko` and `en`: what an operator should know")
    effects.raise_incident(f"{inputs['ko']} / {inputs['en']}")
    return {"raised": True}


CONNECTORS: dict[str, Callable[[Effects, Headers, Inputs], Any]] = {
    "record.create": _create,
    "record.update": _update,
    "record.add": _add,
    "record.settle": _settle,
    "record.find": _find,
    "record.reserve": _reserve,
    "record.release": _release,
    "event.publish": _event,
    "message.publish": _message,
    "notify": _notify,
    "incident.raise": _incident,
}
