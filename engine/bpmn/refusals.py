"""What parsing itself refuses, as findings; everything else that cannot run is lint's to say."""

from collections.abc import Sequence

from engine.bpmn.dialect import Unreadable
from engine.bpmn.document import Document
from engine.findings import Finding
from engine.xml import UnsafeXml


def refuse_documents(documents: Sequence[Document]) -> list[Finding]:
    """The errors of these documents."""
    return []


def unsafe(file: str, error: UnsafeXml) -> Finding:
    """XML that is not read."""
    return Finding(
        file, "", "unsafe-xml", "error", error.ko, str(error), "파일을 모델러에서 다시 저장해 주세요.", "Save the file again from the modeler."
    )


def unreadable(file: str, element: str, error: Unreadable) -> Finding:
    """An expression that FEEL does not parse."""
    return Finding(
        file,
        element,
        "expression-error",
        "error",
        f"{error.what}: {error.error.ko}",
        str(error),
        "식을 고쳐 주세요.",
        "Correct the expression.",
    )
