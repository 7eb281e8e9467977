"""A member's page and the pages of what they rent belong to one app: each shows its own headline, steps, details and buttons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.actors import CUSTOMER
from engine.errors import NotFound
from engine.runtime import cases, sync
from engine.runtime.cases import Acted, CaseRef
from engine.views import tracking
from engine.views.tracking import TrackingPage
from tests.runtime.ebook import Library, opened


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library with a member and a book."""
    with opened(tmp_path) as made:
        made.members(2)
        made.books(1)
        yield made


def page(library: Library, case: CaseRef) -> TrackingPage:
    """What the customer sees."""
    with library.baton.read() as read:
        return tracking.page(read, case, lang="ko")


def rented(library: Library) -> Acted:
    """The first member rents the book."""
    request = {"case": CaseRef("ebook", "member", "U1"), "action": "rent", "actor": CUSTOMER, "submission": {"book_no": "B1"}, "key": "once"}
    first: Acted = sync.perform(library.baton, cases.act, **request)
    assert sync.perform(library.baton, cases.act, **request) == first
    return first


def test_each_record_has_a_page_of_its_own(library: Library) -> None:
    rental = CaseRef("ebook", "rental", str(rented(library).number))
    mine, its = page(library, CaseRef("ebook", "member", "U1")), page(library, rental)
    assert (mine.headline, [action.id for action in mine.actions], mine.milestones) == ("1권을 읽고 있어요", ["rent"], [])
    assert its.headline.startswith("「토지」") and {action.id for action in its.actions} == {"cancel", "return_book"}
    assert [milestone.state for milestone in its.milestones] == ["done", "now", "todo"]
    assert ("도서명", "토지") in its.details


def test_a_members_page_says_nothing_of_what_others_rent(library: Library) -> None:
    rented(library)
    other = page(library, CaseRef("ebook", "member", "U2"))
    assert (other.headline, [label for label, _ in other.details]) == ("지금 읽는 책이 없어요", ["이름"])


def test_a_button_of_another_record_is_not_there(library: Library) -> None:
    rented(library)
    with pytest.raises(NotFound):
        library.baton.do(cases.act, case=CaseRef("ebook", "member", "U1"), action="return_book", actor=CUSTOMER, submission={})


def test_the_answer_leads_to_the_page_of_the_new_case(library: Library) -> None:
    made = rented(library)
    with library.baton.read() as read:
        assert tracking.by_token(read, made.token or "") == CaseRef("ebook", "rental", str(made.number))
