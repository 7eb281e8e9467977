"""A day at the museum, through real windows with and without the pages' scripts: booked, admitted, cancelled, withdrawn; busy."""

from collections.abc import Callable, Iterator
from typing import ClassVar

import httpx2 as httpx
import pytest

from tests.browser.people import DESK, Customer, Person, Staff, taken
from tests.service import Service, running
from tests.web.browsing import OpenTab


class Visitor(Customer):
    """A visitor of the museum."""

    def book(self, exhibition: str, people: str = "1") -> str:
        """From the catalogue to the status page; the number of the booking."""
        self.tracking = taken(self, "전시 예약하기", lambda: self.fill_in(exhibition, people))
        self.open(self.tracking)
        self.fill("휴대폰 번호 뒷자리 4개", "3333")
        self.press("진행 상황 보기")
        return self.main.locator(".mono").first.inner_text()

    def fill_in(self, exhibition: str, people: str) -> None:
        """Everything but the last press."""
        self.open("/s/museum/book")
        self.choose(exhibition)
        self.fill("인원", people)
        self.fill("예약자 이름", "김관람")
        self.fill("휴대폰 번호", "010-1111-3333")
        self.choose("한국어")


class VisitorAbroad(Visitor):
    """A visitor who reads English, at a desk."""

    size = DESK

    def book(self, exhibition: str, people: str = "1") -> str:
        """From the catalogue to the status page, in English."""
        self.tracking = taken(self, "Book an exhibition", lambda: self.fill_in_english(exhibition, people))
        self.open(self.tracking)
        self.fill("Last four digits of your mobile", "4444")
        self.press("See where it stands")
        return self.main.locator(".mono").first.inner_text()

    def fill_in_english(self, exhibition: str, people: str) -> None:
        """Everything but the last press."""
        self.open("/s/museum/book?lang=en")
        self.choose(exhibition)
        self.fill("People", people)
        self.fill("Name", "Anne O'Hara")
        self.fill("Mobile", "010-1111-4444")
        self.choose("English")


class Curator(Staff):
    """Curator Yoon."""

    size = DESK
    login: ClassVar = "curator1"


class CuratorAbroad(Staff):
    """Curator Yoon, on the way, with a phone."""

    login: ClassVar = "curator1"


class GateStaff(Staff):
    """Moon, at the gate with a phone."""

    login: ClassVar = "gate1"


