"""Finding a task by a part of its number, among few and among many, on both databases."""

from collections.abc import Iterator

import pytest

from benchmarks.databases import KINDS, opened
from benchmarks.instances import FORM
from benchmarks.worklist import AGENT, LEAD, fill
from engine.actors import CUSTOMER, Actor
from engine.runtime import instances
from engine.runtime.baton import Baton
from engine.views import worklist
from engine.views.paging import COUNTED

MANY = COUNTED * 4


@pytest.fixture(params=KINDS)
def filled(request: pytest.FixtureRequest, postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Baton]:
    """Four thousand open tasks: A-2026-1 to A-2026-4000, the newest due last."""
    monkeypatch.setenv("TEST_POSTGRESQL_URL", postgresql_server)
    with opened(request.param) as baton:
        baton.do(instances.start, app="signup", door="apply", actor=CUSTOMER, submission=FORM)
        fill(baton, 1, MANY)
        yield baton


def found(baton: Baton, actor: Actor, q: str, tab: str = "team") -> tuple[set[str], int]:
    """The numbers of the first page, and how many there are by the tab's count."""
    with baton.read() as read:
        listing = worklist.page(read, actor, tab=tab, q=q, lang="ko")
    return {row.number for row in listing.rows}, listing.counts[tab]


def test_among_many_a_number_is_found_by_how_it_begins_and_ends(filled: Baton) -> None:
    for actor, tab in ((AGENT, "team"), (AGENT, "all"), (LEAD, "all")):
        for q in ("A-2026-3986", "a-2026-3986", "3986", "-3986", "2026-3986"):
            assert found(filled, actor, q, tab) == ({"A-2026-3986"}, 1), (actor.id, tab, q)
        assert found(filled, actor, "A-2026-398", tab)[0] >= {"A-2026-3980", "A-2026-3982", "A-2026-3984", "A-2026-3986", "A-2026-3988"}
        for q in ("A-2027", "%986", "3986-", "9_86"):
            assert found(filled, actor, q, tab) == (set(), 0), (actor.id, tab, q)
    assert found(filled, AGENT, "A-2026-", "team")[1] == COUNTED + 1


def test_ones_own_and_the_first_thousand_are_searched_through(filled: Baton) -> None:
    own, first = found(filled, AGENT, "", "mine")[0], found(filled, LEAD, "", "all")[0]
    assert own == {"A-2026-7"}
    assert found(filled, AGENT, "26-", "mine") == (own, 1)
    for number in sorted(first)[:5]:
        assert number in found(filled, LEAD, number[3:], "all")[0]
    assert found(filled, LEAD, "026-", "all")[1] > COUNTED - 9


def test_what_another_team_has_is_not_found(filled: Baton) -> None:
    nobody = Actor("staff", "agent9", "최상담", frozenset({"rare"}))
    assert found(filled, nobody, "A-2026-3986") == (set(), 0) and found(filled, nobody, "3986") == (set(), 0)
