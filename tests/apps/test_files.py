"""An app's files on disk and in a zip."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from engine import apps
from engine.errors import Refused

ROOT = Path(__file__).parent / "fixtures"
MANIFEST = b'title = { ko = "a", en = "a" }'


def pack(names, links=()):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
        for name in links:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def refused(data):
    with pytest.raises(Refused) as caught:
        apps.unzip(data)
    assert caught.value.texts["ko"] and caught.value.texts["en"]
    return caught.value.texts["en"]


def test_an_app_is_read_from_its_two_folders():
    files = apps.read(ROOT, "library")
    assert {"processes/library/app.toml", "processes/library/card.bpmn", "forms/library/library_apply.form"} <= set(files)
    assert apps.keys(ROOT) == ["library"]


def test_an_app_that_is_not_there_is_refused():
    with pytest.raises(Refused):
        apps.read(ROOT, "nothing")
    with pytest.raises(Refused):
        apps.read(ROOT, "../library")


def test_links_and_hidden_files_on_disk_are_left_out(tmp_path):
    home = tmp_path / "processes" / "small"
    home.mkdir(parents=True)
    (home / "app.toml").write_bytes(MANIFEST)
    (home / ".secret.toml").write_bytes(b"")
    (home / "notes.exe").write_bytes(b"")
    (home / "linked.toml").symlink_to("/etc/hostname")
    assert set(apps.read(tmp_path, "small")) == {"processes/small/app.toml"}


def test_zipping_and_unzipping_gives_the_same_app():
    files = apps.read(ROOT, "library")
    key, again = apps.unzip(apps.zip(files))
    assert (key, again) == ("library", files)
    assert apps.digest(again) == apps.digest(files)
    assert apps.zip(again) == apps.zip(files)


def test_the_digest_changes_with_a_name_and_with_a_byte():
    digests = {apps.digest(files) for files in ({"a": b"1"}, {"a": b"2"}, {"b": b"1"}, {"a": b"1", "b": b""}, {"a": b"1b:0:"})}
    assert len(digests) == 5


@pytest.mark.parametrize(
    "names",
    [
        ["processes/tea/app.toml", "forms/tea/order.form"],
        ["download/processes/tea/app.toml", "download/forms/tea/order.form"],
        ["tea/app.toml", "tea/forms/order.form"],
        ["download/tea/app.toml", "download/tea/forms/order.form"],
    ],
)
def test_a_zip_may_be_packed_in_any_of_these_ways(names):
    key, files = apps.unzip(pack({names[0]: MANIFEST, names[1]: b"{}"}))
    assert key == "tea"
    assert files == {"processes/tea/app.toml": MANIFEST, "forms/tea/order.form": b"{}"}


def test_what_desktop_systems_add_is_ignored():
    key, files = apps.unzip(pack({"tea/app.toml": MANIFEST, "__MACOSX/tea/._app.toml": b"x", "tea/.DS_Store": b"x", "tea/scenarios/": b""}))
    assert set(files) == {"processes/tea/app.toml"}


@pytest.mark.parametrize("name", ["../app.toml", "/tea/x.toml", "tea/../../x.toml", "tea\\x.toml", "C:/tea/x.toml", "tea/\x07.toml", "tea/run.py"])
def test_tricks_with_names_are_refused(name):
    refused(pack({"tea/app.toml": MANIFEST, name: b"x"}))


def test_links_in_a_zip_are_refused():
    assert "Links" in refused(pack({"tea/app.toml": MANIFEST}, links=["tea/passwords.toml"]))


def test_files_beside_the_app_are_refused():
    assert "outside" in refused(pack({"a/processes/tea/app.toml": MANIFEST, "b/other.toml": b""}))


def test_a_zip_needs_exactly_one_app():
    assert "one app" in refused(pack({"tea/records.toml": b""}))
    assert "one app" in refused(pack({"tea/app.toml": MANIFEST, "milk/app.toml": MANIFEST}))
    refused(pack({"app.toml": MANIFEST}))


def test_bombs_are_refused_without_unpacking_them_all():
    assert "large" in refused(pack({"tea/app.toml": MANIFEST, "tea/big.toml": b"0" * 3_000_000}))
    assert "300" in refused(pack({"tea/app.toml": MANIFEST} | {f"tea/{n}.md": b"" for n in range(400)}))
    refused(pack({"tea/app.toml": MANIFEST} | {f"tea/{n}.md": b"0" * 1_999_999 for n in range(12)}))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nonsense", b"not a zip at all"])
def test_what_is_no_zip_is_refused(data):
    refused(data)


def test_a_cut_off_zip_is_refused():
    whole = pack({"tea/app.toml": MANIFEST, "tea/a.md": b"abc" * 1000})
    refused(whole[: len(whole) // 2])
