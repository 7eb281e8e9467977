"""Customer Kim attaches a photo to an order, without JavaScript; staff of the case download it, and nobody else."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from engine import worker
from engine.runtime import documents
from engine.store import commit
from engine.store.tables import Document, History, Person, ProcessInstance, Record
from engine.vault import link_digest
from tests.web.teahouse import baton_of, opened, signed_in
from tests.web.world import Visitor, hidden_value, visitor

FORM = b"""{"components": [
  {"type": "textfield", "id": "b", "key": "buyer", "validate": {"required": true}},
  {"type": "textfield", "id": "m", "key": "mobile"},
  {"type": "filepicker", "id": "p", "key": "photos", "multiple": true, "accept": ".png,.pdf,.txt"}]}"""
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 20
PDF = b"%PDF-1.7 a receipt"
SELL = "/s/teahouse/sell"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with opened(tmp_path_factory.mktemp("teahouse"), form="order", more={"forms/teahouse/order.form": FORM}) as made:
        yield made


def send(who: Visitor, *files: tuple[bytes, str], **typed: Any) -> TestResponse:
    page = who.get(SELL).text
    assert 'enctype="multipart/form-data"' in page
    fields = {"csrf_token": hidden_value(page, "csrf_token"), "_key": hidden_value(page, "_key"), "buyer": "홍길동", "mobile": "010-0000-1234"}
    sent = [(io.BytesIO(data), name) for data, name in files]
    return who.client.post(SELL, data={**fields, **typed, "photos": sent}, headers={"Accept-Language": "ko"}, content_type="multipart/form-data")


def stored(app: Flask, token: str) -> Any:
    with baton_of(app).read() as read:
        return read.one(select(Record.id, Record.data).where(Record.link == link_digest(token)))


def test_a_photo_goes_with_the_order_and_only_its_people_get_it(app: Flask) -> None:
    kim = visitor(app)
    answer = send(kim, (PNG, "../../내 사진.png"), (PDF, "영수증.pdf"))
    assert answer.status_code == 303, answer.text
    token = answer.location.rpartition("/")[2]
    record = stored(app, token)
    photo, receipt = record.data["photos"]
    assert (photo["type"], photo["size"], receipt["type"]) == ("image/png", len(PNG), "application/pdf")
    assert list(photo["name"]) == ["$pii"]
    with baton_of(app).read() as read:
        rows = read.all(select(Document.name, Document.owner, Document.data).where(Document.owner == f"sale/{record.id}"))
        assert len(rows) == 2 and all(PNG not in row.data and row.name == "" for row in rows)
        kept = [*read.all(select(ProcessInstance.snapshot)), *read.all(select(History.events))]
        assert "사진" not in str(kept)
    keeper = signed_in(app, "keeper1")
    got = keeper.get(f"/documents/{photo['document']}")
    assert (got.status_code, got.data, got.headers["Content-Type"]) == (200, PNG, "image/png")
    assert got.headers["Content-Disposition"].startswith("attachment; ") and got.headers["X-Content-Type-Options"] == "nosniff"
    assert "%EC%82%AC%EC%A7%84.png" in got.headers["Content-Disposition"] and "/" not in got.headers["Content-Disposition"].split("''")[1]
    assert f"/documents/{photo['document']}" in keeper.get(f"/cases/teahouse/{record.id}").text
    path = f"/t/{token}/documents/{photo['document']}"
    stranger = visitor(app)
    assert (stranger.get(f"/documents/{photo['document']}").status_code, stranger.get(path).status_code) == (303, 404)
    kim.unlock(token, "1234")
    assert kim.get(path).data == PNG
    other = send(kim, (PNG, "b.png")).location.rpartition("/")[2]
    kim.unlock(other, "1234")
    assert kim.get(f"/t/{other}/documents/{photo['document']}").status_code == 404


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([(b"MZ\x90\x00\x03binary\xff", "cat.png")], "PDF, PNG, JPEG"),
        ([(b"%PDF-" + b"x" * 1000, "big.pdf")], "5 MB까지"),
        ([(b"", "empty.txt")], "빈 파일"),
        ([(b"\xff\xd8\xff a photo", "a.jpg")], "이 종류의 파일"),
        ([(PNG, "a.png"), (PNG, "b.png"), (PDF, "c.pdf")], "2개까지"),
    ],
)
def test_a_bad_file_is_said_at_its_field_and_everything_else_stays(
    app: Flask, monkeypatch: pytest.MonkeyPatch, files: list[tuple[bytes, str]], said: str
) -> None:
    monkeypatch.setattr(documents, "LARGEST", 1000)
    answer = send(visitor(app), *files, buyer="김하나")
    assert answer.status_code == 422
    assert said in answer.text and 'value="김하나"' in answer.text


def test_a_good_file_stays_while_another_field_is_mended(app: Flask) -> None:
    kim = visitor(app)
    answer = send(kim, (PNG, "사진.png"), buyer="")
    assert answer.status_code == 422 and "사진.png" in answer.text
    carried = hidden_value(answer.text, "photos")
    fields = {"csrf_token": hidden_value(answer.text, "csrf_token"), "_key": hidden_value(answer.text, "_key"), "photos": carried, "buyer": "홍길동"}
    again = kim.client.post(SELL, data=fields, content_type="multipart/form-data")
    assert again.status_code == 303, again.text
    assert len(stored(app, again.location.rpartition("/")[2]).data["photos"]) == 1


def test_nobody_takes_anothers_file_or_lies_about_one(app: Flask) -> None:
    kim = visitor(app)
    record = stored(app, send(kim, (PNG, "a.png")).location.rpartition("/")[2])
    theirs = record.data["photos"][0]["document"]
    lie = [{"document": theirs, "name": "a.png", "type": "image/png", "size": 1}]
    answer = kim.post_json(SELL, {"buyer": "홍길동", "mobile": "01000001234", "photos": lie})
    assert (answer.status_code, answer.json and answer.json["code"]) == (409, "NO_DOCUMENT")
    baton = baton_of(app)
    mine = baton.do(documents.upload, name="x.txt", data=b"hello")
    lie = [{**mine, "name": "../../evil.pdf", "type": "application/pdf", "size": 1}]
    answer = kim.post_json(SELL, {"buyer": "홍길동", "mobile": "01000001234", "photos": lie})
    assert answer.status_code == 201 and answer.json
    assert stored(app, answer.json["token"]).data["photos"][0]["type"] == "text/plain"


def test_the_same_form_sent_twice_is_one_order(app: Flask) -> None:
    kim = visitor(app)
    page = kim.get(SELL).text
    fields = {"csrf_token": hidden_value(page, "csrf_token"), "_key": hidden_value(page, "_key"), "buyer": "홍길동", "mobile": "01000001234"}
    answers = [
        kim.client.post(SELL, data={**fields, "photos": (io.BytesIO(PNG), "a.png")}, content_type="multipart/form-data").location for _ in range(2)
    ]
    assert answers[0] is not None and answers[0] == answers[1]


def test_uploads_that_no_form_holds_are_gone_after_a_day(app: Flask) -> None:
    baton = baton_of(app)
    left = baton.do(documents.upload, name="x.txt", data=b"hello")["document"]
    worker.sweep(baton)
    baton.clock.advance(timedelta(hours=25))  # type: ignore[attr-defined]
    with baton.read() as read:
        assert read.value(select(Document.id).where(Document.id == left)) == left
    worker.sweep(baton)
    with baton.read() as read:
        assert read.value(select(Document.id).where(Document.id == left)) is None
        assert read.all(select(Document.id).where(Document.owner.is_not(None)))


def test_an_erased_persons_files_are_gone(app: Flask) -> None:
    record = stored(app, send(visitor(app), (PNG, "a.png")).location.rpartition("/")[2])
    change = commit.Change()
    with baton_of(app).read() as read:
        person = read.value(select(Record.person_id).where(Record.id == record.id))
    change.add(delete(Person).where(Person.id == person))
    commit.run(baton_of(app).database, lambda: change)
    assert signed_in(app, "keeper1").get(f"/documents/{record.data['photos'][0]['document']}").status_code == 404


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\kim\\계약서.PDF", "application/pdf", "계약서.PDF"),
        ("a\u202egnp.exe", "image/png", "agnp.exe.png"),
        ("...", "image/jpeg", "file.jpg"),
        ('<b>"x"\n.txt', "text/plain", "b_x_.txt"),
    ],
)
def test_names_are_made_safe(name: str, kind: str, safe: str) -> None:
    assert documents.safe_name(name, kind) == safe
