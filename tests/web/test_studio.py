"""The studio: the live app as a zip, checked, deployed, and refused with what to mend."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine import apps
from engine.actors import SYSTEM
from engine.runtime import accounts, definitions, demo
from engine.runtime.baton import Baton
from tests.web.staff import AGENT, ANALYST, Story
from tests.web.world import ROOT, Visitor, hidden_value, visitor, words


@pytest.fixture
def jung(app: Flask, baton: Baton) -> Iterator[Visitor]:
    """Analyst Jung; whatever was deployed, the app of the other tests is live again afterwards."""
    person = visitor(app)
    person.sign_in(ANALYST)
    yield person
    baton.do(definitions.deploy, key="iptv", files=apps.read(ROOT, "iptv"), actor=SYSTEM)


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    """The app with one text of one file replaced."""
    files = apps.read(ROOT, "iptv")
    assert old.encode() in files[name]
    return files | {name: files[name].replace(old.encode(), new.encode())}


def upload(who: Visitor, files: dict[str, bytes] | bytes, do: str = "deploy") -> TestResponse:
    """Send an app as a zip."""
    content = files if isinstance(files, bytes) else apps.zip(files)
    data = {"csrf_token": hidden_value(who.get("/studio").text, "csrf_token"), "do": do, "file": (BytesIO(content), "iptv.zip")}
    return who.client.post("/studio/upload", data=data, content_type="multipart/form-data", headers={"Accept-Language": who.lang})


def live_version(who: Visitor) -> int:
    """The version that new cases take."""
    return int(re.findall(r'data-label="지금 버전">v(\d+)<', who.get("/studio").text)[0])


def test_the_live_version_can_be_taken_home_and_brought_back(jung: Visitor) -> None:
    answer = jung.get("/studio/iptv/download")
    assert answer.mimetype == "application/zip" and "attachment" in answer.headers["Content-Disposition"]
    assert apps.unzip(answer.data) == ("iptv", apps.read(ROOT, "iptv"))
    before = live_version(jung)
    again = upload(jung, answer.data)
    assert again.status_code == 303 and "내용이 같아서 바꾸지 않았어요" in words(jung.get("/studio").text)
    assert live_version(jung) == before


def test_a_clean_app_is_deployed_and_new_cases_take_it(app: Flask, baton: Baton, jung: Visitor) -> None:
    before, old = live_version(jung), Story(app, baton)
    answer = upload(jung, changed("processes/iptv/subscription.bpmn", 'name="가입신청 접수"', 'name="신청서 읽기"'))
    assert answer.status_code == 303
    assert f"iptv 버전 {before + 1}" in words(jung.get("/studio").text)
    new = Story(app, baton)
    lee = new.as_staff(AGENT)
    assert "<h1>신청서 읽기</h1>" in lee.get(f"/tasks/{new.task('UT_Receive')}").text
    assert "<h1>가입신청 접수</h1>" in lee.get(f"/tasks/{old.task('UT_Receive')}").text


def test_a_mistake_is_named_with_element_and_mend_and_nothing_is_deployed(jung: Visitor) -> None:
    before = live_version(jung)
    broken = changed("processes/iptv/subscription.bpmn", 'formId="iptv_receive"', 'formId="iptv_nothing"')
    answer = upload(jung, broken)
    said = words(answer.text)
    assert answer.status_code == 422 and "배포하지 않았어요" in said
    assert "UT_Receive" in said and "iptv_nothing" in said and "processes/iptv/subscription.bpmn" in said
    assert live_version(jung) == before


def test_findings_are_english_for_english_readers(app: Flask, jung: Visitor) -> None:
    john = visitor(app, "en")
    john.sign_in(ANALYST)
    said = words(upload(john, changed("processes/iptv/subscription.bpmn", 'formId="iptv_receive"', 'formId="iptv_nothing"')).text)
    assert "Not deployed" in said and "UT_Receive" in said


def test_checking_alone_changes_nothing(jung: Visitor) -> None:
    before = live_version(jung)
    clean = upload(jung, changed("processes/iptv/subscription.bpmn", 'name="가입신청 접수"', 'name="신청서 읽기"'), "check")
    assert clean.status_code == 200 and 'role="status"' in clean.text
    broken = upload(jung, changed("processes/iptv/subscription.bpmn", 'formId="iptv_receive"', 'formId="iptv_nothing"'), "check")
    assert "오류 1건" in words(broken.text)
    assert live_version(jung) == before


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_app_is_refused_with_words(jung: Visitor, content: bytes) -> None:
    answer = upload(jung, content)
    assert 400 <= answer.status_code < 500 and 'role="alert"' in answer.text


def test_an_upload_without_a_file_says_so(jung: Visitor) -> None:
    answer = jung.post("/studio/upload", {"do": "check"}, page="/studio")
    assert answer.status_code == 422 and "zip 파일을 골라 주세요" in answer.text


def test_an_app_shows_drawings_versions_and_files(jung: Visitor) -> None:
    page = jung.get("/studio/iptv").text
    assert page.count('role="img"') == 3 and "processes/iptv/records.toml" in page and "지금 쓰는 버전" in page
    assert jung.get("/studio/nothing").status_code == 404


def test_those_who_only_look_may_check_but_not_deploy(app: Flask, baton: Baton, jung: Visitor) -> None:
    before = live_version(jung)
    baton.do(accounts.save, login="lead1", name="한팀장", password=demo.PASSWORD, roles=["lead"], actor=SYSTEM)
    han = visitor(app)
    han.sign_in("lead1")
    assert "배포는 분석가와 운영자가 할 수 있어요." in han.get("/studio").text
    answer = upload(han, changed("processes/iptv/subscription.bpmn", 'name="가입신청 접수"', 'name="신청서 읽기"'))
    assert "고칠 것이 없어요" in answer.text and live_version(jung) == before


def test_others_do_not_come_in(app: Flask, baton: Baton) -> None:
    assert Story(app, baton).as_staff(AGENT).get("/studio").status_code == 403
