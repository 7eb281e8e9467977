"""Many want the same book at once, and a rental is cancelled while it is returned: one outcome each, on both databases."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import thread_time

import pytest

from tests.runtime.ebook import ALL, Library, opened

PAIRS = {"postgresql": 100, "sqlite": 20}


@pytest.fixture
def library(database_url: str, tmp_path: Path) -> Iterator[Library]:
    """A library that nobody listens to."""
    with opened(tmp_path, database_url) as made:
        yield made


def at_once(*attempts: tuple[Callable[..., str], Sequence[str]]) -> list[str]:
    """What each attempt came to; all at once."""
    with ThreadPoolExecutor(8) as together:
        running = [together.submit(what, *how) for what, how in attempts]
        return [each.result() for each in running]


def settled(library: Library) -> None:
    """Everything that follows is done, and nothing went wrong."""
    library.work()
    assert library.incidents() == []


def test_two_renters_want_one_licence(library: Library) -> None:
    books = library.books(PAIRS[library.baton.database.engine.dialect.name])
    members = library.members(2 * len(books))
    pairs = zip(books, members[::2], members[1::2], strict=True)
    told = at_once(*((library.rent, (member, book)) for book, *pair in pairs for member in pair))
    for pair in zip(told[::2], told[1::2], strict=True):
        assert [said for said in pair if not said.startswith("R-")] == ["NOT_AVAILABLE"]
    settled(library)
    assert set(library.taken("licence").values()) == {1}
    assert {book: row["rental_status"] for book, row in library.rows("book").items() if book in books} == dict.fromkeys(books, "RENTED")
    assert library.payments() == ["APPROVED"] * len(books)


def test_a_double_click_is_one_rental_and_one_payment(library: Library) -> None:
    books = library.books(PAIRS[library.baton.database.engine.dialect.name], licences=2)
    members = library.members(len(books))
    clicks = [(member, book, f"click-{book}") for member, book in zip(members, books, strict=True)]
    told = at_once(*((library.rent, click) for click in clicks for _ in range(2)))
    settled(library)
    assert told[::2] == told[1::2] and len(set(told)) == len(library.rows("rental")) == len(books)
    assert library.payments() == ["APPROVED"] * len(books)


def test_ten_renters_share_three_licences(library: Library) -> None:
    (book,) = library.books(1, licences=3)
    told = at_once(*((library.rent, (member, book)) for member in library.members(10)))
    settled(library)
    assert told.count("NOT_AVAILABLE") == 7
    assert library.taken("licence") == {book: 3}
    assert [row["status"] for row in library.rows("rental").values()] == ["RENTED"] * 3
    assert library.rows("book")[book]["available"] == 0


def test_twenty_rentals_of_one_book_make_one_payment(library: Library) -> None:
    (book,) = library.books(1)
    told = at_once(*((library.rent, (member, book)) for member in library.members(20)))
    settled(library)
    assert told.count("NOT_AVAILABLE") == 19
    assert (library.calls("POST /payments"), len(library.rows("rental")), len(library.rows("payment"))) == (1, 1, 1)


def test_nobody_has_a_book_twice_or_more_than_five(library: Library) -> None:
    (member,) = library.members(1)
    books = library.books(8, licences=3)
    told = at_once(*((library.rent, (member, book)) for book in (books[0], books[0])))
    assert Counter(said[:2] for said in told) == {"R-": 1, "AL": 1}
    told = at_once(*((library.rent, (member, book)) for book in books[1:]))
    settled(library)
    assert Counter(said[:2] for said in told) == {"R-": 4, "LI": 3}
    assert library.taken("open_rentals") == {member: 5}
    assert len(library.rows("member")[member]["current_rentals"]) == 5


def test_a_hundred_times_cancel_against_return(library: Library) -> None:
    pairs = PAIRS[library.baton.database.engine.dialect.name]
    (book,) = library.books(1, licences=pairs)
    rentals = [library.rent(member, book) for member in library.members(pairs)]
    settled(library)
    assert library.taken("licence") == {book: pairs}
    told = at_once(*((what, (rental,)) for rental in rentals for what in (library.call_off, library.give_back)))
    settled(library)
    ends = {("CANCELLED", "REFUNDED", "CANCEL"): ("done", "ALREADY_CLOSED"), ("RETURNED", "RETURNED", "CUSTOMER"): ("ALREADY_CLOSED", "done")}
    rows = library.rows("rental")
    for number, rental in enumerate(rentals):
        row = rows[rental]
        assert ends[row["outcome"], row["status"], row["return_kind"]] == (told[2 * number], told[2 * number + 1])
    refunds = sum(1 for row in rows.values() if row["status"] == "REFUNDED")
    assert Counter(library.payments())["REFUNDED"] == library.calls("POST /payments/{reference}/refund") == refunds
    assert library.taken("licence") == {book: 0} and set(library.taken("open_rentals").values()) == {0}
    assert all(row["current_rentals"] == [] for name, row in library.rows("member").items() if name.startswith("U"))


def test_an_open_breaker_is_told_at_once_and_the_book_is_kept(library: Library) -> None:
    members, (book,) = library.members(9), library.books(1, licences=9)
    library.partners.simulation.switches["payment"] = "down"
    assert {library.rent(member, book) for member in members[:5]} == {"BUSY"}
    took = []
    for member in members[5:]:
        begun = thread_time()
        assert library.rent(member, book) == "BUSY"
        took.append(thread_time() - begun)
    assert min(took) < 0.05  # seconds of computing: how long it waits for a busy machine is not its own
    assert library.calls("POST /payments") == 5
    assert library.taken("licence") == {book: 9}
    library.pass_time(minutes=6)
    assert library.taken("licence") == {book: 0}
    assert {row["status"] for row in library.rows("rental").values()} == {"PAY_FAILED"}


@pytest.fixture
def heard(database_url: str, tmp_path: Path) -> Iterator[Library]:
    """A library with its book management and its points."""
    with opened(tmp_path, database_url, ALL) as made:
        yield made


def test_points_are_added_by_listening_and_taking_them_away_changes_nothing(heard: Library) -> None:
    library = heard
    first, second = library.members(2)
    one, other = library.books(2)
    before = library.rent(first, one)
    settled(library)
    assert library.rows("points", "ebook_points") == {first: {"sum": 30, "rentals": 1}}
    library.undeploy("ebook_points")
    library.undeploy("ebook_books")
    after = library.rent(second, other)
    settled(library)
    kept = ("status", "rental_fee", "pay_result")
    assert [library.rows("rental")[after][name] for name in kept] == [library.rows("rental")[before][name] for name in kept]
    assert library.give_back(after) == "done"
    settled(library)
    assert library.rows("rental")[after]["status"] == "RETURNED"
    assert library.rows("points", "ebook_points") == {first: {"sum": 30, "rentals": 1}}
