"""Small models as text: `process(...)` wraps elements, `flows("a -> b -> c")` connects them."""

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="defs" targetNamespace="http://baton/test">'
)


def definitions(*parts: str) -> bytes:
    """A whole file."""
    return (HEAD + "".join(parts) + "</bpmn:definitions>").encode()


def process(*parts: str, id: str = "p", attributes: str = "") -> str:
    """A process."""
    return f'<bpmn:process id="{id}" isExecutable="true" {attributes}>{"".join(parts)}</bpmn:process>'


def model(*parts: str) -> dict[str, bytes]:
    """The files of a model with one process `p`; definitions of messages and the like may be mixed in."""
    outside = ("<bpmn:message ", "<bpmn:signal ", "<bpmn:error ", "<bpmn:escalation ", "<bpmn:process ")
    inner = [part for part in parts if not part.startswith(outside)]
    return {"model.bpmn": definitions(*(part for part in parts if part.startswith(outside)), process(*inner))}


def element(kind: str, id: str, *inside: str, **attributes: str) -> str:
    """Any BPMN element; attribute names with underscores lose a trailing one (`default`, `isSequential`...)."""
    extra = "".join(f" {name.rstrip('_')}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:{kind} id="{id}"{extra}>{"".join(inside)}</bpmn:{kind}>'


def extensions(*inside: str) -> str:
    """Extension elements."""
    return f"<bpmn:extensionElements>{''.join(inside)}</bpmn:extensionElements>"


def zeebe(kind: str, *inside: str, **attributes: str) -> str:
    """One extension element of the dialect."""
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<zeebe:{kind}{extra}>{''.join(inside)}</zeebe:{kind}>"


def io(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    """Input and output mappings: target by source."""
    rows = [zeebe("input", source=source, target=target) for target, source in (inputs or {}).items()]
    rows += [zeebe("output", source=source, target=target) for target, source in (outputs or {}).items()]
    return zeebe("ioMapping", *rows)


def flow(source: str, target: str, condition: str | None = None, id: str | None = None) -> str:
    """One sequence flow."""
    inside = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>' if condition else ""
    return element("sequenceFlow", id or f"{source}_{target}", inside, sourceRef=source, targetRef=target)


def flows(*paths: str) -> str:
    """Sequence flows along `a -> b -> c`; their ids are `a_b`."""
    return "".join(flow(source, target) for path in paths for source, target in pairwise(path.replace(" ", "").split("->")))


def start(id: str = "start", *inside: str, **attributes: str) -> str:
    """A start event."""
    return element("startEvent", id, *inside, **attributes)


def end(id: str = "end", *inside: str) -> str:
    """An end event."""
    return element("endEvent", id, *inside)


def user(id: str, *inside: str, **attributes: str) -> str:
    """A user task."""
    return element("userTask", id, extensions(zeebe("userTask")) if not inside else "", *inside, **attributes)


def service(id: str, job_type: str | None = None, *inside: str, mapping: str = "", **attributes: str) -> str:
    """A service task with a job type (its id when none is given)."""
    return element("serviceTask", id, extensions(zeebe("taskDefinition", type=job_type or id), mapping), *inside, **attributes)


def script(id: str, expression: str, variable: str = "", *inside: str, mapping: str = "", **attributes: str) -> str:
    """A script task."""
    row = zeebe("script", expression=expression, resultVariable=variable) if variable else zeebe("script", expression=expression)
    return element("scriptTask", id, extensions(row, mapping), *inside, **attributes)


def gateway(kind: str, id: str, **attributes: str) -> str:
    """A gateway: exclusive, parallel, inclusive, eventBased."""
    return element(f"{kind}Gateway", id, **attributes)


def timer(kind: str, text: str) -> str:
    """A timer event definition: timeDate, timeDuration, timeCycle."""
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def event(kind: str, ref: str = "", *inside: str, **attributes: str) -> str:
    """Any other event definition; `ref` is the id of the message, signal, error or escalation."""
    extra = {**({f"{kind}Ref": ref} if ref else {}), **attributes}
    text = "".join(f" {name}={quoteattr(value)}" for name, value in extra.items())
    return f"<bpmn:{kind}EventDefinition{text}>{''.join(inside)}</bpmn:{kind}EventDefinition>"


def condition(expression: str) -> str:
    """A conditional event definition."""
    return event("conditional", "", f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(expression)}</bpmn:condition>')


def boundary(id: str, on: str, definition: str, interrupting: bool = True, *inside: str) -> str:
    """A boundary event."""
    return element("boundaryEvent", id, *inside, definition, attachedToRef=on, cancelActivity="true" if interrupting else "false")


def catch(id: str, definition: str, *inside: str) -> str:
    """An intermediate catch event."""
    return element("intermediateCatchEvent", id, *inside, definition)


def throw(id: str, definition: str = "", *inside: str) -> str:
    """An intermediate throw event."""
    return element("intermediateThrowEvent", id, *inside, definition)


def sub(id: str, *inside: str, kind: str = "subProcess", **attributes: str) -> str:
    """A sub-process."""
    return element(kind, id, *inside, **attributes)


def event_sub(id: str, definition: str, *inside: str, interrupting: bool = True) -> str:
    """An event sub-process; its start event is `<id>_start`."""
    first = start(f"{id}_start", definition, isInterrupting="true" if interrupting else "false")
    return element("subProcess", id, first, *inside, triggeredByEvent="true")


def message(id: str, name: str, key: str | None = None) -> str:
    """A message, with the FEEL expression of its key."""
    return element("message", id, extensions(zeebe("subscription", correlationKey=key)) if key else "", name=name)


def multi(collection: str, item: str = "item", sequential: bool = False, out: tuple[str, str] | None = None, until: str | None = None) -> str:
    """Multi-instance characteristics over a FEEL collection; `out` is (collection, element expression)."""
    own = {"inputCollection": collection, "inputElement": item}
    if out:
        own |= {"outputCollection": out[0], "outputElement": out[1]}
    ends = f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    inside = extensions(zeebe("loopCharacteristics", **own)) + ends
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{"true" if sequential else "false"}">{inside}</bpmn:multiInstanceLoopCharacteristics>'
    )
