"""The signup model of the benchmarks: start, script, gateway, two user tasks, script, end; for Baton and for the plain library."""

from typing import Final

HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://baton/benchmark"><bpmn:process id="signup" isExecutable="true">'
)
TAIL: Final = "</bpmn:process></bpmn:definitions>"
FLOWS: Final = (
    ("f1", "start", "check", None),
    ("f2", "check", "known", None),
    ("f3", "known", "receive", "score &gt; 500"),
    ("f4", "known", "end", None),
    ("f5", "receive", "install", None),
    ("f6", "install", "close", None),
    ("f7", "close", "end", None),
)
BATON_SCRIPT: Final = (
    '<bpmn:scriptTask id="{id}"><bpmn:extensionElements><zeebe:script expression="={feel}" resultVariable="{name}"/>'
    "</bpmn:extensionElements></bpmn:scriptTask>"
)
PLAIN_SCRIPT: Final = '<bpmn:scriptTask id="{id}"><bpmn:script>{name} = {python}</bpmn:script></bpmn:scriptTask>'


def _flows(mark: str) -> str:
    rows = []
    for flow_id, source, target, condition in FLOWS:
        inside = f"<bpmn:conditionExpression>{mark}{condition}</bpmn:conditionExpression>" if condition else ""
        rows.append(f'<bpmn:sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>')
    return "".join(rows)


def _nodes(script: str) -> str:
    def wired(text: str, node: str) -> str:
        # The plain library walks incoming and outgoing elements.
        refs = "".join(f"<bpmn:incoming>{flow}</bpmn:incoming>" for flow, _, target, _ in FLOWS if target == node)
        refs += "".join(f"<bpmn:outgoing>{flow}</bpmn:outgoing>" for flow, source, _, _ in FLOWS if source == node)
        return text.replace("{refs}", refs)

    first = script.format(id="check", name="score", feel="amount * 10 + 100", python="amount * 10 + 100")
    last = script.format(id="close", name="done", feel="true", python="True")
    rows = [
        wired('<bpmn:startEvent id="start">{refs}</bpmn:startEvent>', "start"),
        wired(first.replace("</bpmn:scriptTask>", "{refs}</bpmn:scriptTask>"), "check"),
        wired('<bpmn:exclusiveGateway id="known" default="f4">{refs}</bpmn:exclusiveGateway>', "known"),
        wired('<bpmn:userTask id="receive">{refs}</bpmn:userTask>', "receive"),
        wired('<bpmn:userTask id="install">{refs}</bpmn:userTask>', "install"),
        wired(last.replace("</bpmn:scriptTask>", "{refs}</bpmn:scriptTask>"), "close"),
        wired('<bpmn:endEvent id="end">{refs}</bpmn:endEvent>', "end"),
    ]
    return "".join(rows)


BATON: Final = (HEAD + _nodes(BATON_SCRIPT) + _flows("=") + TAIL).encode()
PLAIN: Final = (HEAD + _nodes(PLAIN_SCRIPT) + _flows("") + TAIL).encode()
