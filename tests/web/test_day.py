"""The technician's day."""

import re

from flask import Flask

from engine.runtime.baton import Baton
from tests.web.staff import INSTALLED, TECHNICIAN, Story
from tests.web.world import words


def test_the_day_shows_the_stop_with_one_next_action(app: Flask, baton: Baton) -> None:
    story = Story(app, baton, visit_date="2026-12-01", visit_slot="AM1").until("UT_Install")
    page = story.as_staff(TECHNICIAN).get("/day?d=2026-12-01").text
    said = words(page)
    assert "12월 1일(화) 2건" in said and story.number in said and "서울" in said
    assert re.findall(r'<a class="btn block[^"]*" href="/day/([^"]+)">', page) == [story.task("UT_Install")]


def test_today_s_first_stop_is_the_one_to_do_now(app: Flask, baton: Baton) -> None:
    story = Story(app, baton, visit_date="2026-12-02", visit_slot="AM1").until("UT_TechAccept")
    page = story.as_staff(TECHNICIAN).get("/day").text
    assert page.count("job cur") == 1 and "지금 할 일" in page and "설치요청 접수" in page


def test_a_stop_is_done_on_its_own_page_and_the_next_opens(app: Flask, baton: Baton) -> None:
    story = Story(app, baton, visit_date="2026-12-02", visit_slot="AM2").until("UT_TechAccept")
    park, page = story.as_staff(TECHNICIAN), f"/day/{story.task('UT_TechAccept')}"
    opened = park.get(page).text
    assert 'href="tel:01012345678"' in opened
    answer = park.post(f"{page}/complete", {"decision": "ACCEPT"}, page=page)
    assert (answer.status_code, answer.location) == (303, f"/day/{story.task('UT_Depart')}")
    story.until("UT_Install", after="UT_TechAccept")
    install = f"/day/{story.task('UT_Install')}"
    wrong = park.post(f"{install}/complete", INSTALLED | {"measured_mbps": "abc"}, page=install)
    assert wrong.status_code == 422 and 'value="abc"' in wrong.text and install in wrong.text
    done = park.post(f"{install}/complete", INSTALLED, page=install)
    assert (done.status_code, done.location) == (303, "/day")
    assert "‘설치완료 처리’" in words(park.get("/day").text)


def test_the_question_about_a_cancellation_has_two_equal_buttons(app: Flask, baton: Baton) -> None:
    story = Story(app, baton, visit_date="2026-12-02", visit_slot="PM1").until("UT_Install")
    lee = story.as_staff("agent1")
    act = f"/cases/iptv/{story.number}/cancel_by_agent"
    assert lee.post(act, {"reason_code": "CHANGE_OF_MIND", "caller_verified": "true", "fee_agreed": "true"}).status_code == 303
    cancel = re.findall(r'href="/cases/iptv/(C-[0-9-]+)"', lee.get(f"/cases/iptv/{story.number}").text)[0]
    receive = f"/tasks/{story.task('UT_ReceiveCancel', cancel)}"
    assert lee.post(f"{receive}/complete", {"retention_note": "전화로 확인"}, page=receive).status_code == 303
    page = story.as_staff(TECHNICIAN).get(f"/day/{story.task('UT_TechReply', cancel)}").text
    buttons = re.findall(r'<button class="btn" form="f" name="answer" value="([A-Z_]+)"', page)
    assert buttons == ["CANCELLABLE", "NOT_CANCELLABLE"] and "outcomes equal" in page


def test_a_day_without_work_says_so(app: Flask, baton: Baton) -> None:
    page = Story(app, baton).as_staff(TECHNICIAN).get("/day?d=2026-12-27").text
    assert "이날 일정이 없어요" in page
    assert Story(app, baton).as_staff(TECHNICIAN).get("/day?d=nonsense").status_code == 200


def test_a_draft_of_a_stop_is_kept(app: Flask, baton: Baton) -> None:
    story = Story(app, baton, visit_date="2026-12-02", visit_slot="PM2").until("UT_Install")
    park, page = story.as_staff(TECHNICIAN), f"/day/{story.task('UT_Install')}"
    answer = park.post(f"{page}/draft", {"install_note": "공유기는 거실"}, page=page)
    assert (answer.status_code, answer.location) == (303, page)
    assert "공유기는 거실" in park.get(page).text
