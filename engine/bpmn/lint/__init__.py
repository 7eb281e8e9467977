"""Lint: what is wrong or doubtful in drawings, before anybody runs them."""

from collections.abc import Mapping
from typing import Final

from engine.bpmn.document import Document
from engine.bpmn.lint import (
    dataflow,
    elements,
    expressions,
    flow,
    identity,
    implementation,
    joins,
    listeners,
    loops,
    own_properties,
    parallel,
    payloads,
    references,
    style,
)
from engine.bpmn.lint.known import Known
from engine.bpmn.lint.rules import RULES, Report, Rule
from engine.bpmn.lint.scene import Scene
from engine.findings import Finding
from engine.xml import UnsafeXml

__all__ = ["RULES", "Known", "Rule", "examine", "lint"]

CHECKS: Final = (
    identity,
    references,
    elements,
    implementation,
    listeners,
    loops,
    expressions,
    flow,
    joins,
    dataflow,
    parallel,
    own_properties,
    payloads,
    style,
)


def lint(files: Mapping[str, bytes], known: Known | None = None) -> list[Finding]:
    """All findings about the BPMN files of one app (name to bytes), by file, errors first. Never raises for what stands in the files.

    `known` says what the app around them has; without it references out of the drawings are not checked.
    """
    return examine(files, known)[0]


def examine(files: Mapping[str, bytes], known: Known | None = None) -> tuple[list[Finding], list[Document]]:
    """As `lint`, with the documents that could be read."""
    report = Report()
    scene = Scene([document for name, data in files.items() if (document := _read(report, name, data))], known or Known(), report)
    for module in CHECKS:
        module.check(scene)
    order = {name: place for place, name in enumerate(files)}
    return sorted(report.findings, key=lambda finding: (order[finding.file], finding.level)), scene.documents


def _read(report: Report, name: str, data: bytes) -> Document | None:
    try:
        document = Document(name, data)
    except UnsafeXml as error:
        report.add(identity.UNREADABLE, name, "", problem=(error.ko, error.en))
        return None
    if not document.is_bpmn:
        report.add(identity.NOT_BPMN, name, "")
        return None
    return document
