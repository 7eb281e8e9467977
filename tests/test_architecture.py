"""The house keeps its shape: imports run downwards only, SpiffWorkflow has one home, no word of an app stands in the engine or the web."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted(path for top in ("engine", "web") for path in (ROOT / top).rglob("*.py") if "node_modules" not in path.parts)
LAYERS = [  # from the ground up: a room imports rooms above it in this list, never below
    {"errors", "ids", "clock", "actors", "personal", "findings", "xml", "optional"},
    {"settings", "vault"},
    {"feel"},
    {"texts"},
    {"dmn", "forms", "bpmn"},
    {"apps"},
    {"store"},
    {"connectors", "partners"},
    {"runtime"},
    {"views", "worker", "watchdog", "heartbeat", "dispatch", "start", "doctor"},
    {"scenarios"},
    {"cli"},
]
NETWORK = {"httpx2", "httpcore2", "smtplib", "aiosmtpd", "socket", "urllib.request", "http.client", "requests", "celery", "kombu"}
BY_NAME = {"engine/optional.py"}  # the one file that loads optional parts by name


@cache
def tree(path: Path) -> ast.Module:
    """A file as Python reads it."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> list[tuple[str, int, bool]]:
    """(module, line, inside a function) of every import in a file."""
    inside = {id(node) for outer in ast.walk(tree(path)) if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in ast.walk(outer)}
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno, id(node) in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(f"{node.module}.{alias.name}", node.lineno, id(node) in inside) for alias in node.names]
    return found


def room(module: str) -> str:
    """`engine.store.commit` is in the room `store`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def layer(name: str) -> int | None:
    """How high a room stands."""
    return next((number for number, rooms in enumerate(LAYERS) if name in rooms), None)


def test_imports_in_the_engine_run_downwards_only() -> None:
    wrong = []
    for path in (ROOT / "engine").rglob("*.py"):
        mine = room(str(path.relative_to(ROOT).with_suffix("")).replace("/", "."))
        for module, line, _ in imports(path):
            theirs = room(module) if module.startswith("engine.") else ""
            if theirs and theirs != mine and (layer(mine) is not None) and (layer(theirs) is None or layer(theirs) > layer(mine)):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    assert wrong == []


def test_every_room_of_the_engine_has_its_place() -> None:
    rooms = {path.stem if path.is_file() else path.name for path in (ROOT / "engine").iterdir() if path.suffix in (".py", "")} - {
        "__init__",
        "__pycache__",
    }
    assert {name for name in rooms if layer(name) is None} == set()


def test_the_engine_knows_no_web() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {module}"
        for path in (ROOT / "engine").rglob("*.py")
        for module, line, _ in imports(path)
        if module.split(".")[0] in ("web", "flask", "flask_sqlalchemy", "werkzeug")
    ]
    assert wrong == []


def test_spiffworkflow_has_one_home() -> None:
    users = {str(path.relative_to(ROOT).parent) for path in FILES for module, _, _ in imports(path) if module.startswith("SpiffWorkflow")}
    assert all(user.startswith("engine/bpmn") for user in users)
    assert users


def test_the_network_is_touched_by_connectors_only() -> None:
    allowed = ("engine/connectors/", "engine/partners/", "engine/dispatch/celery.py")
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {module}"
        for path in FILES
        for module, line, _ in imports(path)
        if any(module == name or module.startswith(f"{name}.") for name in NETWORK) and not str(path.relative_to(ROOT)).startswith(allowed)
    ]
    assert wrong == []


def test_no_import_hides_in_a_function() -> None:
    hidden = [f"{path.relative_to(ROOT)}:{line} {module}" for path in FILES for module, line, inside in imports(path) if inside]
    assert hidden == []
    loaders = {str(path.relative_to(ROOT)) for path in FILES if "import_module" in path.read_text() or "__import__" in path.read_text()}
    assert loaders <= BY_NAME


def test_nothing_is_evaluated_as_python() -> None:
    wrong = []
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_only_one_place_opens_write_transactions() -> None:
    writers = {str(path.relative_to(ROOT)): way for path in FILES for way in ("write", "transaction") if f"database.{way}()" in path.read_text()}
    # A restore fills an empty database, past all commands.
    assert writers == {"engine/store/commit.py": "transaction", "engine/store/backup.py": "write"}
    committers = [str(path.relative_to(ROOT)) for path in FILES if "session.commit(" in path.read_text() or "session.add(" in path.read_text()]
    assert committers == []


def test_no_python_in_apps() -> None:
    assert [str(path) for top in ("processes", "forms") for path in (ROOT / top).rglob("*.py")] == []


@cache
def app_words() -> frozenset[str]:
    """Collections, fields, statuses and error codes of the apps, as far as they are words of their own."""
    words: set[str] = set()
    for path in (ROOT / "processes").glob("*/records.toml"):
        content = tomllib.loads(path.read_text())
        for name, table in content.items():
            fields = table.get("fields", {})
            words |= {name} if name not in ("capacity", "choices", "lists") else set()
            words |= set(fields)
            words |= {value["id"] if isinstance(value, dict) else value for field in fields.values() for value in field.get("values", [])}
    for path in (ROOT / "processes").glob("*/app.toml"):
        words |= set(tomllib.loads(path.read_text()).get("errors", {}))
    return frozenset(word for word in words if "_" in word or word.isupper()) - GENERAL


GENERAL = {
    "SMS",
    "EMAIL",
    "DECLINED",
    "DUPLICATE",
    "OTHER",
    "BAD_STATE",
    "REJECTED",
    "CANCELLED",
    "NONE",
    "ALIMTALK",
    "BUSY",
    "FAILED",
    "NOT_FOUND",
    "PHONE",
    "TAKEN",
    "UNAVAILABLE",
}  # words of the platform's own formats and answers


def test_no_word_of_an_app_stands_in_the_code() -> None:
    wrong = []
    for path in FILES:
        if path.is_relative_to(ROOT / "engine/partners"):  # other companies speak in words of their own, and apps in theirs to them
            continue
        texts = {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        wrong += [f"{path.relative_to(ROOT)}: {word}" for word in sorted(texts & app_words())]
    assert wrong == []


def test_the_developers_page_lists_every_module_of_the_runtime_once() -> None:
    page = (ROOT / "docs/developer/architecture.md").read_text("utf-8").partition("## The rooms of `engine/runtime`")[2].partition("\n## ")[0]
    modules = sorted(path.stem for path in (ROOT / "engine/runtime").glob("*.py") if path.stem != "__init__")
    assert sorted(re.findall(r"^\| `(\w+)` \|", page, re.M)) == modules
