"""The teahouse as web pages: its keeper and its clerk have accounts, and its menu has something on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from engine.actors import SYSTEM
from engine.runtime import accounts, demo, record_lists
from engine.runtime.baton import Baton
from tests.runtime import teahouse
from tests.web.world import Visitor, visitor
from web import create_app

ADD = teahouse.task("Add", "record.add", {"record": "day"}, {"id": '="D1"', "sum": "=4500", "qty": "=1"})
MENU = [("TEA1", "녹차", "4500", "TEA"), ("TEA2", "홍차", "5000", "TEA"), ("CAKE1", "치즈케이크", "6500", "CAKE")]


@contextmanager
def opened(folder: Path, **deployed: Any) -> Iterator[Flask]:
    """The web over a teahouse."""
    with teahouse.world(folder, "") as baton:
        teahouse.deploy(baton, ADD, **deployed)
        for who in (teahouse.KANG, teahouse.LEE):
            baton.do(accounts.save, login=who.id, password=demo.PASSWORD, actor=SYSTEM, name=who.name, roles=sorted(who.roles))
        for id, name, price, kind in MENU:
            fields = {"name": name, "price": price, "kind": kind, "on_sale": True, "supplier": "김하나"}
            baton.do(record_lists.save, app="teahouse", name="products", actor=SYSTEM, fields=fields, id=id, new=True)
        made = create_app(baton)
        made.testing = True
        yield made


def baton_of(app: Flask) -> Baton:
    """The engine behind it."""
    found: Baton = app.extensions["baton"]
    return found


def signed_in(app: Flask, login: str, lang: str = "ko") -> Visitor:
    """One of the staff."""
    who = visitor(app, lang)
    who.sign_in(login)
    return who
