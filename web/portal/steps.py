"""A long form in steps of whole groups. Without JavaScript: every step is a post, and the values of the other steps travel as hidden fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.forms.page import FieldView, FormView, Group

AT_ONCE = 8  # so many fields stand on one page
SHOWN_ONLY = {"readonly", "prose", "image", "link", "table", "group", "list", "spacer", "separator", "carried"}


@dataclass(frozen=True)
class Step:
    """The part of a form that is on the page. `number` counts from 1; `carried` are the name-value pairs of the other parts."""

    number: int
    count: int
    groups: tuple[Group, ...]
    carried: list[tuple[str, str]]

    @property
    def last(self) -> bool:
        """Whether the form can be sent from here."""
        return self.number == self.count


def step(form: FormView, wanted: int, posted: Iterable[tuple[str, str]] = ()) -> Step:
    """The wanted step, or the nearest there is."""
    parts = parts_of(form.groups)
    number = min(max(wanted, 1), len(parts))
    here = names_in(parts[number - 1])
    carried = [(name, value) for name, value in posted if name.split(".")[0] not in here and name != "csrf_token" and not name.startswith("_")]
    return Step(number, len(parts), parts[number - 1], carried)


def parts_of(groups: tuple[Group, ...]) -> list[tuple[Group, ...]]:
    """As many groups to a step as have no more than `AT_ONCE` fields together; a group is never cut, and loose fields stay with the group before."""
    parts: list[tuple[Group, ...]] = [()]
    for group in groups:
        if group.label and parts[-1] and len(inputs((*parts[-1], group))) > AT_ONCE:
            parts.append(())
        parts[-1] += (group,)
    return parts


def first_wrong(form: FormView, errors: Mapping[str, Any]) -> int:
    """The number of the first step with an error; the last step for errors of the form as a whole."""
    parts = parts_of(without_previews(form).groups)
    wrong = [number for number, part in enumerate(parts, 1) if names_in(part) & {key.split(".")[0] for key in errors}]
    return wrong[0] if wrong else len(parts)


def names_in(groups: Iterable[Group]) -> set[str]:
    """The names of all fields in the groups, hidden companions included: the first part of `list.0.field`."""
    return {field.name.split(".")[0] for field in opened(groups) if field.name} | {field.key.split(".")[0] for field in opened(groups) if field.key}


def inputs(groups: Iterable[Group]) -> list[FieldView]:
    """The fields that a person fills in."""
    return [field for field in opened(groups) if field.kind not in SHOWN_ONLY]


def opened(groups: Iterable[Group]) -> list[FieldView]:
    """All things in the groups, in order."""
    return FormView("", "", tuple(groups)).fields


def previews(form: FormView) -> list[FieldView]:
    """What the form works out while it is filled in, such as the price: it stands beside the form, in every step."""
    return [field for field in form.fields if is_preview(field)]


def without_previews(form: FormView) -> FormView:
    """The form without them; a group that held nothing else is no step."""
    groups = [replace(group, items=tuple(item for item in group.items if not is_preview(item))) for group in form.groups]
    return replace(form, groups=tuple(group for group in groups if group.items))


def is_preview(field: FieldView) -> bool:
    """A start form has no record yet: what stands in it for reading is worked out."""
    return field.kind == "readonly"
