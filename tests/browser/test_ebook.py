"""E-books in a real browser: a reader registers, rents, gives back and cancels; the book manager adds a book; nobody reads for somebody else."""

from collections.abc import Iterator
from itertools import count

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser

from tests.browser.people import DESK, LOOKS, Customer, Staff
from tests.service import Service, running
from tests.web.browsing import OpenTab

NUMBERS = count(1000)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The rental and the book management with their demo books, and the simulated partners."""
    with running(tmp_path_factory.mktemp("books"), ("ebook", "ebook_books")) as started:
        yield started


class Reader(Customer):
    """Somebody who reads on a phone."""

    def register(self) -> None:
        """Become a customer, and open one's own page."""
        self.digits = str(next(NUMBERS))
        self.open("/s/ebook/register")
        self.fill("이름", "김하나")
        self.fill("휴대폰 번호", f"010-0000-{self.digits}")
        self.choose("한국어")
        self.choose("개인정보 수집과 이용에 동의해요")
        self.press("가입하기")
        link = self.page.locator("a[href*='/t/']").first.get_attribute("href") or ""
        self.home = self.tracking = link.removeprefix(self.address)
        self.unlock()
        self.heading("지금 읽는 책이 없어요")

    def unlock(self) -> None:
        """Pass the gate with the last four digits."""
        self.open(self.tracking)
        self.fill("휴대폰 번호 뒷자리 4개", self.digits)
        self.press("진행 상황 보기")

    def rent(self, book: str) -> None:
        """From one's own page to the page of the rental."""
        self.open(self.home)
        self.follow("책 빌리기")
        self.choose(book)
        self.press("결제하고 빌리기")
        self.tracking = self.page.url.removeprefix(self.address)
        self.looks_until(f"「{book}」 책을")

    def axe(self) -> list[str]:
        """What axe-core finds wrong with the page; it needs the page's scripts."""
        return OpenTab(self.page).axe()


class Guest(Reader):
    """Somebody who reads at a desk, in English."""

    size = DESK

    def register(self) -> None:
        """Become a customer, and open one's own page."""
        self.digits = str(next(NUMBERS))
        self.open("/s/ebook/register?lang=en")
        self.fill("Name", "Min Park")
        self.fill("Mobile", f"010-0000-{self.digits}")
        self.choose("I agree to the use of my personal data")
        self.press("Register")
        link = self.page.locator("a[href*='/t/']").first.get_attribute("href") or ""
        self.home = self.tracking = link.removeprefix(self.address)
        self.unlock()
        self.heading("You have no book now")

    def unlock(self) -> None:
        """Pass the gate with the last four digits."""
        self.open(self.tracking)
        self.fill("Last four digits of your mobile", self.digits)
        self.press("See where it stands")


class Manager(Staff):
    """The book manager."""

    size = DESK
    login = "bookmanager1"

    def add_book(self, name: str) -> None:
        """Register a book; its case page opens."""
        self.open("/cases/start/ebook_books/register")
        self.fill("도서명", name)
        self.fill("대여료", "1200")
        self.choose("7일")
        self.fill("동시 대여 가능 수", "2")
        self.press("등록하기")
        self.sees(name)


@pytest.fixture
def reader(browser: Browser, service: Service, scripts: bool) -> Iterator[Reader]:
    """A reader who has registered; at the end their console may not have complained."""
    person = Reader(browser, service, scripts)
    person.register()
    yield person
    person.leave()
    assert person.complaints == []


@pytest.fixture
def manager(browser: Browser, service: Service, scripts: bool) -> Iterator[Manager]:
    """The book manager, signed in."""
    person = Manager(browser, service, scripts)
    yield person
    person.leave()
    assert person.complaints == []


def test_a_book_is_rented_and_given_back(reader: Reader, service: Service, scripts: bool) -> None:
    reader.rent("채식주의자")
    assert not scripts or reader.axe() == []
    assert any("채식주의자" in text["text"] for text in service.received())
    reader.follow("반납하기")
    assert not scripts or reader.axe() == []
    reader.press("반납하기")
    reader.looks_until("반납했어요")
    reader.open(reader.home)
    reader.heading("지금 읽는 책이 없어요")


def test_a_rental_is_cancelled_and_paid_back(reader: Reader) -> None:
    reader.rent("토지 1")
    reader.follow("대여 취소하기")
    reader.choose("마음이 바뀌었어요")
    reader.press("대여 취소하기")
    reader.looks_until("2,500원이 환불됐어요")
    reader.open(f"{reader.tracking}/cancel")
    reader.sees("이미 끝난 대여예요")


def test_the_manager_adds_a_book_and_a_reader_rents_it(manager: Manager, reader: Reader, scripts: bool) -> None:
    name = f"새로 나온 책 {'하나' if scripts else '둘'}"
    manager.add_book(name)
    reader.open(reader.home)
    for _ in range(LOOKS):
        reader.follow("책 빌리기")
        if name in reader.main.inner_text():
            break
        reader.page.wait_for_timeout(250)
        reader.open(reader.home)
    assert not scripts or reader.axe() == []
    reader.rent(name)
    manager.open("/lists/ebook/rentals")
    manager.sees(name)
    manager.does_not_see("김하나")


@pytest.mark.parametrize("scripts", [False])
def test_nobody_acts_on_somebody_elses_rental(reader: Reader, service: Service, scripts: bool) -> None:
    reader.rent("운수 좋은 날")
    with httpx.Client(base_url=service.address, headers={"Accept": "application/json"}) as stranger:
        assert stranger.post(f"{reader.tracking}/return_book", json={}).status_code == 404
        assert stranger.post(reader.tracking, json={"digits": "0000"}).status_code == 404
        assert stranger.post(f"{reader.home}/return_book", json={}).status_code == 404
        assert stranger.post("/cases/start/ebook_books/register", json={"book_name": "책"}).status_code == 401
        assert stranger.get("/lists/ebook/rentals").status_code == 401
    reader.looks_until("「운수 좋은 날」 책을")


def test_in_english_at_a_desk(browser: Browser, service: Service, scripts: bool) -> None:
    guest = Guest(browser, service, scripts)
    guest.register()
    guest.follow("Rent a book")
    guest.sees("₩2,500")
    guest.choose("토지 1")
    guest.press("Pay and rent")
    guest.tracking = guest.page.url.removeprefix(guest.address)
    guest.looks_until('You can read "토지 1" until')
    assert not scripts or guest.axe() == []
    guest.follow("Cancel the rental")
    guest.choose("I changed my mind")
    guest.press("Cancel the rental")
    guest.looks_until("₩2,500 refunded")
    guest.leave()
    assert guest.complaints == []
