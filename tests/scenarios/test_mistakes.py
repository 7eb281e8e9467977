"""A mistake in a scenario is told with its line, what there is instead, and in two languages; nothing is passed over in silence."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.scenarios import Problem, Stage, load, play
from tests.scenarios import cloaks
from tests.scenarios.conftest import Stages

Told = Callable[[str], Problem]
LEAVES = 'when:\n  - { start: leave, form: { owner: 김고객, mobile: "01000001234" } }\n'

ASTRAY = """replace: '="end_kept"></bpmn:s', with: '="x"></bpmn:s'"""  # a flow that leads nowhere


@pytest.fixture(scope="module")
def stage(tmp_path_factory, stages: Stages) -> Iterator[Stage]:
    found = Stage(cloaks.write(tmp_path_factory.mktemp("cloaks")), "cloaks", stages.partners)
    yield found
    found.close()


@pytest.fixture
def mistake(tmp_path: Path, stage: Stage) -> Told:
    """The one problem of a story, told without its id and title; LEAVES: when a coat is left."""

    def told(text: str) -> Problem:
        path = tmp_path / "story.yaml"
        path.write_text("title: 이야기\n" + text.replace("LEAVES\n", LEAVES))
        try:
            (problem,) = play(load(path, "story.yaml"), stage).problems
        except Problem as refused:
            return refused
        return problem

    return told


MISTAKES = {
    "a door": ("when:\n  - { start: leeve }", 3, "leave"),
    "a task": ("LEAVES\n  - { complete: UT_Shelff, as: keeper }", 4, "UT_Shelf"),
    "what is no task": ("LEAVES\n  - { complete: S_Free, as: keeper }", 4, "UT_Shelf"),
    "a button": ("LEAVES\n  - { action: fecth, as: customer }", 4, "fetch"),
    "a list": ("LEAVES\n  - save: { list: coats, id: C1, as: keeper }", 4, "list"),
    "a role": ("given:\n  staff: { kim: keepr }\nLEAVES\n", 3, "keeper"),
    "a person": ("when:\n  - { start: leave, as: kim }", 3, "customer, keeper"),
    "a record's field": ("given:\n  records: { coat: [{ id: C1, ownr: x }] }\nwhen: []", 3, "ownr"),
    "a record's value": ("given:\n  records: { coat: [{ id: C1, status: BAD }] }\nwhen: []", 3, "BAD"),
    "a link's case": ("LEAVES\n  - { action: fetch, with_token_of: lee }", 4, "lee"),
    "a message's life": ("LEAVES\n  - { message: Fetched, time_to_live: soon }", 4, "PT24H"),
    "a time": ("when:\n  - wait: half an hour", 3, "30 min"),
    "a file": ("when:\n  - deploy:\n      - { file: coat.bpmn, replace: a, with: b }", 4, "cloaks.bpmn"),
    "a piece of a file": ("when:\n  - deploy:\n      - { file: cloaks.bpmn, replace: nowhere, with: b }", 4, "nowhere"),
    "a drawing that cannot run": (f"when:\n  - deploy: [{{ file: cloaks.bpmn, {ASTRAY} }}]", 3, "UT_Shelf_end_kept"),
    "where to die": ("when:\n  - crash: S_Fre", 3, "S_Fre"),
    "nothing died": ("when:\n  - crash: S_Free", 3, "nothing died"),
    "nothing came": ("LEAVES\n  - again: Fetched", 4, "what came: -"),
    "an element that must not be passed": ("LEAVES\nthen:\n  tasks: []\n  never: [UT_Shelv]", 6, "UT_Shelf"),
    "an element on the way": ("LEAVES\nthen: { path: [S_Hung] }", 4, "S_Hang"),
    "how many tasks": ("LEAVES\nthen: { tasks: { UT_Shelv: 0 } }", 4, "UT_Shelf"),
    "an event": ("LEAVES\nthen:\n  events: { CoatFetchd: 0 }", 5, "CoatFetched"),
    "a status": ("LEAVES\nthen: { statuses: [HUNGG] }", 4, "HUNG"),
    "a notification": ("LEAVES\nthen:\n  notifications:\n    - { id: lost, times: 0 }", 6, "lost"),
    "a capacity": ("LEAVES\nthen: { reserved: { hook: { A: 0 } } }", 4, "hooks"),
    "a partner's name": ("LEAVES\nthen: { calls: { paymnt: { POST /payments: 0 } } }", 4, "payment"),
    "a step's number": ("LEAVES\nthen: { refused: [{ step: 9, code: GONE }] }", 4, "9"),
    "a case": ("LEAVES\nthen: { case: lee, record: { coat: { status: HUNG } } }", 4, "lee"),
    "a key": ("wen: []", 2, "when"),
    "a key of a step": ("when:\n  - { start: leave, froms: {} }", 3, "form"),
    "a key of given": ("given:\n  clok: 2026-12-01\nwhen: []", 3, "clock"),
    "a number that is a text": ("when:\n  - wait: 30", 3, "quotes"),
    "one step that is no list": ("when: { start: leave }", 2, "list"),
    "together in together": ("when:\n  - together: [{ together: [] }]", 3, "side by side"),
    "a partner's call": ("given:\n  partners: { payment: { send: {} } }\nwhen: []", 3, "POST /payments"),
    "YAML": ("when:\n  - { start: leave\nthen: {}", 4, "YAML"),
}  # fmt: skip


def test_a_field_that_the_form_does_not_ask_for_is_told_where_something_went_wrong(tmp_path, stage: Stage):
    path = tmp_path / "story.yaml"
    path.write_text("when:\n  - { start: leave, form: { owner: 김고객, mobil: '01000001234' } }\n")
    refused, hint = play(load(path, "story.yaml"), stage).problems
    assert "mobile" in refused.en and hint.line == 2 and "mobil; there is: mobile" in hint.en


@pytest.mark.parametrize(("text", "line", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_there_is(mistake: Told, text, line, said):
    problem = mistake(text)
    assert (problem.file, problem.line) == ("story.yaml", line), problem
    assert said in problem.en and problem.ko != problem.en
