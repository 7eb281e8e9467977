"""Everything that is wrong in a DMN file, for the person who drew it."""

from collections.abc import Iterator

from engine import feel
from engine.dmn.checks import check
from engine.dmn.elements import DecisionElement, ItemDefinition
from engine.dmn.errors import DmnError, too_deep
from engine.dmn.graph import Graph
from engine.dmn.model import Imports, Model, parse
from engine.feel.errors import shorten
from engine.findings import Finding
from engine.xml import UnsafeXml


def lint(file: str, data: bytes, imports: Imports | None = None) -> list[Finding]:
    """Findings in the order of the checks: the file itself, references, expressions, tables. Never raises.

    Without `imports`, what an import brings is not looked into.
    """
    try:
        return _look(parse(data, imports, file=file), imports)
    except UnsafeXml as error:
        return [_refused(file, "", "xml", error.ko, error.en)]
    except DmnError as error:
        return [_refused(file, error.element, "dmn", error.ko, error.en)]
    except RecursionError:
        deep = too_deep("", file)
        return [_refused(file, "", "dmn", deep.ko, deep.en)]


def _look(model: Model, imports: Imports | None) -> list[Finding]:
    graph = model.graph
    return [*_imports(graph, imports), *_references(graph), *_types(graph), *_empty(graph), *model.findings(), *check(model)]


def _refused(file: str, element: str, rule: str, ko: str, en: str) -> Finding:
    return Finding(file, element, rule, "error", ko, en, "모델러에서 고친 뒤 다시 저장해 주세요.", "Mend it in the modeler and save the file again.")


def _imports(graph: Graph, imports: Imports | None) -> Iterator[Finding]:
    for entry in graph.definitions.imports:
        if imports is not None and entry.name not in graph.imported:
            yield Finding(
                graph.file,
                entry.element,
                "unknown-import",
                "error",
                f"가져올 파일 '{entry.location or entry.namespace}'을(를) 찾을 수 없어요.",
                f"The imported file '{entry.location or entry.namespace}' cannot be found.",
                "파일을 같은 폴더에 넣거나 가져오기를 지워 주세요.",
                "Put the file into the same folder, or remove the import.",
            )


def _references(graph: Graph) -> Iterator[Finding]:
    unread = {entry.namespace for entry in graph.definitions.imports if entry.name not in graph.imported}
    for node, reference in graph.references():
        if reference.namespace not in unread and graph.locate(reference) is None:
            yield Finding(
                graph.file,
                node.id,
                "dangling-reference",
                "error",
                f"'{node.name}'이(가) 가리키는 '{reference.href}'이(가) 없어요.",
                f"'{node.name}' points to '{reference.href}', which is not there.",
                "화살표를 지우고 다시 이어 주세요.",
                "Remove the arrow and draw it again.",
            )


def _types(graph: Graph) -> Iterator[Finding]:
    for item in graph.definitions.types.values():
        yield from _type(item, item, graph)


def _type(item: ItemDefinition, top: ItemDefinition, graph: Graph) -> Iterator[Finding]:
    if item.type_ref and graph.types.find(item.type_ref) is None:
        yield _wrong_type(graph.file, top, f"자료형 '{item.type_ref}'이(가) 정의되어 있지 않아요", f"the type '{item.type_ref}' is not defined")
    for text in filter(None, (item.allowed, item.constraint)):
        try:
            feel.compile_unary(text, tuple(sorted(graph.component_names)))
        except feel.FeelError as error:
            ko, en = f"허용 값 '{shorten(text)}'을(를) 읽을 수 없어요. {error.ko}", f"the allowed values '{shorten(text)}' cannot be read: {error}"
            yield _wrong_type(graph.file, top, ko, en)
    for component in item.components:
        yield from _type(component, top, graph)


def _wrong_type(file: str, item: ItemDefinition, ko: str, en: str) -> Finding:
    return Finding(
        file,
        item.element,
        "item-definition",
        "error",
        f"자료형 '{item.name}': {ko}.",
        f"Type '{item.name}': {en}.",
        "자료형의 정의를 고쳐 주세요.",
        "Mend the type's definition.",
    )


def _empty(graph: Graph) -> Iterator[Finding]:
    for node in graph.definitions.nodes.values():
        if isinstance(node, DecisionElement) and node.logic is None:
            yield Finding(
                graph.file,
                node.id,
                "no-logic",
                "warning",
                f"결정 '{node.name}'에 논리가 없어 결과가 늘 null이에요.",
                f"The decision '{node.name}' has no logic; it is always null.",
                "결정표나 식을 넣어 주세요.",
                "Give it a decision table or an expression.",
            )
