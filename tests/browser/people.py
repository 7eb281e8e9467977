"""The cast, each with a window of their own: what they do, in the words that stand on the pages."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from playwright.sync_api import Browser, ConsoleMessage, Locator, expect

from engine.clock import KST
from tests.service import PASSWORD, Service

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
LOOKS = 120  # a quarter of a second apart, at most: workers do their part between two looks
PATIENCE = 30_000  # milliseconds at most: workers bring messages between two steps, and a test machine may be busy
SLOTS = ("오전 9~11시", "오전 11시~오후 1시", "오후 2~4시", "오후 4~6시")
BUNDLE = "인터넷 500Mbps + IPTV"


def visits() -> Iterator[tuple[str, str]]:
    """Days and times for a visit, each once: one technician works in Busan."""
    today = datetime.now(KST).date()
    for days in range(2, 14):
        day = today + timedelta(days=days)
        if day.isoweekday() != 7:
            yield from ((day.isoformat(), slot) for slot in SLOTS)


VISITS = visits()


class Person:
    """Somebody in front of a window."""

    size: ClassVar = PHONE
    login: ClassVar = ""

    def __init__(self, browser: Browser, service: Service, scripts: bool) -> None:
        self.address = service.address
        self.complaints: list[str] = []
        self._asked: set[str] = set()  # pages: a refused one is heard of before it is the page
        self._context = browser.new_context(
            viewport=self.size,  # type: ignore[arg-type]
            has_touch=self.size is PHONE,
            locale="ko-KR",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self.page = self._context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("request", lambda request: self._asked.add(request.url) if request.is_navigation_request() else None)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if self.login:
            self.sign_in()

    def _hear(self, message: ConsoleMessage) -> None:
        refusal = message.text.startswith("Failed to load resource") and (message.location or {}).get("url") in self._asked
        if message.type in ("error", "warning") and not refusal:
            self.complaints.append(message.text)

    def leave(self) -> None:
        """Close the window."""
        self._context.close()

    def sign_in(self) -> None:
        """Type login and password."""
        self.open("/login")
        self.fill("아이디", self.login)
        self.fill("비밀번호", PASSWORD)
        self.press("로그인")
        self.sees("로그인했어요")

    def open(self, path: str) -> None:
        """Go to an address of the service."""
        self.page.goto(self.address + path)

    @property
    def main(self) -> Locator:
        """The content of the page."""
        return self.page.locator("main")

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label).first.fill(value)

    def choose(self, label: str) -> None:
        """Choose the radio or tick the box with this label."""
        self.page.get_by_label(label).first.check()

    def press(self, label: str) -> None:
        """Press the button with this text."""
        self.main.get_by_role("button", name=label).first.click()

    def follow(self, label: str) -> None:
        """Follow the link with this text."""
        self.main.get_by_role("link", name=label).first.click()

    def sees(self, words: str) -> None:
        """The page says this."""
        expect(self.main).to_contain_text(words, timeout=PATIENCE)

    def does_not_see(self, words: str) -> None:
        """The page does not say this."""
        expect(self.main).not_to_contain_text(words)

    def heading(self, words: str) -> None:
        """The page's heading."""
        expect(self.page.locator("h1")).to_contain_text(words, timeout=PATIENCE)


def taken(person: Person, button: str, fill: Callable[[], None]) -> str:
    """Fill in and press until it is taken, as often as a partner is too slow on a busy machine; the address to follow it."""
    link = person.page.locator("a[href*='/t/']").first
    for _ in range(100):  # longer than a breaker stays open
        fill()
        with person.page.expect_navigation():
            person.press(button)
        if link.count():
            break
        person.page.wait_for_timeout(1000)
    assert link.count(), person.main.inner_text()
    return (link.get_attribute("href") or "").removeprefix(person.address)


class Customer(Person):
    """Customer Kim of Busan."""

    def apply(self) -> tuple[str, str]:
        """From the catalogue to the receipt; the number of the application and the address to follow it."""
        self.day, slot = next(VISITS)
        self.open("/")
        self.follow("가입 신청하기")
        self.choose(BUNDLE)
        self.fill("우편번호", "48058")
        self.fill("도로명 주소", "부산 해운대구 센텀로 1")
        self.fill("방문 날짜", self.day)
        self.choose(slot)
        self.press("다음으로 가기")
        self.fill("이름", "김고객")
        self.fill("생년월일", "1990-05-05")
        self.fill("휴대폰 번호", "010-1234-5678")
        self.choose("한국어")
        self.choose("이용약관에 동의해요")
        self.choose("개인정보 수집과 이용에 동의해요")
        self.press("가입 신청하기")
        link = self.page.locator("a[href*='/t/']").first.get_attribute("href") or ""
        self.tracking = link.removeprefix(self.address)
        self.unlock()
        return self.main.locator(".mono").first.inner_text(), self.tracking

    def unlock(self) -> None:
        """Pass the gate with the last four digits."""
        self.open(self.tracking)
        self.fill("휴대폰 번호 뒷자리 4개", "5678")
        self.press("진행 상황 보기")

    def looks_until(self, headline: str) -> None:
        """Reload the tracking page until it says so; it is told by a worker a moment later."""
        for _ in range(LOOKS):
            self.open(self.tracking)
            if headline in self.page.locator("h1").inner_text().replace("\N{NO-BREAK SPACE}", " "):
                return
            self.page.wait_for_timeout(250)
        self.heading(headline)

    def cancel(self) -> None:
        """Ask to cancel, with one confirmation."""
        self.open(self.tracking)
        self.follow("가입 취소하기")
        self.choose("마음이 바뀌었어요")
        self.press("가입 취소하기")


class Staff(Person):
    """Somebody who works on tasks."""

    list_path: ClassVar = "/tasks?tab=all"

    def take_up(self, task: str, number: str) -> None:
        """Open the task of a case from the list; it may take a worker a moment to appear."""
        row = self.page.locator("li.t", has_text=number).filter(has=self.page.get_by_role("link", name=task, exact=True))
        for _ in range(LOOKS):
            self.open(f"{self.list_path}&q={number}")
            if row.count():
                break
            self.page.wait_for_timeout(250)
        row.get_by_role("link").first.click()
        self.heading(task)

    def take_up_from_case(self, task: str, app: str, number: str) -> None:
        """Open the task from the page of its case; it may take a worker a moment to appear."""
        link = self.main.get_by_role("link", name=task)
        for _ in range(LOOKS):
            self.open(f"/cases/{app}/{number}")
            if link.count():
                break
            self.page.wait_for_timeout(250)
        link.first.click()


class Agent(Staff):
    """Agent Lee."""

    size = DESK
    login = "agent1"


class Technician(Staff):
    """Technician Park of Busan."""

    login = "E201"

    def stop(self, task: str, number: str, *days: str) -> None:
        """Open a stop, on one of these days."""
        card = self.page.locator("article.job", has_text=number).get_by_role("link", name=task)
        for day in days * LOOKS:
            self.open(f"/day?d={day}")
            if card.count():
                break
            self.page.wait_for_timeout(250)
        card.first.click()
        self.heading(task)
