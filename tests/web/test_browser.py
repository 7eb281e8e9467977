"""What a customer's browser does on these pages: with scripts, without them, on a phone."""

import re

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect
from playwright.sync_api import Page as Tab
from sqlalchemy import func, select

from engine.runtime.baton import Baton
from engine.store.tables import Record
from tests.web.browsing import PHONE, Desk
from tests.web.pages import CUSTOMER, Page
from tests.web.world import application, visitor

APPLY = Page("/s/iptv/apply")


def fill_first_step(tab: Tab, typed: dict[str, str]) -> None:
    tab.get_by_label(re.compile("500Mbps \\+ IPTV")).check()
    tab.get_by_label("우편번호").fill(typed["postcode"])
    tab.get_by_label("도로명 주소").fill(typed["road_address"])
    tab.get_by_label("상세 주소").fill(typed["detail_address"])
    tab.get_by_label("방문 날짜").fill(typed["visit_date"])


def fill_second_step(tab: Tab, typed: dict[str, str]) -> None:
    tab.get_by_label("이름").fill(typed["applicant_name"])
    tab.get_by_label("생년월일").fill(typed["birth_date"])
    tab.get_by_label("휴대폰 번호").fill(typed["mobile"])
    tab.get_by_label("한국어").check(force=True)
    tab.get_by_label("이용약관").check()
    tab.get_by_label("개인정보").check()


def cases_of(baton: Baton) -> int:
    with baton.read() as read:
        found: int = read.value(select(func.count()).select_from(Record).where(Record.collection == "subscription"))
        return found


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_customer_applies_follows_and_cancels(desk: Desk, scripts: bool) -> None:
    typed = application()
    with desk.tab(Page("/"), scripts=scripts) as opened:
        tab = opened.tab
        tab.get_by_role("link", name="가입 신청하기").click()
        tab.wait_for_load_state()
        loads: list[Tab] = []
        tab.on("domcontentloaded", lambda page: loads.append(page))
        fill_first_step(tab, typed)
        if not scripts:
            tab.get_by_role("button", name="고른 내용 반영하기").click()
        tab.locator(f"input[name=visit_slot][value={typed['visit_slot']}]").check(force=True)
        tab.get_by_role("button", name="다음으로 가기").click()
        fill_second_step(tab, typed)
        tab.get_by_role("button", name="가입 신청하기").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("신청을 받았어요")
        assert len(loads) == (2 if scripts else 3)
        tab.get_by_role("link", name="진행 상황 보기").click()
        tab.get_by_label("뒷자리 4개").fill("5678")
        tab.get_by_role("button", name="진행 상황 보기").click()
        expect(tab.locator(".proglab")).to_contain_text("6단계 중 1단계")
        tab.get_by_role("link", name="가입 취소하기").click()
        tab.get_by_label("마음이 바뀌었어요").check(force=True)
        tab.get_by_role("button", name="가입 취소하기").click()
        expect(tab.get_by_role("status").first).to_contain_text("접수번호는 C-")
        expect(tab.get_by_role("heading", level=1)).to_have_text("취소 요청을 확인하고 있어요")
        assert opened.complaints == []


def test_going_back_a_step_keeps_what_was_typed(desk: Desk) -> None:
    typed = application()
    with desk.tab(APPLY) as opened:
        tab = opened.tab
        fill_first_step(tab, typed)
        tab.locator(f"input[name=visit_slot][value={typed['visit_slot']}]").check(force=True)
        tab.get_by_role("button", name="다음으로 가기").click()
        tab.get_by_label("이름").fill("김고객")
        tab.get_by_role("button", name="이전으로").click()
        expect(tab.get_by_label("우편번호")).to_have_value(typed["postcode"])
        tab.get_by_role("button", name="다음으로 가기").click()
        expect(tab.get_by_label("이름")).to_have_value("김고객")


def test_choosing_a_product_shows_its_price_and_keeps_the_focus(desk: Desk) -> None:
    with desk.tab(APPLY) as opened:
        tab = opened.tab
        expect(tab.locator("#previews dd")).to_have_text("–")
        tab.locator("input[name=product_type]").first.focus()
        tab.keyboard.press("Space")
        expect(tab.locator("#previews dd")).to_contain_text("26,400")
        assert tab.evaluate("() => document.activeElement.name") == "product_type"
        expect(tab.get_by_role("button", name="고른 내용 반영하기")).to_be_hidden()


