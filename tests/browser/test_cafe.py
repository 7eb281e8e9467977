"""A morning in the café, through real windows with and without the pages' scripts: ordered, accepted, made, handed over; cancelled; busy; prices."""

from collections.abc import Callable, Iterator
from typing import ClassVar

import httpx2 as httpx
import pytest

from tests.browser.people import DESK, Customer, Person, Staff, taken
from tests.service import Service, running
from tests.web.browsing import OpenTab


class Drinker(Customer):
    """A customer of the café."""

    def order(self, product: str, qty: str = "1") -> str:
        """From the catalogue to the status page; the number to say at the counter."""
        self.tracking = taken(self, "주문하기", lambda: self.fill_in(product, qty))
        self.open(self.tracking)
        self.fill("휴대폰 번호 뒷자리 4개", "2222")
        self.press("진행 상황 보기")
        return self.page.locator("dd").first.inner_text()

    def fill_in(self, product: str, qty: str) -> None:
        """Everything but the last press."""
        self.open("/s/cafe/order")
        self.choose(product)
        self.fill("수량", qty)
        self.fill("휴대폰 번호", "010-1111-2222")
        self.choose("한국어")


class DrinkerAbroad(Drinker):
    """A customer who reads English, at a desk."""

    size = DESK

    def order(self, product: str, qty: str = "1") -> str:
        """From the catalogue to the status page, in English."""
        self.tracking = taken(self, "Order", lambda: self.fill_in_english(product, qty))
        self.open(self.tracking)
        self.fill("Last four digits of your mobile", "2222")
        self.press("See where it stands")
        return self.page.locator("dd").first.inner_text()

    def fill_in_english(self, product: str, qty: str) -> None:
        """Everything but the last press."""
        self.open("/s/cafe/order?lang=en")
        self.choose(product)
        self.fill("Quantity", qty)
        self.fill("Mobile", "010-1111-2222")
        self.choose("English")


class Barista(Staff):
    """Barista Han, at the counter."""

    size = DESK
    login: ClassVar = "barista1"


