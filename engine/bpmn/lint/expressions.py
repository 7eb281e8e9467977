"""FEEL in drawings: every expression is compiled, so that nobody meets a typing mistake when a case gets there."""

from typing import Final

from engine import feel
from engine.bpmn.document import Document
from engine.bpmn.lint.rules import Fact, error
from engine.bpmn.lint.scene import Scene
from engine.bpmn.lint.values import of_node
from engine.bpmn.markup import properties
from engine.bpmn.names import occurring
from engine.texts import compile_template

EXPRESSION: Final = error(
    "expression-error",
    "'{what}'의 FEEL 식이 잘못됐어요. {problem}",
    "The FEEL expression in '{what}' is wrong: {problem}",
    "줄과 글자가 가리키는 곳을 고쳐 주세요. {hint_ko}",
    "Correct it at the line and column given. {hint_en}",
)
SPACES: Final = (
    "이름에는 띄어쓰기를 쓸 수 없어요. 밑줄로 이어 주세요. 예: vacation_status",
    "Names have no spaces here; join the words by an underscore, as in vacation_status",
)
NO_HINT: Final = ("", "")
JAVA: Final = ("${...}는 쓰지 않아요. FEEL로 적어 주세요. 예: =amount > 100", "${...} is not used here; write FEEL, such as =amount > 100")


def check(scene: Scene) -> None:
    """Every expression of every executable process; of a file on its own also the templates in the process's properties."""
    for document, node in scene.nodes():
        for value in of_node(document, node):
            if value.expression is not None:
                _compile(scene, document, value.element, value.what, value.expression)
    for name, document in scene.processes.items() if scene.known.forms is None else ():
        # Within an app these are read, and reported, with the app's own files.
        own = properties(document.processes[name])
        _compile(scene, document, name, "baton:facts", f"[{own.get('baton:facts', '')}]", shift=1)
        _template(scene, document, name, own.get("baton:subject", ""))


def _compile(scene: Scene, document: Document, element: str, what: str, expression: str, shift: int = 0) -> None:
    try:
        feel.compile(expression, occurring(document.names, expression))
    except feel.FeelError as problem:
        _report(scene, document.file, element, what, expression[shift : len(expression) - shift], problem)


def _template(scene: Scene, document: Document, element: str, text: str) -> None:
    try:
        compile_template(text, occurring(document.names, text))
    except feel.FeelError as problem:
        _report(scene, document.file, element, "baton:subject", text, problem)


def _report(scene: Scene, file: str, element: str, what: str, text: str, problem: feel.FeelError) -> None:
    texts: Fact = (problem.ko, str(problem))
    hint_ko, hint_en = JAVA if "${" in text else SPACES if _has_spaces(problem) else NO_HINT
    scene.report.add(EXPRESSION, file, element, what=what, problem=texts, hint_ko=hint_ko, hint_en=hint_en)


def _has_spaces(problem: feel.FeelError) -> bool:
    """Whether an operator was expected and a word came: most likely a name of several words."""
    return isinstance(problem, feel.FeelSyntaxError) and problem.expected.startswith("an operator") and problem.found.isidentifier()