def test_mistakes_are_summed_up_on_top_and_lead_to_their_fields(desk: Desk) -> None:
    with desk.tab(APPLY) as opened:
        tab = opened.tab
        tab.evaluate("() => { document.querySelector('#apply').noValidate = true; }")
        tab.get_by_role("button", name="다음으로 가기").click()
        expect(tab.get_by_role("alert")).to_be_focused()
        tab.get_by_role("alert").get_by_role("link", name=re.compile("우편번호")).click()
        expect(tab.get_by_label("우편번호")).to_be_focused()


def test_pressing_twice_sends_once(desk: Desk, baton: Baton) -> None:
    typed = application()
    with desk.tab(APPLY) as opened:
        tab = opened.tab
        fill_first_step(tab, typed)
        tab.locator(f"input[name=visit_slot][value={typed['visit_slot']}]").check(force=True)
        tab.get_by_role("button", name="다음으로 가기").click()
        fill_second_step(tab, typed)
        before = cases_of(baton)
        tab.get_by_role("button", name="가입 신청하기").dblclick()
        expect(tab.get_by_role("heading", level=1)).to_have_text("신청을 받았어요")
        assert cases_of(baton) == before + 1


def test_the_link_is_copied_and_said_so(desk: Desk) -> None:
    with desk.tab(Page("/s/iptv/applied/{token}")) as opened:
        tab = opened.tab
        allow_clipboard(tab.context)
        tab.get_by_role("button", name="링크 복사하기").click()
        expect(tab.locator("#copied")).to_have_text("링크를 복사했어요")
        assert tab.evaluate("() => navigator.clipboard.readText()").endswith(f"/t/{desk.known['token']}")


def allow_clipboard(context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])


def test_news_appear_by_themselves_and_are_said_once(desk: Desk, app: Flask) -> None:
    token = visitor(app).apply()
    with desk.tab(Page(f"/t/{token}", CUSTOMER)) as opened:
        tab = opened.tab
        tab.clock.install()
        tab.reload()
        first = tab.locator("h1").inner_text()
        tab.clock.run_for(21_000)
        expect(tab.locator("[data-voice]")).to_have_text("")
        kim = visitor(app)
        kim.unlock(token)
        kim.post(f"/t/{token}/cancel", {"reason_code": "CHANGE_OF_MIND"})
        tab.clock.run_for(21_000)
        expect(tab.locator("h1")).to_have_text("취소 요청을 확인하고 있어요")
        expect(tab.locator("[data-voice]")).to_have_text("취소 요청을 확인하고 있어요")
        assert first != tab.locator("h1").inner_text()
        assert opened.complaints == []


def test_what_a_customer_wants_to_know_is_seen_first_on_a_phone(desk: Desk) -> None:
    with desk.tab(Page("/t/{token}", CUSTOMER), scripts=False) as opened:
        for part in ("h1", ".prog", ".proglab", ".hero .note"):
            box = opened.tab.locator(part).first.bounding_box()
            assert box is not None and box["y"] + box["height"] <= PHONE["height"], part


def test_both_buttons_of_a_cancellation_weigh_the_same(desk: Desk) -> None:
    with desk.tab(Page("/t/{token}/cancel", CUSTOMER)) as opened:
        cancel, back = (opened.tab.locator(".acts .btn").nth(n) for n in range(2))
        first, second = cancel.bounding_box(), back.bounding_box()
        assert first is not None and second is not None
        assert (first["width"], first["height"]) == (second["width"], second["height"])
        looks = "(button) => { const s = getComputedStyle(button); return [s.fontSize, s.fontWeight, s.color, s.backgroundColor]; }"
        assert cancel.evaluate(looks) == back.evaluate(looks)


def test_the_page_does_not_jump(desk: Desk) -> None:
    with desk.tab(Page("/t/{token}", CUSTOMER)) as opened:
        shift = """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; }).observe({type: "layout-shift", buffered: true});
          requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
        })"""
        assert opened.tab.evaluate(shift) <= 0.01
