"""Class registration in a real browser: a professor opens a class, a student applies, looks up and cancels, and what is full makes people wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser

from engine.clock import KST
from tests.browser.people import DESK, Customer, Staff
from tests.service import Service, running
from tests.web.browsing import OpenTab

NUMBERS = count(20260001)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Class registration with its demo classes, and the simulated office, which knows none of them yet."""
    with running(tmp_path_factory.mktemp("courses"), ("courses",)) as started:
        yield started


class Student(Customer):
    """Somebody who studies, on a phone."""

    def sign_up(self, course: str) -> str:
        """From the catalogue to the receipt, and through the gate to the tracking page; the student number."""
        student = str(next(NUMBERS))
        self.open("/")
        self.follow("수강 신청하기")
        self.choose(course)
        self.fill("학번", student)
        self.fill("이름", "김하나")
        self.fill("휴대폰 번호", "010-0000-5678")
        self.choose("한국어")
        self.press("수강 신청하기")
        link = self.page.locator("a[href*='/t/']").first.get_attribute("href") or ""
        self.tracking = link.removeprefix(self.address)
        self.unlock()
        return student

    def press_action(self, button: str, choice: str) -> None:
        """One of the buttons of the tracking page, with its one question."""
        self.open(self.tracking)
        self.follow(button)
        self.choose(choice)
        self.press(button)

    def axe(self) -> list[str]:
        """What axe-core finds wrong with the page."""
        return OpenTab(self.page).axe()


class Professor(Staff):
    """Professor Han."""

    size = DESK
    login = "prof1"

    def open_class(self, name: str, places: str) -> str:
        """Open a class on Thursdays; the address of its page."""
        now = datetime.now(KST)
        self.open("/cases")
        self.follow("강의 개설하기")
        self.fill("강의명", name)
        self.fill("수강정원", places)
        first = self.page.get_by_role("group", name="요일과 시간 1번째")
        first.get_by_label("요일").select_option(label="목")
        first.get_by_label("시작").fill("16:00")
        first.get_by_label("끝").fill("18:00")
        self.moment("신청 시작", now - timedelta(hours=1))
        self.moment("신청 끝", now + timedelta(days=3))
        self.moment("개강", now + timedelta(days=20))
        self.press("강의 개설하기")
        self.sees(name)
        return self.page.url.removeprefix(self.address)

    def moment(self, label: str, when: datetime) -> None:
        """Type a date and a time."""
        self.fill(label, when.strftime("%Y-%m-%dT%H:%M"))


@pytest.fixture
def student(browser: Browser, service: Service, scripts: bool) -> Iterator[Student]:
    """A student, whose console may not have complained at the end."""
    person = Student(browser, service, scripts)
    yield person
    complaints = person.complaints
    person.leave()
    assert complaints == []


@pytest.fixture
def professor(browser: Browser, service: Service, scripts: bool) -> Iterator[Professor]:
    """Professor Han, signed in."""
    person = Professor(browser, service, scripts)
    yield person
    complaints = person.complaints
    person.leave()
    assert complaints == []


def test_a_class_is_opened_and_a_student_registers_and_cancels(professor: Professor, student: Student, service: Service, scripts: bool) -> None:
    name = f"통계학 {'하나' if scripts else '둘'}"
    page = professor.open_class(name, "2")
    student.sign_up(name)
    student.looks_until(f"「{name}」 수강 등록이 완료됐어요")
    if scripts:
        assert student.axe() == []
    assert any(f"「{name}」 수강 등록이 완료" in text["text"] for text in service.received())
    student.press_action("신청 취소하기", "그냥 취소해요")
    student.looks_until("수강 신청이 취소됐어요")
    student.open(f"{student.tracking}/cancel")
    student.sees("이미 끝났거나 취소한 신청이에요")
    professor.open("/lists/courses/lectures")
    professor.sees(name)
    professor.open(page)
    professor.sees("폐강하기")


def test_a_withdrawn_class_tells_its_students(professor: Professor, student: Student, scripts: bool) -> None:
    name = f"논리학 {'하나' if scripts else '둘'}"
    page = professor.open_class(name, "5")
    student.sign_up(name)
    student.looks_until("수강 등록이 완료됐어요")
    professor.open(page)
    professor.follow("폐강하기")
    professor.fill("폐강 사유", "교수 사정")
    professor.press("폐강하기")
    student.looks_until("강의가 폐강되어 신청이 취소됐어요")


@pytest.mark.parametrize("scripts", [False])
def test_a_seeded_class_fills_and_the_next_waits(student: Student, service: Service, scripts: bool) -> None:
    for _ in range(2):
        student.sign_up("수학")
        student.looks_until("「수학」 수강 등록이 완료됐어요")
    registered = student.tracking
    student.sign_up("수학")
    student.looks_until("대기 1번이에요")
    waiting, student.tracking = student.tracking, registered
    student.press_action("신청 취소하기", "그냥 취소해요")
    student.tracking = waiting
    student.looks_until("자리가 생겼어요")
    student.press_action("자리 수락하기", "이 자리를 받을게요")
    student.looks_until("「수학」 수강 등록이 완료됐어요")
    with httpx.Client(base_url=service.address, headers={"Accept": "application/json"}) as stranger:
        assert stranger.post(f"{student.tracking}/cancel", json={}).status_code == 404
        assert stranger.get("/lists/courses/applications").status_code == 401


class Guest(Student):
    """A student at a desk, in English."""

    size = DESK


def test_in_english_at_a_desk(browser: Browser, service: Service, scripts: bool) -> None:
    guest = Guest(browser, service, scripts)
    guest.open("/s/courses/apply?lang=en")
    guest.choose("한국사")
    guest.fill("Student number", str(next(NUMBERS)))
    guest.fill("Name", "Min Park")
    guest.fill("Mobile", "010-0000-5678")
    guest.choose("English")
    guest.press("Apply for a class")
    guest.tracking = (guest.page.locator("a[href*='/t/']").first.get_attribute("href") or "").removeprefix(guest.address)
    guest.open(guest.tracking)
    guest.fill("Last four digits of your mobile", "5678")
    guest.press("See where it stands")
    guest.looks_until("Registered for 한국사")
    assert not scripts or guest.axe() == []
    guest.press_action("Cancel the application", "Other")
    guest.looks_until("Application cancelled")
    assert any("Your application for 한국사 is cancelled" in text["text"] for text in service.received())
    guest.leave()
    assert guest.complaints == []
