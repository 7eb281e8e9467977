"""A form for a page: what stands in it, with which values, options and errors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.errors import Text
from engine.forms import choices, paths
from engine.forms.fill import Filled, readable
from engine.forms.model import Fields, FormApp, Item
from engine.forms.page import FieldView, FormView, Group, Mistake, Outcome
from engine.forms.show import Showing, show
from engine.forms.take import standing, take
from engine.texts import pick

SUBMIT = {"ko": "보내기", "en": "Send"}


def view(
    app: FormApp,
    form_id: str,
    names: Mapping[str, Any],
    *,
    lang: str,
    now: datetime,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None,
    record: Fields | None = None,
) -> FormView:
    """The form in one language. `values` is what was typed (kept as typed, right or wrong); without it the fields hold what is known already.

    `errors` is what `submit` said. Hidden fields are left out; a field that only some outcome button needs stands in the form and says for which.
    """
    form = app.forms[form_id]
    filled = Filled(app, form, record, now, lang, names, form.items)
    typed = _known(filled) if values is None else _with_unseen(filled, values)
    take(filled, typed)
    _keep_standing(filled, typed)
    _carry(filled, typed)
    messages = {key: tuple(pick(text, lang) for text in texts) for key, texts in (errors or {}).items()}
    groups = _groups(Showing(filled, typed, messages, *_shown(filled, typed)))
    label = choices.render(form.submit, names, now, lang) or pick(SUBMIT, lang)
    return FormView(form_id, lang, groups, _outcomes(filled), label, _mistakes(groups, messages), typed)


def _known(filled: Filled) -> dict[str, Any]:
    """What the fields hold before anybody types."""
    values: dict[str, Any] = {}
    for item in filled.walk():
        if (item.takes_input or item.type == "dynamiclist") and (found := standing(filled, item)) is not None:
            paths.put(values, item.key, found)
    return values


def _with_unseen(filled: Filled, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, and what is known for fields that were not in the page: a later step, or a field that was hidden.

    A page says nothing of a box that is not ticked; such a field was there if anything else of its group was.
    """
    typed = dict(values)
    for outer in filled.items:
        inside = [item for item in outer.walk() if item.takes_input or item.type == "dynamiclist"]
        seen = any(paths.has(values, item.key) for item in inside)
        for item in inside:
            untickable = item.type in ("checkbox", "checklist", "taglist") and seen
            if not untickable and not paths.has(values, item.key) and (found := standing(filled, item)) is not None:
                paths.put(typed, item.key, found)
    return typed


def _keep_standing(filled: Filled, typed: dict[str, Any]) -> None:
    for item in filled.walk():
        if item.takes_input and filled.readonly(item):
            paths.put(typed, item.key, standing(filled, item))


def _carry(filled: Filled, typed: dict[str, Any]) -> None:
    # What the person is looking at now, whatever an earlier page carried.
    for item in filled.walk():
        if item.carry is not None:
            paths.put(typed, item.key, readable(item.carry(filled.scope, now=filled.now)))


def _shown(filled: Filled, typed: Mapping[str, Any]) -> tuple[set[str], dict[str, tuple[str, ...]]]:
    """The visible items, and for those that not every outcome button shows: the labels of the buttons that do."""
    outcome = filled.form.outcome
    options = filled.options(outcome) if outcome else None
    if outcome is None or not options:
        return filled.shown, {}
    by_label: dict[str, set[str]] = {}
    for option in options:
        trial = filled.again()
        take(trial, {**typed, outcome.key: option.raw})
        by_label[option.label] = trial.shown
    shown = set().union(*by_label.values())
    sometimes = (identity for identity in shown if not all(identity in ids for ids in by_label.values()))
    return shown, {identity: tuple(label for label, ids in by_label.items() if identity in ids) for identity in sometimes}


def _groups(showing: Showing) -> tuple[Group, ...]:
    groups: list[Group] = []
    loose: list[Item] = []
    for item in showing.filled.items:
        if item.type != "group":
            loose.append(item)
        elif item.id in showing.shown:
            groups += _group("", "", show(showing, loose))
            groups += _group(f"g-{item.id}", showing.text(item.label), show(showing, item.items))
            loose = []
    return tuple(groups + _group("", "", show(showing, loose)))


def _group(identity: str, label: str, items: tuple[FieldView, ...]) -> list[Group]:
    if not items:
        return []
    wrong = sum(bool(item.errors) for item in FormView("", "", (Group("", "", items),)).fields)
    return [Group(identity or f"g-{items[0].id or items[0].kind}", label, items, wrong)]


def _outcomes(filled: Filled) -> tuple[Outcome, ...]:
    outcome = filled.form.outcome
    options = (filled.options(outcome) or []) if outcome else []
    return tuple(Outcome(outcome.key, option.value, option.label, option.detail) for option in options) if outcome else ()


def _mistakes(groups: tuple[Group, ...], messages: Mapping[str, tuple[str, ...]]) -> tuple[Mistake, ...]:
    fields = FormView("", "", groups).fields
    made = [Mistake(item.id, item.label, message) for item in fields for message in item.errors]
    placed = {item.name for item in fields if item.errors}
    return tuple(made + [Mistake("", "", message) for key, texts in messages.items() if key not in placed for message in texts])
