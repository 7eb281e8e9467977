"""How many taps and stops the staff's work takes, and that nothing typed is lost."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from engine.clock import KST
from tests.browser.people import Agent, Customer, Person, Technician
from tests.browser.test_walks import accept, bring_to_technician
from tests.service import Service

STOPS = 16
THUMB = 44  # px
FOCUSED = "() => { const e = document.activeElement; return [e.tagName, e.textContent.trim(), e.className]; }"
COVERED = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), bar = document.querySelector(".bar");
  if (!bar || bar.contains(e) || getComputedStyle(bar).position !== "sticky") return false;
  return box.bottom > bar.getBoundingClientRect().top && box.top < bar.getBoundingClientRect().bottom;
}"""
VISIBLE_FOCUS = """() => { const s = getComputedStyle(document.activeElement), after = getComputedStyle(document.activeElement, "::after"),
  around = getComputedStyle(document.activeElement.closest("label") || document.activeElement);
  return [s.boxShadow, after.boxShadow, around.boxShadow].some((shadow) => shadow !== "none" && shadow !== "") || s.outlineStyle !== "none"; }"""


@pytest.fixture
def scripts() -> bool:
    """These run with the pages' JavaScript."""
    return True


def height(button: Locator) -> float:
    """How tall it is, in px."""
    box = button.bounding_box()
    assert box is not None
    return box["height"]


def test_a_task_is_finished_with_the_keyboard_alone(kim: Customer, lee: Agent) -> None:
    number, _ = kim.apply()
    lee.take_up("가입신청 접수", number)
    lee.page.locator("a.skip").focus()
    lee.page.keyboard.press("Enter")
    for _ in range(STOPS):
        lee.page.keyboard.press("Tab")
        assert lee.page.evaluate(VISIBLE_FOCUS), lee.page.evaluate(FOCUSED)
        assert not lee.page.evaluate(COVERED), lee.page.evaluate(FOCUSED)
        if lee.page.evaluate(FOCUSED)[:2] == ["BUTTON", "접수하기"]:
            break
    else:
        raise AssertionError(f"no submit button within {STOPS} stops")
    lee.page.keyboard.press("Enter")
    lee.sees(f"‘가입신청 접수’ {number} 업무를 끝냈어요.")


def test_the_list_is_walked_with_the_keyboard(kim: Customer, lee: Agent) -> None:
    number, _ = kim.apply()
    lee.open(f"/tasks?tab=team&q={number}")
    lee.page.locator("li.t a").first.focus()
    lee.page.keyboard.press("Enter")
    lee.heading("가입신청 접수")


def test_technicians_have_targets_for_thumbs(kim: Customer, lee: Agent, park: Technician) -> None:
    number = bring_to_technician(kim, lee)
    accept(park, number)
    task = park.page.url.removeprefix(park.address).partition("?")[0]
    for path in (f"/day?d={kim.day}", task, task.replace("/tasks/", "/day/")):
        park.open(path)
        targets = park.page.locator(
            "main a.btn:visible, main button:visible, main input:not([type=checkbox]):visible, nav.week a, nav.botnav a:visible"
        )
        assert [(target.inner_text(), height(target)) for target in targets.all() if height(target) < THUMB] == []


def test_the_answer_to_a_cancellation_takes_two_taps_on_equal_buttons(kim: Customer, lee: Agent, park: Technician) -> None:
    number = bring_to_technician(kim, lee)
    accept(park, number)
    kim.cancel()
    lee.take_up_from_case("취소신청 접수", "iptv", number)
    lee.press("취소 접수하기")
    today = datetime.now(KST).date()
    park.stop("취소가능 여부 회신", "C-", today.isoformat(), (today + timedelta(days=1)).isoformat())
    yes, no = park.main.get_by_role("button", name="취소할 수 있어요"), park.main.get_by_role("button", name="취소할 수 없어요")
    assert height(yes) == height(no) >= THUMB
    assert (yes.bounding_box() or {})["width"] == pytest.approx((no.bounding_box() or {})["width"], abs=1)
    yes.click()
    park.sees("업무를 끝냈어요.")


def test_what_is_typed_is_there_again_on_another_device(kim: Customer, lee: Agent, browser: Browser, service: Service) -> None:
    number, _ = kim.apply()
    lee.take_up("가입신청 접수", number)
    lee.fill("자세한 사유", "주소를 다시 확인해야 해요")
    expect(lee.page.locator("[data-draft-state]")).to_contain_text("임시 저장했어요", timeout=30_000)
    phone: Person = Agent(browser, service, scripts=True)
    phone.open(lee.page.url.removeprefix(lee.address))
    assert phone.page.get_by_label("자세한 사유").input_value() == "주소를 다시 확인해야 해요"
    phone.leave()


def test_who_was_slower_finds_what_they_typed(kim: Customer, lee: Agent, browser: Browser, service: Service) -> None:
    number, _ = kim.apply()
    lee.take_up("가입신청 접수", number)
    other = Agent(browser, service, scripts=True)
    other.open(lee.page.url.removeprefix(lee.address))
    lee.press("접수하기")
    lee.heading("설치기사 배정")
    other.page.get_by_label("반려 사유").select_option("OTHER")
    other.fill("자세한 사유", "이미 이용 중이에요")
    other.press("반려하기")
    other.heading("이미 끝난 업무예요")
    other.sees("이상담 님이")
    other.sees("이미 이용 중이에요")
    other.leave()
