"""Files and ids: what must be right before anything else can be said."""

import re
from typing import Final

from engine.bpmn.document import Document
from engine.bpmn.lint.rules import Report, error, warning
from engine.bpmn.lint.scene import Scene
from engine.bpmn.markup import ZEEBE, text_of

RESERVED: Final = frozenset({"Start", "End", "Root"})
RESERVED_ENDINGS: Final = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
NAME: Final = re.compile(r"[^\W\d][\w.\-]{0,199}")

UNREADABLE: Final = error(
    "unsafe-xml",
    "파일을 읽지 않았어요. {problem}",
    "The file was not read: {problem}",
    "BPMN 2.0 XML로 다시 저장해 주세요.",
    "Save it again as BPMN 2.0 XML.",
)
NOT_BPMN: Final = error(
    "not-bpmn",
    "BPMN 파일이 아니에요. 첫 요소가 BPMN 2.0의 definitions가 아니에요.",
    "This is not a BPMN file: its root is not a BPMN 2.0 definitions element.",
    "모델러에서 BPMN 2.0으로 저장해 주세요.",
    "Save it from the modeler as BPMN 2.0.",
)
NO_PROCESS: Final = error(
    "no-process",
    "실행할 프로세스가 없어요.",
    "There is no process to run.",
    "process 요소가 있는 그림을 저장해 주세요. 협업 그림이면 풀에 프로세스를 연결해 주세요.",
    "Save a drawing that has a process; in a collaboration, let a pool refer to one.",
)
NOT_EXECUTABLE: Final = warning(
    "process-not-executable",
    "프로세스 '{name}'은(는) 실행하지 않는 그림이에요(isExecutable이 true가 아니에요).",
    "Process '{name}' is a picture only: isExecutable is not true.",
    "실행할 프로세스라면 속성에서 Executable을 켜 주세요.",
    "If it should run, switch on Executable in its properties.",
)
EMPTY: Final = warning(
    "empty-process",
    "프로세스 '{name}'이(가) 비어 있어요.",
    "Process '{name}' is empty.",
    "실행할 프로세스라면 시작 이벤트부터 그려 주세요. 상대방의 풀이라면 그대로 두어도 돼요.",
    "If it should run, draw it, beginning with a start event; for a partner's pool this is fine.",
)
DUPLICATE_ID: Final = error(
    "duplicate-id",
    "id '{name}'이(가) {count}번 쓰였어요.",
    "The id '{name}' is used {count} times.",
    "요소마다 다른 id를 붙여 주세요.",
    "Give each element an id of its own.",
)
DUPLICATE_PROCESS: Final = error(
    "duplicate-process",
    "프로세스 '{name}'이(가) {other} 파일에도 있어요.",
    "Process '{name}' is also in the file {other}.",
    "하나를 지우거나 id를 바꿔 주세요.",
    "Delete one of them or change its id.",
)
RESERVED_ID: Final = error(
    "reserved-id",
    "id '{name}'은(는) 엔진이 쓰는 이름이에요.",
    "The id '{name}' is reserved by the engine.",
    "다른 id로 바꿔 주세요. 예: {name}_1",
    "Choose another id, such as {name}_1.",
)
BAD_ID: Final = error(
    "bad-id",
    "id '{name}'은(는) 쓸 수 없어요.",
    "The id '{name}' cannot be used.",
    "글자로 시작하고 글자·숫자·_·-·.만 쓴 id로 바꿔 주세요(200자까지).",
    "Use an id that begins with a letter and has only letters, digits, '_', '-' and '.' (at most 200).",
)
NOT_ASCII: Final = warning(
    "id-not-ascii",
    "id '{name}'에 영문·숫자가 아닌 글자가 있어요.",
    "The id '{name}' has other than English letters and digits.",
    "id는 영문으로, 한국어는 이름(name)에 적어 주세요.",
    "Keep ids in ASCII and write Korean in the name.",
)
MISSING_ID: Final = error(
    "missing-id",
    "{kind} 요소에 id가 없어요.",
    "A {kind} has no id.",
    "모델러에서 id를 붙여 주세요.",
    "Give it an id in the modeler.",
)
DUPLICATE_FORM: Final = error(
    "duplicate-form",
    "그림 속 폼 '{name}'이(가) 서로 다른 내용으로 두 번 있어요.",
    "The form '{name}' stands in the diagrams twice, with different contents.",
    "하나의 id를 바꾸고 그 폼을 쓰는 업무의 formKey도 바꿔 주세요.",
    "Change the id of one, and the formKey of the tasks that show it.",
)


def check(scene: Scene) -> None:
    """Ids, processes and embedded forms of all files."""
    seen: dict[str, str] = {}
    forms: dict[str, str] = {}
    for document in scene.documents:
        _processes(scene.report, document, seen)
        _ids(scene.report, document)
        _forms(scene.report, document, forms)


def _processes(report: Report, document: Document, seen: dict[str, str]) -> None:
    if not document.processes:
        report.add(NO_PROCESS, document.file, "")
    for name, xml in document.processes.items():
        if not name:
            report.add(MISSING_ID, document.file, "", kind="process")
        elif name in seen:
            report.add(DUPLICATE_PROCESS, document.file, name, name=name, other=seen[name])
        elif not document.executable(name):
            report.add(NOT_EXECUTABLE, document.file, name, name=xml.get("name") or name)
        elif not document.containers[name]:
            report.add(EMPTY, document.file, name, name=xml.get("name") or name)
        seen.setdefault(name, document.file)


def _ids(report: Report, document: Document) -> None:
    for name, elements in document.ids.items():
        if len(elements) > 1:
            report.add(DUPLICATE_ID, document.file, name, name=name[:80], count=str(len(elements)))
    for name in (*document.processes, *document.nodes):
        if name:
            _id(report, document.file, name)
    for node in document.nodes.values():
        if not node.id:
            report.add(MISSING_ID, document.file, "", kind=node.type)


def _forms(report: Report, document: Document, seen: dict[str, str]) -> None:
    # An app keeps its forms by id, wherever they stand.
    for form in document.root.iter(f"{{{ZEEBE}}}userTaskForm"):
        name, text = str(form.get("id") or ""), text_of(form)
        if seen.setdefault(name, text) != text:
            report.add(DUPLICATE_FORM, document.file, name, name=name[:80])


def _id(report: Report, file: str, name: str) -> None:
    if name in RESERVED or name.endswith(RESERVED_ENDINGS):
        report.add(RESERVED_ID, file, name, name=name[:80])
    elif not NAME.fullmatch(name):
        report.add(BAD_ID, file, name, name=name[:80])
    elif not name.isascii():
        report.add(NOT_ASCII, file, name, name=name[:80])
