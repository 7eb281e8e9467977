"""The worklist: tabs, search, filters in the address, rows that are links."""

import re
from datetime import timedelta
from html import unescape

from flask import Flask

from engine.runtime.baton import Baton
from tests.web.staff import AGENT, COLLEAGUE, TECHNICIAN, Story
from tests.web.world import words


def test_a_new_application_waits_for_the_team(app: Flask, baton: Baton) -> None:
    story = Story(app, baton, applicant_name="박새봄")
    page = story.as_staff(AGENT).get("/tasks?tab=team&q=" + story.number)
    said = words(page.text)
    assert "가입신청 접수" in said and "박새봄" in said and "서울" in said and story.number in said


def test_a_row_is_one_real_link_that_keeps_the_filter(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee = story.as_staff(AGENT)
    page = lee.get(f"/tasks?tab=team&q={story.number}&sort=new").text
    links = re.findall(r'<li class="t [^>]*><a href="([^"]+)"', page)
    assert len(links) == 1 and links[0].startswith(f"/tasks/{story.task('UT_Receive')}?")
    assert "tab=team" in links[0] and "sort=new" in links[0] and story.number in links[0]
    opened = lee.get(links[0].replace("&amp;", "&")).text
    assert f'value="{story.number}"' in opened and 'aria-current="true"' in opened


def test_without_own_tasks_the_team_s_list_opens(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    assert '<h1 id="wl" class="h">우리 팀</h1>' in story.as_staff(COLLEAGUE).get("/tasks").text


def test_with_own_tasks_they_come_first(app: Flask, baton: Baton) -> None:
    story = Story(app, baton).until("UT_TechAccept")
    page = story.as_staff(TECHNICIAN).get("/tasks").text
    assert '<h1 id="wl" class="h">내 업무</h1>' in page and story.number in page


def test_technicians_see_only_what_is_assigned_to_them(app: Flask, baton: Baton) -> None:
    mine, waiting = Story(app, baton).until("UT_TechAccept"), Story(app, baton)
    page = mine.as_staff(TECHNICIAN).get("/tasks?tab=all").text
    assert mine.number in page and waiting.number not in page


def test_what_is_finished_says_when(app: Flask, baton: Baton) -> None:
    story = Story(app, baton).until("UT_Assign")
    said = words(story.as_staff(AGENT).get("/tasks?tab=done").text)
    assert story.number in said and "오늘 오전" in said


def test_due_times_are_words(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    start = baton.clock.now()
    lee = story.as_staff(AGENT)
    try:
        baton.clock.advance(timedelta(hours=3, minutes=22))  # type: ignore[attr-defined]
        assert "38분 남음" in words(lee.get("/tasks?tab=team&q=" + story.number).text)
        baton.clock.advance(timedelta(minutes=50))  # type: ignore[attr-defined]
        assert "12분 지남" in words(lee.get("/tasks?tab=team&q=" + story.number).text)
    finally:
        baton.clock.set(start)  # type: ignore[attr-defined]


def test_a_search_without_result_offers_to_clear_it(app: Flask, baton: Baton) -> None:
    page = Story(app, baton).as_staff(AGENT).get("/tasks?tab=team&q=nothing-like-this").text
    assert "조건에 맞는 업무가 없어요" in page and 'href="/tasks?tab=team"' in page


def test_new_tasks_are_told_and_nothing_moves_by_itself(app: Flask, baton: Baton) -> None:
    first = Story(app, baton)
    lee = first.as_staff(AGENT)
    asks = unescape(re.findall(r'hx-get="([^"]+)"', lee.get("/tasks?tab=team").text)[0])
    assert lee.get(asks).status_code == 204
    baton.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    Story(app, baton)
    told = lee.get(asks)
    assert "새 업무 1건 보기" in told.text and 'href="/tasks?tab=team"' in told.text and "<html" not in told.text
    assert lee.get("/tasks/news?tab=team&since=nonsense").status_code == 204


def test_nonsense_in_the_address_is_ignored(app: Flask, baton: Baton) -> None:
    lee = Story(app, baton).as_staff(AGENT)
    for query in ("tab=x", "page=-3", "page=99999999999", "sort=;drop", "app=%00"):
        assert lee.get(f"/tasks?{query}").status_code == 200
