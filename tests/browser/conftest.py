"""A real service, a real browser, and the fixed cast: customer Kim, agent Lee, technician Park."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.people import Agent, Customer, Person, Technician
from tests.service import Service, running


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`baton run` with demo data, and the simulated partners."""
    with running(tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the pages' JavaScript runs."""
    return bool(request.param)


@pytest.fixture
def meet(browser: Browser, service: Service, scripts: bool) -> Iterator[Callable[[type[Person]], Person]]:
    """Brings in one of the cast with a browser window of their own; at the end nobody's console may have complained."""
    met: list[Person] = []

    def bring(kind: type[Person]) -> Person:
        met.append(kind(browser, service, scripts))
        return met[-1]

    yield bring
    complaints = [complaint for person in met for complaint in person.complaints]
    for person in met:
        person.leave()
    assert complaints == []


@pytest.fixture
def kim(meet: Callable[[type[Person]], Person]) -> Person:
    """Customer Kim, on a phone."""
    return meet(Customer)


@pytest.fixture
def lee(meet: Callable[[type[Person]], Person]) -> Person:
    """Agent Lee, at a desk, signed in."""
    return meet(Agent)


@pytest.fixture
def park(meet: Callable[[type[Person]], Person]) -> Person:
    """Technician Park of Busan, on a phone, signed in."""
    return meet(Technician)