class BaristaAbroad(Staff):
    """Barista Oh, who reads English, with a phone."""

    login: ClassVar = "barista2"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`baton run` with the café and its accounting, and the simulated partners."""
    with running(tmp_path_factory.mktemp("cafe"), ("cafe", "cafe_accounting")) as started:
        yield started


@pytest.fixture
def customer(meet: Callable[[type[Person]], Person]) -> Person:
    """A customer, on a phone."""
    return meet(Drinker)


@pytest.fixture
def barista(meet: Callable[[type[Person]], Person]) -> Person:
    """A barista, signed in."""
    return meet(Barista)


def check(person: Person, scripts: bool) -> None:
    """Everybody can use the page; axe itself needs scripts."""
    assert not scripts or OpenTab(person.page).axe() == []


def payment(service: Service, state: str) -> None:
    """The payment service works, or does not."""
    assert httpx.post(f"{service.partners}/switch", data={"payment": state}).is_redirect


def test_from_the_order_to_the_counter(customer: Drinker, barista: Barista, service: Service, scripts: bool) -> None:
    number = customer.order("아이스 아메리카노", "2")
    customer.looks_until("주문이 매장에 전달됐어요")
    check(customer, scripts)
    barista.take_up("접수·거절", number)
    barista.sees("아이스 아메리카노 × 2")
    barista.sees("안내할 시간")
    barista.sees("10분")
    check(barista, scripts)
    barista.press("접수하기")
    customer.looks_until("음료를 만들고 있어요")
    customer.sees("약 10분 걸려요")
    barista.take_up("제조 완료", number)
    barista.press("다 만들었어요")
    customer.looks_until(f"{number}번 음료가 완성됐어요")
    barista.take_up("수령 확인", number)
    barista.fill("수령 번호", "9999")
    barista.press("건넸어요")
    barista.sees("이 주문의 번호가 아니에요")
    barista.fill("수령 번호", number)
    barista.press("건넸어요")
    customer.looks_until("받아 가셨어요")
    customer.does_not_see("01011112222")
    assert any("음료가 완성됐어요" in text["text"] for text in service.received())


def test_in_english_from_a_desk_and_with_a_phone_behind_the_counter(meet: Callable[[type[Person]], Person], service: Service, scripts: bool) -> None:
    customer, barista = meet(DrinkerAbroad), meet(BaristaAbroad)
    assert isinstance(customer, DrinkerAbroad) and isinstance(barista, BaristaAbroad)
    number = customer.order("Café latte", "2")
    customer.looks_until("Your order was sent to the store")
    customer.sees("Café latte")
    check(customer, scripts)
    barista.open("/tasks?lang=en")
    barista.take_up("Accept or reject", number)
    barista.sees("Café latte × 2")
    barista.sees("Usual time")
    check(barista, scripts)
    barista.fill("Ready in (minutes)", "7")
    barista.press("Accept")
    customer.looks_until("Your order is being made")
    customer.sees("About 7 minutes")
    barista.take_up("Made", number)
    barista.press("It is made")
    customer.looks_until(f"Order {number} is ready")
    barista.take_up("Handed over", number)
    barista.fill("Pick-up number", number)
    barista.press("Handed over")
    customer.looks_until("Picked up. Thank you")
    customer.order("Green tea")
    customer.looks_until("Your order was sent to the store")
    customer.follow("Cancel the order")
    customer.choose("It takes too long")
    check(customer, scripts)
    customer.press("Cancel the order")
    customer.looks_until("You have been refunded")
    assert any("Order " + number + " is ready for pick-up" in text["text"] for text in service.received())


def test_an_order_is_cancelled_until_the_store_accepts(customer: Drinker, barista: Barista) -> None:
    number = customer.order("카페라떼")
    customer.looks_until("주문이 매장에 전달됐어요")
    customer.follow("주문 취소하기")
    customer.sees("3,000원")
    customer.choose("마음이 바뀌었어요")
    customer.press("주문 취소하기")
    customer.looks_until("환불이 끝났어요")
    customer.sees("3,000원을 돌려드렸어요")
    barista.open(f"/tasks?tab=all&q={number}")
    barista.does_not_see("접수·거절")


def test_while_payment_is_down_the_form_is_kept_and_said_again(customer: Drinker, service: Service, scripts: bool) -> None:
    customer.fill_in("녹차", "3")
    payment(service, "down")
    with customer.page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 503) as answer:
        customer.press("주문하기")
    payment(service, "ok")
    assert answer.value.headers["retry-after"]
    customer.sees("현재 이용자가 많아 주문을 받지 못했어요")
    assert customer.page.get_by_label("수량").input_value() == "3"
    assert customer.page.get_by_label("휴대폰 번호").input_value() == "010-1111-2222"
    assert customer.page.get_by_label("녹차").is_checked()
    check(customer, scripts)


def test_a_price_that_changes_while_somebody_chooses_is_said_before_it_is_paid(customer: Drinker, barista: Barista) -> None:
    customer.fill_in("녹차", "1")
    barista.open("/lists/cafe/menu/row/GreenTea")
    old = int(barista.page.get_by_label("값(원)").input_value().replace(",", ""))
    barista.fill("값(원)", str(old + 100))
    barista.press("저장하기")
    barista.open("/lists/cafe/menu")
    barista.sees(f"{old + 100:,}")
    customer.press("주문하기")
    customer.sees("그 사이에 값이 바뀌었어요")
    customer.sees(f"{old + 100:,}원")
    assert taken(customer, "주문하기", lambda: None)
    barista.open("/lists/cafe/menu/row/GreenTea")
    barista.page.get_by_label("판매 중").uncheck()
    barista.press("저장하기")
    customer.open("/s/cafe/order")
    assert customer.page.get_by_label("녹차").is_disabled()
    barista.open("/lists/cafe/menu/row/GreenTea")
    barista.page.get_by_label("판매 중").check()
    barista.press("저장하기")
