"""The Camunda 8 dialect: what the extension elements of a node say, read into an Element.

Reading raises `Unreadable` for the first value that cannot be compiled; lint finds them all.
"""

from collections.abc import Collection

from lxml import etree

from engine.bpmn.document import Document, Node
from engine.bpmn.markup import child, extension, extensions, is_false, is_true, referred, text_of
from engine.bpmn.model import AdHoc, Assignment, Call, Element, IoMapping, Listener, Loop, MessageRef, TimerDefinition, Value
from engine.bpmn.names import occurring
from engine.feel import FeelError

TIMER_KINDS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
EMBEDDED = "camunda-forms:bpmn:"


class Unreadable(Exception):
    """A value that FEEL does not parse: `what` names it, `error` is FEEL's."""

    def __init__(self, what: str, error: FeelError) -> None:
        super().__init__(f"{what}: {error}")
        self.what = what
        self.error = error


def compiled(text: str | None, what: str, names: Collection[str] = ()) -> Value | None:
    """The text as a Value; None where it is missing or empty. `names` are those with blanks. Raises Unreadable."""
    if not text or not text.strip():
        return None
    try:
        return Value(text.strip(), occurring(names, text))
    except FeelError as error:
        raise Unreadable(what, error) from error


def read_timer(definition: etree._Element | None, calendar: str | None, names: Collection[str] = ()) -> TimerDefinition | None:
    """The timer of a `timerEventDefinition`; None when it says nothing."""
    for tag, kind in TIMER_KINDS.items():
        found = compiled(_child_text(definition, tag), tag, names)
        if found is not None:
            return TimerDefinition(kind, found, calendar)
    return None


def embedded_form(document: Document, process_id: str, form_id: str) -> bytes | None:
    """The form that stands in the diagram itself (`userTaskForm` of the process), as form-js JSON."""
    forms = extensions(document.processes[process_id], "userTaskForm")
    return next((text_of(form).encode() for form in forms if form.get("id") == form_id), None)


def form_of(node: Node) -> str:
    """The form that a user task or start event names: an id, a reference into the diagram, or "" for none."""
    found = node.extension("formDefinition")
    names = ("formId", "externalReference", "formKey")
    return next((str(found.get(name)).strip() for name in names if found.get(name)), "") if found is not None else ""


def stands_inside(document: Document, node: Node, form: str) -> bool:
    """Whether the form is meant to stand in the diagram: by its key, or by an external reference that is the id of one there."""
    own = node.extension("formDefinition")
    by_reference = own is not None and own.get("externalReference") and embedded_form(document, node.process_id, form) is not None
    return form.startswith(EMBEDDED) or bool(by_reference)


