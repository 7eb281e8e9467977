"""Fixtures of the page tests."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select

from engine.runtime import cases
from engine.runtime.baton import Baton
from engine.store.tables import UserTask
from tests.web.browsing import Desk, serving
from tests.web.staff import Story
from tests.web.world import Visitor, open_world, prepare_world, visitor
from web import create_app
from web.extensions import limiter


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the app deployed and nobody's cases yet."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare_world(folder)
    return folder


@pytest.fixture(scope="module")
def baton(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baton]:
    """One Baton for the tests of a file; each test makes its own cases."""
    opened = open_world(copytree(prepared, tmp_path_factory.mktemp("baton"), dirs_exist_ok=True))
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def app(baton: Baton) -> Flask:
    """The web over it."""
    made = create_app(baton)
    made.testing = True
    return made


@pytest.fixture(autouse=True)
def _fresh_limits(app: Flask) -> None:
    with app.app_context():
        limiter.reset()


@pytest.fixture
def kim(app: Flask) -> Visitor:
    """Customer Kim, who reads Korean."""
    return visitor(app)


@pytest.fixture
def john(app: Flask) -> Visitor:
    """A customer who reads English."""
    return visitor(app, "en")


@pytest.fixture(scope="module")
def known(app: Flask, baton: Baton) -> dict[str, str]:
    """What the addresses of pages.py speak of: applications that wait to be received, are being cancelled, are on a technician's day."""
    kim = visitor(app)
    token, cancelled = kim.apply(), kim.apply(applicant_name="최취소", mobile="010-2222-5678")
    kim.unlock(cancelled)
    kim.post(f"/t/{cancelled}/cancel", {"reason_code": "CHANGE_OF_MIND"})
    with baton.read() as read:
        case = cases.by_token(read, token)
        assert case is not None
        task = read.one(select(UserTask.id, UserTask.instance_id).where(UserTask.business_key == case.number))
        assert task is not None
    return {"token": token, "cancelled": cancelled, "number": case.number, "task": task.id, "instance": task.instance_id} | on_the_day(app, baton)


def on_the_day(app: Flask, baton: Baton) -> dict[str, str]:
    """A visit that a technician has been asked for, and the agent's task before it."""
    story = Story(app, baton)
    received = story.task("UT_Receive")
    return {"done": received, "visit": story.until("UT_TechAccept").task("UT_TechAccept")}


@pytest.fixture(scope="module")
def desk(app: Flask, known: dict[str, str], browser: Browser) -> Iterator[Desk]:
    """The browser at the served application."""
    with serving(app) as base:
        yield Desk(browser, app, base, known)
