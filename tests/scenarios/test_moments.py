"""What happens at one moment: news that is still on its way, a process that dies, a new version, something that comes twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.scenarios import Outcome, Stage, load, play
from tests.scenarios import cloaks
from tests.scenarios.conftest import Stages

Told = Callable[[str], Outcome]


@pytest.fixture(scope="module")
def stage(tmp_path_factory, stages: Stages) -> Iterator[Stage]:
    found = Stage(cloaks.write(tmp_path_factory.mktemp("cloaks")), "cloaks", stages.partners)
    yield found
    found.close()


@pytest.fixture
def tell(tmp_path: Path, stage: Stage) -> Told:
    """Play a story, told without its id and title; KIM leaves a coat."""

    def told(text: str) -> Outcome:
        path = tmp_path / "story.yaml"
        path.write_text("id: story\ntitle: { ko: 이야기 }\n" + text.replace("KIM", 'start: leave, form: { owner: 김고객, mobile: "01000001234" }'))
        return play(load(path, "story.yaml"), stage)

    return told


def problems(outcome: Outcome) -> list[str]:
    return [str(problem) for problem in outcome.problems]


def test_a_timer_may_come_before_the_news_of_what_was_settled_already(tell: Told):
    outcome = tell("""
when:
  - { KIM }
  - together:
      - { action: fetch, as: customer }
      - { wait: 10 min }
then:
  either:
    - { statuses: [HUNG, FETCHED], path: [S_Keep, S_Free, T_Fetched], tasks: [], reserved: { hooks: { A: 0 } } }
    - { statuses: [HUNG, KEPT], tasks: [UT_Shelf], reserved: { hooks: { A: 1 } }, refused: [{ step: 2.1, code: GONE }] }
""")
    assert problems(outcome) == [] and outcome.orders == 2


def test_the_link_of_one_case_opens_no_other(tell: Told):
    outcome = tell("""
when:
  - { KIM, case: kim }
  - { KIM, case: lee }
  - { action: fetch, as: customer, case: lee, with_token_of: kim }
  - { action: fetch, as: customer, case: kim, with_token_of: kim }
then:
  refused: [{ step: 3, code: NOT_FOUND }]
  cases: [{ case: kim, record: { coat: { outcome: FETCHED } } }, { case: lee, record: { coat: { outcome: null, status: HUNG } } }]
""")
    assert problems(outcome) == []


def test_open_cases_end_on_their_version_and_new_ones_begin_on_the_new(tell: Told):
    outcome = tell("""
when:
  - { KIM, case: old, times: 4 }
  - deploy:
      - { file: app.toml, replace: 'closing = "PT10M"', with: 'closing = "PT30M"' }
      - { file: cloaks.bpmn, replace: end_kept, with: end_shelved }
  - { KIM, case: new }
  - wait: 15 min
  - { action: fetch, as: customer, case: old.3 }
  - { complete: UT_Shelf, as: keeper, case: old.1 }
  - wait: 30 min
  - { complete: UT_Shelf, as: keeper, case: new }
then:
  refused: [{ step: 5, code: GONE }]
  cases:
    - { case: old.1, version: 1, statuses: [HUNG, KEPT], path: [end_kept] }
    - { case: old.4, version: 1, statuses: [HUNG, KEPT], tasks: [UT_Shelf] }
    - { case: new, version: 2, statuses: [HUNG, KEPT], path: [end_shelved], never: [end_kept] }
""")
    assert problems(outcome) == []


def test_what_comes_again_counts_once(tell: Told):
    outcome = tell("""
when:
  - { KIM }
  - { action: fetch, as: customer }
  - { again: Fetched, times: 2 }
  - { KIM, case: late }
  - wait: 10 min
  - { again: C_Closing }
then:
  reserved: { hooks: { A: 1 } }
  statuses: [HUNG, FETCHED]
  events: { CoatFetched: 1 }
  cases: [{ case: late, statuses: [HUNG, KEPT], tasks: [UT_Shelf] }]
""")
    assert problems(outcome) == []


def test_a_process_that_dies_in_the_middle_of_a_step_has_written_nothing_of_it(tell: Told):
    outcome = tell("""
when:
  - { KIM }
  - { crash: S_Free, times: 4 }
  - { action: fetch, as: customer }
  - { KIM, case: late }
  - crash: S_Keep
  - wait: 11 min
then:
  reserved: { hooks: { A: 1 } }
  statuses: [HUNG, FETCHED]
  cases: [{ case: late, statuses: [HUNG, KEPT], tasks: [UT_Shelf] }]
""")
    assert problems(outcome) == []


def test_who_asked_when_the_process_died_gets_no_answer_and_asks_again(tell: Told):
    outcome = tell("""
when:
  - crash: S_Hang
  - { KIM, key: once }
  - { KIM, key: once }
then:
  refused: [{ step: 2, code: CRASHED }]
  reserved: { hooks: { A: 1 } }
  count: { coat: 1 }
""")
    assert problems(outcome) == []
