"""The small app of the tests: a library card. What its forms see is put together here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from engine import apps, feel, forms

ROOT = Path(__file__).parent.parent / "apps" / "fixtures"
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
APPLICATION = {
    "applicant_name": "홍길동",
    "birth_date": "1990-05-05",
    "mobile": "010-1234-5678",
    "email": "",
    "postcode": "04524",
    "card_kind": "ADULT",
    "interests": ["ART"],
    "library": "B1",
    "pickup_date": "2026-12-02",
    "books": "3",
    "terms_agreed": "true",
    "note": "",
}


class Record(Mapping):
    """A record as the runtime hands it to FEEL: a mapping that is no dict."""

    def __init__(self, **fields):
        self.fields = fields

    def __getitem__(self, key):
        return self.fields[key]

    def __iter__(self):
        return iter(self.fields)

    def __len__(self):
        return len(self.fields)


BRANCHES = [
    Record(id="B1", name="한빛도서관", active=True, seats=20),
    Record(id="B2", name="가람도서관", active=True, seats=5),
    Record(id="B3", name="옛도서관", active=False, seats=5),
]


@cache
def app():
    """The app of the fixtures, loaded once."""
    return apps.load("library", apps.read(ROOT, "library"))


def names(**more):
    """What expressions see: settings, the branches, and free places on every day but the 3rd of December."""

    def free(_capacity, key):
        return 0 if str(feel.to_json(key["date"])) == "2026-12-03" else 4

    settings = {**app().settings}
    return {"settings": settings, "branch": BRANCHES, "free": feel.Function(free, ["capacity", "key"], "free"), **more}


def submit(form_id="library_apply", *, record="member", now=NOW, with_names=None, **changes):
    """A submission of the application, or of another form, with some fields changed; a field set to None is left out."""
    base = APPLICATION if form_id == "library_apply" else {}
    submitted = {key: value for key, value in (base | changes).items() if value is not None}
    return forms.submit(app(), form_id, submitted, with_names or names(), now=now, record=app().records.get(record))


def view(form_id="library_apply", *, lang="ko", record="member", with_names=None, **more):
    """The page of a form."""
    return forms.view(app(), form_id, with_names or names(), lang=lang, now=NOW, record=app().records.get(record), **more)
