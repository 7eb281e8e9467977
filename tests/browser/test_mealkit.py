"""Meal kits in a real browser: ordered, shipped, delivered and cancelled; at a desk and on a phone, in Korean and in English."""

from collections.abc import Callable, Iterator

import httpx2 as httpx
import pytest

from tests.browser.people import DESK, PHONE, Customer, Person, Staff
from tests.service import Service, running
from tests.web.browsing import OpenTab


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`baton run` with the demo kits, and the simulated partners."""
    with running(tmp_path_factory.mktemp("mealkit"), ("mealkit",)) as started:
        yield started


class Eater(Customer):
    """Somebody hungry, on a phone, in Korean."""

    def order(self, kit: str, qty: str) -> str:
        """From the form to the status page; the number of the order."""
        self.fill_in(kit, qty)
        self.press("결제하고 주문하기")
        self.follow_link()
        self.fill("휴대폰 번호 뒷자리 4개", "2222")
        self.press("진행 상황 보기")
        return self.main.locator(".mono").first.inner_text()

    def fill_in(self, kit: str, qty: str) -> None:
        """Everything but the last press."""
        self.open("/s/mealkit/order")
        self.choose(kit)
        self.fill("수량", qty)
        self.fill("받는 분", "김하나")
        self.fill("휴대폰 번호", "010-1111-2222")
        self.fill("받을 주소", "서울 중구 세종대로 110")
        self.choose("한국어")

    def follow_link(self) -> None:
        """From the receipt to the gate of the tracking page."""
        self.tracking = (self.page.locator("a[href*='/t/']").first.get_attribute("href") or "").removeprefix(self.address)
        self.open(self.tracking)


class Guest(Eater):
    """Somebody hungry, at a desk, in English."""

    size = DESK

    def order(self, kit: str, qty: str) -> str:
        """From the form to the status page; the number of the order."""
        self.open("/s/mealkit/order?lang=en")
        self.choose(kit)
        self.fill("Quantity", qty)
        self.fill("Name", "Min Park")
        self.fill("Mobile", "010-1111-3333")
        self.fill("Address", "110 Sejong-daero, Seoul")
        self.choose("English")
        self.press("Pay and order")
        self.follow_link()
        self.fill("Last four digits of your mobile", "3333")
        self.press("See where it stands")
        return self.main.locator(".mono").first.inner_text()


class Warehouse(Staff):
    """Ko of the warehouse, at a desk."""

    size = DESK
    login = "warehouse1"


class Courier(Warehouse):
    """The same, on the phone in the van."""

    size = PHONE


def check(person: Person, scripts: bool) -> None:
    """Everybody can use the page, and nothing is wider than it; axe itself needs scripts."""
    if scripts:
        assert OpenTab(person.page).axe() == []
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_the_order_to_the_door(meet: Callable[[type[Person]], Person], service: Service, scripts: bool) -> None:
    customer, warehouse = meet(Eater), meet(Warehouse)
    assert isinstance(customer, Eater) and isinstance(warehouse, Warehouse)
    number = customer.order("소불고기 2인분", "2")
    customer.looks_until("배송을 준비하고 있어요")
    customer.sees("31,800")
    check(customer, scripts)
    warehouse.take_up("배송 시작", number)
    warehouse.sees("소불고기 2인분 × 2")
    warehouse.sees("서울 중구 세종대로 110")
    check(warehouse, scripts)
    warehouse.fill("송장번호", "1234-5678")
    warehouse.press("배송 시작하기")
    customer.looks_until("배송하고 있어요")
    customer.sees("1234-5678")
    customer.open(f"{customer.tracking}/cancel")
    customer.sees("배송이 시작되어 취소할 수 없어요")
    warehouse.take_up("배송 완료", number)
    warehouse.press("배송 완료하기")
    customer.looks_until("받으셨어요")
    customer.does_not_see("01011112222")
    assert any("배송을 시작했어요" in text["text"] for text in service.received())


def test_in_english_with_the_warehouse_on_a_phone(meet: Callable[[type[Person]], Person], service: Service, scripts: bool) -> None:
    guest, courier = meet(Guest), meet(Courier)
    assert isinstance(guest, Guest) and isinstance(courier, Courier)
    number = guest.order("Kimchi stew for two", "1")
    guest.looks_until("We are preparing your parcel")
    check(guest, scripts)
    courier.open("/?lang=en")
    courier.take_up("Ship it", number)
    courier.sees("Kimchi stew for two × 1")
    check(courier, scripts)
    courier.press("Ship it")
    guest.looks_until("It is on its way")
    courier.open("/lists/mealkit/kits/row/Jjigae")
    unit = courier.main.get_by_text("KRW", exact=True).bounding_box()
    assert unit is not None and unit["width"] > unit["height"], "the unit breaks"
    assert any("Kimchi stew for two has been shipped" in text["text"] for text in service.received())


@pytest.mark.parametrize("kind", [Eater, Guest], ids=["phone, Korean", "desk, English"])
def test_an_order_is_cancelled_until_it_is_shipped(meet: Callable[[type[Person]], Person], kind: type[Eater], scripts: bool) -> None:
    customer = meet(kind)
    assert isinstance(customer, Eater)
    korean = kind is Eater
    number = customer.order("김치찌개 2인분" if korean else "Kimchi stew for two", "3")
    customer.looks_until("배송을 준비하고 있어요" if korean else "We are preparing your parcel")
    customer.follow("주문 취소하기" if korean else "Cancel the order")
    customer.sees("29,700")
    check(customer, scripts)
    customer.press("주문 취소하기" if korean else "Cancel the order")
    customer.looks_until("29,700원을 돌려드렸어요" if korean else "₩29,700 refunded")
    assert customer.page.locator(".prog, .steps .todo").count() == 0, "a cancelled order has no steps to come"
    warehouse = meet(Warehouse)
    warehouse.open(f"/tasks?tab=all&q={number}")
    warehouse.does_not_see("배송 시작")


def test_while_payment_is_down_nothing_is_ordered_and_the_form_is_kept(
    meet: Callable[[type[Person]], Person], service: Service, scripts: bool
) -> None:
    customer = meet(Eater)
    assert isinstance(customer, Eater)
    customer.fill_in("소불고기 2인분", "4")
    payment(service, "down")
    with customer.page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 503):
        customer.press("결제하고 주문하기")
    payment(service, "ok")
    customer.sees("주문을 받지 못했어요")
    assert customer.page.get_by_label("수량").input_value() == "4"
    check(customer, scripts)


def payment(service: Service, state: str) -> None:
    """The payment service works, or does not."""
    assert httpx.post(f"{service.partners}/switch", data={"payment": state}).is_redirect


def test_the_warehouse_makes_more(meet: Callable[[type[Person]], Person], scripts: bool) -> None:
    warehouse, customer = meet(Warehouse), meet(Eater)
    warehouse.open("/lists/mealkit/kits")
    check(warehouse, scripts)
    warehouse.open("/lists/mealkit/kits/row/Jjigae")
    made = int(warehouse.page.get_by_label("지금까지 만든 수").input_value().replace(",", ""))
    customer.open("/s/mealkit/order")
    left = customer.main.get_by_text("개 남음").nth(0).inner_text()
    warehouse.fill("지금까지 만든 수", str(made + 1))
    warehouse.press("저장하기")
    warehouse.open("/lists/mealkit/kits")
    warehouse.sees(f"{made + 1:,}")
    customer.open("/s/mealkit/order")
    assert customer.main.get_by_text("개 남음").nth(0).inner_text() != left