class GateDesk(Staff):
    """Moon, at the desk of the gate."""

    size = DESK
    login: ClassVar = "gate1"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`baton run` with the museum and its entry confirmation, and the simulated partners."""
    with running(tmp_path_factory.mktemp("museum"), ("museum", "museum_entry")) as started:
        yield started


@pytest.fixture
def visitor(meet: Callable[[type[Person]], Person]) -> Person:
    """A visitor, on a phone."""
    return meet(Visitor)


@pytest.fixture
def curator(meet: Callable[[type[Person]], Person]) -> Person:
    """The curator, signed in."""
    return meet(Curator)


@pytest.fixture
def gate(meet: Callable[[type[Person]], Person]) -> Person:
    """Gate staff, signed in."""
    return meet(GateStaff)


def check(person: Person, scripts: bool) -> None:
    """Everybody can use the page; axe itself needs scripts."""
    assert not scripts or OpenTab(person.page).axe() == []


def admit(gate: GateStaff, booking: str) -> None:
    """Gate staff read the booking number."""
    gate.open("/cases/start/museum_entry/gate")
    gate.fill("예약번호", booking)
    gate.press("입장 확인하기")


def test_from_the_booking_to_the_gate(visitor: Visitor, gate: GateStaff, service: Service, scripts: bool) -> None:
    visitor.open("/s/museum/book")
    visitor.sees("남은 자리")
    check(visitor, scripts)
    booking = visitor.book("오늘의 드로잉", "2")
    visitor.looks_until("예약이 완료됐어요")
    check(visitor, scripts)
    admit(gate, "B-20200101-0001")
    gate.sees("없는 예약번호예요")
    check(gate, scripts)
    admit(gate, booking)
    visitor.looks_until("입장했어요")
    visitor.does_not_see("01011113333")
    admit(gate, booking)
    gate.sees("이미 입장한 예약이에요")
    gate.open("/lists/museum_entry/entries")
    gate.sees(booking)
    assert any("예약이 완료됐어요" in text["text"] for text in service.received())


def test_in_english_from_a_desk_to_the_desk_at_the_gate(meet: Callable[[type[Person]], Person], service: Service, scripts: bool) -> None:
    visitor, gate, curator = meet(VisitorAbroad), meet(GateDesk), meet(CuratorAbroad)
    assert isinstance(visitor, VisitorAbroad)
    booking = visitor.book("오늘의 드로잉", "1")
    visitor.looks_until("You are booked")
    visitor.sees("for 1")
    check(visitor, scripts)
    gate.open("/cases/start/museum_entry/gate?lang=en")
    gate.fill("Booking no.", booking)
    gate.press("Admit")
    visitor.looks_until("Entered")
    gate.open("/lists/museum_entry/entries")
    gate.sees("Entered")
    check(gate, scripts)
    visitor.book("달항아리전")
    visitor.looks_until("You are booked")
    visitor.follow("Cancel the booking")
    visitor.choose("I am ill")
    visitor.press("Cancel the booking")
    visitor.looks_until("Booking cancelled")
    curator.open("/lists/museum/bookings?lang=en")
    curator.sees("Cancelled")
    curator.does_not_see("Anne O'Hara")
    check(curator, scripts)
    assert any("Your booking of" in text["text"] for text in service.received())


def test_a_booking_is_cancelled_and_not_admitted(visitor: Visitor, gate: GateStaff, scripts: bool) -> None:
    booking = visitor.book("달항아리전")
    visitor.looks_until("예약이 완료됐어요")
    admit(gate, booking)
    gate.sees("오늘 예약이 아니에요")
    visitor.follow("예약 취소하기")
    visitor.choose("몸이 아파요")
    check(visitor, scripts)
    visitor.press("예약 취소하기")
    visitor.looks_until("예약이 취소됐어요")
    visitor.open(f"{visitor.tracking}/cancel")
    visitor.sees("이미 끝난 예약이라 취소할 수 없어요")


def test_an_exhibition_comes_and_goes(visitor: Visitor, curator: Curator, scripts: bool) -> None:
    name = f"새 전시 {scripts}"
    curator.open("/cases/start/museum/register")
    curator.fill("전시명", name)
    curator.fill("전시홀", name)
    curator.fill("날짜", "2099-05-05")
    curator.fill("정원", "4")
    check(curator, scripts)
    curator.press("전시 등록하기")
    visitor.book(name, "3")
    visitor.looks_until("예약이 완료됐어요")
    curator.open("/cases/start/museum/change_capacity")
    curator.choose(name)
    curator.fill("새 정원", "2")
    curator.press("정원 바꾸기")
    curator.sees("이미 3명이 예약했어요")
    curator.open("/cases/start/museum/delete")
    curator.choose(name)
    curator.fill("사유", "작품 보수")
    curator.fill("남은 예약 수", "0")
    curator.press("전시 삭제하기")
    curator.sees("남은 예약은 1건이에요")
    curator.fill("남은 예약 수", "1")
    curator.press("전시 삭제하기")
    visitor.looks_until("전시가 취소되어 예약이 자동으로 취소됐어요")
    visitor.sees("작품 보수")
    curator.open("/lists/museum/exhibitions")
    curator.sees("삭제됨")
    check(curator, scripts)


def test_while_the_seats_are_down_or_gone_the_form_is_kept_and_said_again(visitor: Visitor, service: Service, scripts: bool) -> None:
    visitor.fill_in("달항아리전", "2")
    assert httpx.post(f"{service.partners}/switch", data={"exhibitions": "down"}).is_redirect
    with visitor.page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 503) as answer:
        visitor.press("전시 예약하기")
    assert httpx.post(f"{service.partners}/switch", data={"exhibitions": "ok"}).is_redirect
    assert answer.value.headers["retry-after"]
    visitor.sees("현재 이용자가 많아 예약하지 못했어요")
    assert visitor.page.get_by_label("예약자 이름").input_value() == "김관람"
    check(visitor, scripts)
    visitor.fill_in("빛의 정원", "6")
    visitor.press("전시 예약하기")
    visitor.sees("잔여 인원이 부족하여 예약할 수 없어요")
    assert visitor.page.get_by_label("인원").first.input_value() == "6"