class Dialect:
    """Reads the nodes of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.names = document.names

    def value(self, xml: etree._Element | None, attribute: str) -> Value | None:
        """The attribute as a Value; None where it is missing or empty."""
        return compiled(xml.get(attribute), attribute, self.names) if xml is not None else None

    def expression(self, text: str | None, what: str) -> Value | None:
        """The text as FEEL whether or not it begins with `=` (where only an expression makes sense)."""
        return compiled(text if not text or text.strip().startswith("=") else f"={text.strip()}", what, self.names)

    def element(self, node: Node) -> Element:
        """Everything that the file says about one flow node."""
        own = node.properties
        definition, task, form = node.definition, node.extension("taskDefinition"), self._form(node)
        script, decision = node.extension("script"), node.extension("calledDecision")
        return Element(
            id=node.id,
            type=node.type,
            event=node.event or "none",
            name=node.name,
            label_en=own.get("baton:label.en", ""),
            lane=node.lane,
            process_id=node.process_id,
            parent=None if node.container == node.process_id else node.container,
            properties=own,
            form=form[0],
            embedded_form=form[1],
            job_type=self.value(task, "type"),
            retries=self.value(task, "retries"),
            headers=_headers(node.xml),
            inputs=self._mappings(node.xml, "input"),
            outputs=self._mappings(node.xml, "output"),
            message=self._message(node),
            signal=self.value(self._referred(node, "signal"), "name"),
            code=self._code(node),
            timer=read_timer(definition, own.get("baton:calendar"), self.names) if node.event == "timer" else None,
            condition=self.expression(_child_text(definition, "condition"), "condition") if node.event == "conditional" else None,
            condition_names=_filter(definition),
            activity_ref=referred(definition.get("activityRef")) or None if definition is not None else None,
            interrupting=node.interrupting,
            attached_to=node.attached_to,
            assignment=self._assignment(node.xml),
            script=self.value(script, "expression"),
            decision=self.value(decision, "decisionId"),
            result_variable=next((entry.get("resultVariable") or None for entry in (script, decision) if entry is not None), None),
            call=self._call(node.xml),
            loop=self._loop(node),
            ad_hoc=self._ad_hoc(node) if node.type == "adHocSubProcess" else None,
            listeners=tuple(self.listeners(node.xml)),
        )

    def _referred(self, node: Node, kind: str) -> etree._Element | None:
        return self.document.definitions.get(node.reference or "") if node.event == kind else None

    def _message(self, node: Node) -> MessageRef | None:
        xml = self._referred(node, "message")
        name = self.value(xml, "name")
        if xml is None or name is None:
            return None
        subscription = extension(xml, "subscription")
        return MessageRef(name, self.expression(subscription.get("correlationKey"), "correlationKey") if subscription is not None else None)

    def _code(self, node: Node) -> Value | None:
        kind = node.event
        return self.value(self._referred(node, kind), f"{kind}Code") if kind in ("error", "escalation") else None

    def _mappings(self, xml: etree._Element, direction: str) -> tuple[IoMapping, ...]:
        holder = extension(xml, "ioMapping")
        found = []
        for entry in holder.iterchildren(f"{{*}}{direction}") if holder is not None else ():
            source, target = self.value(entry, "source"), str(entry.get("target") or "")
            if target:
                found.append(IoMapping(source or Value("=null"), tuple(target.split("."))))
        return tuple(found)

    def _form(self, node: Node) -> tuple[str | None, bytes | None]:
        name = form_of(node)
        form_id = name.removeprefix(EMBEDDED)
        return form_id or None, embedded_form(self.document, node.process_id, form_id) if stands_inside(self.document, node, name) else None

    def _assignment(self, xml: etree._Element) -> Assignment:
        who, when, urgent = (extension(xml, name) for name in ("assignmentDefinition", "taskSchedule", "priorityDefinition"))
        return Assignment(
            self.value(who, "assignee"),
            self.value(who, "candidateGroups"),
            self.value(who, "candidateUsers"),
            self.value(when, "dueDate"),
            self.value(when, "followUpDate"),
            self.value(urgent, "priority"),
        )

    def _call(self, xml: etree._Element) -> Call | None:
        called = extension(xml, "calledElement")
        target = self.value(called, "processId")
        if called is None or target is None:
            return None
        return Call(target, not is_false(called.get("propagateAllParentVariables")), not is_false(called.get("propagateAllChildVariables")))

    def _loop(self, node: Node) -> Loop | None:
        xml = node.loop
        if xml is None:
            return None
        if etree.QName(xml).localname == "standardLoopCharacteristics":
            maximum = xml.get("loopMaximum")
            condition = self.expression(_child_text(xml, "loopCondition"), "loopCondition")
            return Loop("standard", True, condition=condition, maximum=int(maximum) if maximum else None, test_before=is_true(xml.get("testBefore")))
        own = extension(xml, "loopCharacteristics")
        return Loop(
            "multi",
            is_true(xml.get("isSequential")),
            collection=self.expression(own.get("inputCollection"), "inputCollection") if own is not None else None,
            cardinality=self.expression(_child_text(xml, "loopCardinality"), "loopCardinality"),
            element=own.get("inputElement") or None if own is not None else None,
            output_collection=own.get("outputCollection") or None if own is not None else None,
            output_element=self.expression(own.get("outputElement"), "outputElement") if own is not None else None,
            completion=self.expression(_child_text(xml, "completionCondition"), "completionCondition"),
        )

    def _ad_hoc(self, node: Node) -> AdHoc:
        own = node.extension("adHoc")
        return AdHoc(
            self.expression(own.get("activeElementsCollection"), "activeElementsCollection") if own is not None else None,
            self.expression(_child_text(node.xml, "completionCondition"), "completionCondition"),
            not is_false(node.xml.get("cancelRemainingInstances")),
            node.xml.get("ordering") == "Sequential",
            own.get("outputCollection") or None if own is not None else None,
            self.expression(own.get("outputElement"), "outputElement") if own is not None else None,
        )

    def listeners(self, xml: etree._Element) -> list[Listener]:
        """The execution and task listeners of an element or a process."""
        found = []
        for holder, name in (("executionListeners", "executionListener"), ("taskListeners", "taskListener")):
            group = extension(xml, holder)
            for entry in group.iterchildren(f"{{*}}{name}") if group is not None else ():
                job_type = self.value(entry, "type")
                if job_type is not None:
                    found.append(Listener(str(entry.get("eventType") or "start"), job_type, self.value(entry, "retries")))
        return found


def _child_text(xml: etree._Element | None, name: str) -> str | None:
    return text_of(child(xml, name)) if xml is not None else None


def _headers(xml: etree._Element) -> dict[str, str]:
    holder = extension(xml, "taskHeaders")
    entries = holder.iterchildren("{*}header") if holder is not None else ()
    return {str(entry.get("key")): str(entry.get("value") or "") for entry in entries if entry.get("key")}


def _filter(definition: etree._Element | None) -> frozenset[str]:
    found = extension(definition, "conditionalFilter") if definition is not None else None
    names = str(found.get("variableNames") or "") if found is not None else ""
    return frozenset(name.strip() for name in names.split(",") if name.strip())
