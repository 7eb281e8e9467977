"""Internet and IPTV through real windows, with and without the pages' scripts: in English at a desk, and a fee for cancelling on the way."""

import re
from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Browser, expect

from engine.clock import KST
from tests.browser.people import DESK, LOOKS, PATIENCE, VISITS, Agent, Customer, Person, Technician
from tests.browser.test_walks import accept, bring_to_technician
from tests.service import Service

SLOTS = {"오전 9~11시": "9–11 am", "오전 11시~오후 1시": "11 am–1 pm", "오후 2~4시": "2–4 pm", "오후 4~6시": "4–6 pm"}


class CustomerAbroad(Customer):
    """John Kim, who reads English, at a desk."""

    size = DESK

    def __init__(self, browser: Browser, service: Service, scripts: bool) -> None:
        self.scripts = scripts
        super().__init__(browser, service, scripts)

    def apply(self) -> tuple[str, str]:
        """From the catalogue to the receipt, with plans of his own."""
        self.day, slot = next(VISITS)
        self.open("/s/iptv/apply?lang=en")
        self.choose("Recommended: Internet 500 Mbps ·")
        self.choose("I will choose plans and contract myself")
        self.choose_plans()
        self.fill("Postcode", "48058")
        self.fill("Address", "1 Centum-ro, Haeundae")
        self.press("Go on")
        self.fill("Visit date", self.day)
        self.choose(SLOTS[slot])
        self.fill("Name", "John O'Neil Kim")
        self.fill("Date of birth", "1990-05-05")
        self.fill("Mobile", "010-9876-5432")
        self.fill("Email", "john@example.com")
        self.choose("English")
        self.press("Go on")
        self.sees("₩33,000")  # the installation without a contract
        self.choose("I accept the terms of service")
        self.choose("I agree to the use of my personal data")
        self.press("Apply")
        self.tracking = (self.page.locator("a[href*='/t/']").first.get_attribute("href") or "").removeprefix(self.address)
        self.open(self.tracking)
        self.fill("Last four digits of your mobile", "5432")
        self.press("See where it stands")
        return self.main.locator(".mono").first.inner_text(), self.tracking

    def choose_plans(self) -> None:
        """The fields of the plans: there at once with scripts, after one round without them."""
        plan = self.page.get_by_role("combobox", name="Internet plan")
        if not self.scripts:
            self.press("Update with my choices")
        expect(plan).to_be_visible(timeout=PATIENCE)
        plan.select_option("NET1G")
        self.page.get_by_role("combobox", name="Contract").select_option("0")


class AgentAbroad(Agent):
    """Agent Lee, whose pages are in English."""

    def take_up(self, task: str, number: str) -> None:
        """Open the task in English."""
        self.open("/tasks?lang=en")
        super().take_up(task, number)


class TechnicianAbroad(Technician):
    """Technician Park, whose pages are in English, on a phone."""

    def stop(self, task: str, number: str, *days: str) -> None:
        """Open the stop in English."""
        self.open("/tasks?lang=en")
        super().stop(task, number, *days)


def test_in_english_from_the_application_to_the_active_line(meet: Callable[[type[Person]], Person]) -> None:
    john, lee, park = meet(CustomerAbroad), meet(AgentAbroad), meet(TechnicianAbroad)
    assert isinstance(john, CustomerAbroad) and isinstance(lee, AgentAbroad) and isinstance(park, TechnicianAbroad)
    number, _ = john.apply()
    john.heading("waiting to be checked")
    lee.take_up("Receive the application", number)
    lee.press("Accept")
    lee.heading("Assign a technician")
    lee.choose("박기사")
    lee.press("Assign")
    john.looks_until("We are preparing your visit")
    park.open("/tasks?lang=en")
    park.take_up("Accept the installation request", number)
    park.press("Accept")
    john.looks_until("박기사 will visit")
    john.sees("Change the visit")
    park.stop("Depart", number, john.day)
    park.press("Depart")
    park.heading("Arrive")
    john.looks_until("on the way")
    park.press("Arrived")
    park.heading("Record the installation")
    park.fill("Modem serial no.", "MDM20260099")
    park.fill("Measured speed", "940")
    park.fill("Confirmed by", "John Kim")
    park.press("Installed")
    john.looks_until("The installation is complete")
    lee.take_up("Complete the subscription", number)
    lee.fill("Billing starts on", datetime.now(KST).date().isoformat())
    lee.press("Complete")
    john.looks_until("active at ₩38,500 a month")
    john.sees("Terminate the line")
    john.does_not_see("O'Neil")


def test_cancelling_on_the_way_costs_what_the_customer_accepted(kim: Customer, lee: Agent, park: Technician, service: Service) -> None:
    number = bring_to_technician(kim, lee)
    accept(park, number)
    park.press("출발하기")
    kim.looks_until("기사님이 가고 있어요")
    kim.follow("가입 취소하기")
    kim.sees("11,000원")
    kim.choose("마음이 바뀌었어요")
    kim.press("가입 취소하기")
    kim.sees("취소 수수료에 동의해 주세요")
    kim.choose("위 취소 수수료에 동의해요")
    kim.press("가입 취소하기")
    kim.looks_until("취소 요청을 확인하고 있어요")
    lee.take_up_from_case("취소신청 접수", "iptv", number)
    lee.press("취소 접수하기")
    lee.sees("‘취소신청 접수’")
    park.open("/tasks?tab=mine")
    park.page.locator("li.t", has=park.page.get_by_role("link", name="취소가능 여부 회신", exact=True)).last.get_by_role("link").first.click()
    park.press("취소할 수 있어요")
    kim.looks_until("취소가 완료됐어요. 수수료 11,000원")
    kim.sees("다시 신청하기")
    lee.take_up_from_case("처리결과 안내", "iptv", number)
    lee.page.get_by_label("안내 방법").select_option("SMS")
    words = lee.page.get_by_label("고객에게 보낼 문구")
    expect(words).to_have_value(re.compile(f"가입신청 {number} 취소가 완료됐어요"))
    words.fill(f"김고객님, {number} 취소를 마쳤어요. 다음에 또 찾아 주세요.")
    lee.press("고객에게 안내하기")
    lee.sees("‘처리결과 안내’")
    for _ in range(LOOKS):
        if any("다음에 또 찾아 주세요" in text["text"] and number in text["text"] for text in service.received()):
            return
        kim.page.wait_for_timeout(250)
    raise AssertionError("the text message never came")
