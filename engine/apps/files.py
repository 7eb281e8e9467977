"""The files of an app on disk and in a zip, as `{"processes/<app>/app.toml": bytes}`."""

import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from engine.errors import Refused

KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
KINDS: Final = (".toml", ".bpmn", ".dmn", ".form", ".yaml", ".yml", ".md")
MAX_FILES: Final = 300
MAX_FILE: Final = 2_000_000
MAX_TOTAL: Final = 20_000_000
MAX_ZIP: Final = 10_000_000


def keys(root: Path) -> list[str]:
    """The apps in that folder: those that have `processes/<key>/app.toml`."""
    return sorted(found.parent.name for found in (root / "processes").glob("*/app.toml") if KEY.fullmatch(found.parent.name))


def read(root: Path, key: str) -> dict[str, bytes]:
    """The files of one app, of the kinds that an app is made of. Symbolic links are not followed. Raises Refused when there is no such app."""
    if not KEY.fullmatch(key) or not (root / "processes" / key).is_dir():
        raise Refused("NO_APP", {"ko": f"processes/{key} 폴더가 없어요.", "en": f"There is no folder processes/{key}."}, 404)
    found: dict[str, bytes] = {}
    for top in (root / "processes" / key, root / "forms" / key):
        for path in sorted(top.rglob("*")):
            inside = path.relative_to(root)
            if path.is_file() and not path.is_symlink() and path.suffix in KINDS and not any(part.startswith(".") for part in inside.parts):
                found[inside.as_posix()] = path.read_bytes()
    return found


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents, in the order of the names."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{len(name.encode())}:{name}:{len(files[name])}:".encode() + files[name])
    return total.hexdigest()


def zip(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unzip(data: bytes) -> tuple[str, dict[str, bytes]]:
    """The key and files of the app in a zip: `processes/<app>/` with `forms/<app>/`, with or without a folder around them, or one app's folder
    with `forms/` inside it. Raises Refused for anything else, for too much of it, for links and for names that lead out of the folder.
    """
    if len(data) > MAX_ZIP:
        raise _refused(f"zip 파일이 {MAX_ZIP:,}바이트보다 커요.", f"The zip is larger than {MAX_ZIP:,} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _contents(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _refused("zip 파일을 읽을 수 없어요. 다시 압축해 주세요.", "The zip cannot be read; please pack it again.") from error
    return _placed(files)


def _refused(ko: str, en: str) -> Refused:
    return Refused("BAD_ZIP", {"ko": ko, "en": en}, 422)


def _contents(archive: zipfile.ZipFile) -> dict[PurePosixPath, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _noise(entry.filename)]
    if len(entries) > MAX_FILES:
        raise _refused(f"파일이 {MAX_FILES}개보다 많아요.", f"There are more than {MAX_FILES} files.")
    files: dict[PurePosixPath, bytes] = {}
    room = MAX_TOTAL
    for entry in entries:
        path = _safe_path(entry)
        if path in files:
            raise _refused(f"같은 이름이 두 번 있어요: {path}", f"The name {path} occurs twice.")
        # The sizes in the directory of a zip can lie: reading stops at the limit.
        with archive.open(entry) as stream:
            content = stream.read(min(MAX_FILE, room) + 1)
        if len(content) > MAX_FILE or len(content) > room:
            raise _refused(f"너무 큰 파일이 있어요: {path}", f"A file is too large: {path}")
        room -= len(content)
        files[path] = content
    return files


def _noise(name: str) -> bool:
    # What desktop systems put into every zip.
    hidden = any(part.startswith(".") and part not in (".", "..") for part in name.split("/"))
    return hidden or name.startswith("__MACOSX/") or name.endswith("Thumbs.db")


def _safe_path(entry: zipfile.ZipInfo) -> PurePosixPath:
    name = entry.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or len(name) > 200 or not name.isprintable():
        raise _refused(f"쓸 수 없는 파일 이름이에요: {name[:80]!r}", f"This file name cannot be used: {name[:80]!r}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(f"링크는 넣을 수 없어요: {name}", f"Links are refused: {name}")
    if path.suffix not in KINDS:
        raise _refused(f"앱에 쓰지 않는 종류의 파일이에요: {name}", f"An app has no files of this kind: {name} (allowed: {', '.join(KINDS)})")
    return path


def _placed(files: Mapping[PurePosixPath, bytes]) -> tuple[str, dict[str, bytes]]:
    manifests = [path for path in files if path.name == "app.toml"]
    if len(manifests) != 1:
        raise _refused("app.toml이 하나 있어야 해요.", f"A zip holds one app, with one app.toml; this one has {len(manifests)}.")
    home = manifests[0].parent
    key = home.name
    if not KEY.fullmatch(key):
        raise _refused(
            "앱 폴더가 없어요. app.toml을 앱 이름의 폴더에 넣어 주세요.", "app.toml must stand in a folder that bears the app's key, such as iptv/."
        )
    whole = home.parent.name == "processes"
    top = home.parent.parent if whole else home
    placed = {_place(path, home, top, key, whole): content for path, content in files.items()}
    return key, placed


def _place(path: PurePosixPath, home: PurePosixPath, top: PurePosixPath, key: str, whole: bool) -> str:
    forms = top / "forms" / key if whole else top / "forms"
    for folder, place in ((forms, f"forms/{key}"), (home, f"processes/{key}")):
        if path.is_relative_to(folder):
            return f"{place}/{path.relative_to(folder).as_posix()}"
    raise _refused(f"앱 폴더 밖에 파일이 있어요: {path}", f"A file stands outside the app's folders: {path}")


def named(files: Iterable[str], suffix: str) -> list[str]:
    """The names with that ending, in order."""
    return sorted(name for name in files if name.endswith(suffix))
