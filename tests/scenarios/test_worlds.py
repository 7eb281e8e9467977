"""What a scenario can be about: partners that misbehave, several apps, settings, lists, customers, and time that passes in the right order."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.scenarios import Outcome, Problem, Stage, load, play
from engine.scenarios.watched import PATIENCE
from tests.scenarios import theatre
from tests.scenarios.conftest import Stages

HANA = 'form: { buyer: 김하나, mobile: "01000001234", play: X1 }'
DURI = 'form: { buyer: 이두리, mobile: "01000005678", play: X1 }'
Told = Callable[[str], Outcome]


@pytest.fixture(scope="module")
def stage(tmp_path_factory, stages: Stages) -> Iterator[Stage]:
    found = Stage(theatre.write(tmp_path_factory.mktemp("theatre")), "theatre", stages.partners)
    yield found
    found.close()


@pytest.fixture
def tell(tmp_path: Path, stage: Stage) -> Told:
    """Play a story, told without its id and title."""

    def told(text: str) -> Outcome:
        path = tmp_path / "story.yaml"
        path.write_text("id: story\ntitle: { ko: 이야기 }\n" + text.replace("HANA", HANA).replace("DURI", DURI))
        return play(load(path, "story.yaml"), stage)

    return told


def come_true(outcome: Outcome) -> bool:
    assert not outcome.problems, "\n".join(str(problem) for problem in outcome.problems)
    return True


def only(outcome: Outcome) -> Problem:
    (problem,) = outcome.problems
    return problem


def test_a_customer_is_paid_for_in_the_same_answer_and_seated_by_a_job(tell: Told):
    assert come_true(
        tell("""
given: { seats: { exhibitions: { X1: 1 } } }
when:
  - { start: buy, HANA }
  - { start: buy, DURI, case: second }
then:
  record: { order: { status: SEATED } }
  statuses: [NEW, PAID, SEATED]
  calls: { payment: { POST /payments: 2 }, exhibitions: { "POST /items/{item}/seats": 2, POST /items/X1/seats: 2 } }
  partner: { exhibitions: { X1: { free: 0, taken: 1 } }, payment: { second: { status: APPROVED, amount: 9000 } } }
  cases: [{ case: second, record: { order: { status: FULL } } }]
""")
    )


def test_a_sync_call_is_made_by_the_request_even_when_no_worker_runs(tell: Told):
    assert come_true(
        tell("when: [{ worker: stop }, { start: buy, HANA }]\nthen: { record: { order: { status: PAID } }, calls: { exhibitions: {} } }")
    )


def test_a_partner_that_says_no_or_gets_its_answer_lost(tell: Told):
    declined = "given: { partners: { payment: decline } }\nwhen: [{ start: buy, HANA }]\nthen: { record: { order: { status: DECLINED } } }"
    assert come_true(tell(declined))
    assert come_true(
        tell("""
given: { partners: { exhibitions: lost }, seats: { exhibitions: { X1: 1 } } }
when:
  - { start: buy, HANA }
  - wait: 9 s
  - partner: { exhibitions: ok }
  - wait: 1 s
then:
  record: { order: { status: SEATED } }
  calls: { exhibitions: { "POST /items/{item}/seats": 2 } }
  partner: { exhibitions: { X1: { taken: 1 } } }
""")
    )


def test_a_slow_partner_makes_nobody_wait(tell: Told):
    outcome = tell("""
given: { partners: { exhibitions: slow }, seats: { exhibitions: { X1: 1 } } }
when: [{ start: buy, HANA }]
then: { record: { order: { status: PAID } }, partner: { exhibitions: { X1: { taken: 1 } } } }
""")
    assert come_true(outcome) and outcome.seconds < PATIENCE / 2


def test_a_partner_that_is_not_declared_slow_never_is(tell: Told):
    told = "given: { features: { seats: false } }\nwhen: [{ start: buy, HANA }]\nthen: { record: { order: { status: PAID } } }"
    assert come_true(tell(told))  # although its drawing waits for a thousandth of a second


def test_a_call_whose_outcome_died_with_the_process_is_made_again_with_its_key(tell: Told):
    assert come_true(
        tell("""
given: { seats: { exhibitions: { X1: 2 } } }
when:
  - crash: S_Pay
  - { start: buy, HANA }
  - crash: S_Seat
  - wait: 2 min
then:
  refused: [{ step: 2, code: CRASHED }]
  record: { order: { status: SEATED } }
  calls: { payment: { POST /payments: 2 }, exhibitions: { "POST /items/{item}/seats": 2 } }
  partner: { exhibitions: { X1: { taken: 1 } } }
""")
    )


def test_what_is_answered_although_it_is_carried_out_is_a_refusal_of_a_case_that_is_there(tell: Told):
    assert come_true(
        tell("""
given: { partners: { payment: down }, features: { seats: false } }
when:
  - { start: buy, HANA, case: busy }
  - { complete: UT_Paid, as: clerk1 }
then:
  case: busy
  record: { order: { status: PAID } }
  statuses: [NEW, WAITING, PAID]
  path: [T_Waiting, UT_Paid]
  refused: [{ step: 1, code: BUSY }]
""")
    )


def test_declared_answers_stand_in_for_a_partner(tell: Told):
    assert come_true(
        tell("""
given:
  answers: { payment: { POST /payments: { status: 402, body: { code: DECLINED } } } }
when: [{ start: buy, HANA }]
then: { record: { order: { status: DECLINED } } }
""")
    )


def test_another_app_hears_what_happens_and_catches_up_after_a_pause(tell: Told):
    assert come_true(
        tell("""
given: { apps: [books], features: { seats: false }, staff: { clerk1: clerk, keeper1: keeper } }
when:
  - { start: buy, HANA }
  - { complete: books/UT_Check, as: keeper1 }
  - pause: books
  - { start: buy, HANA, times: 3, case: more }
  - wait: 1 h
  - resume: books
then:
  record: { books.total: { sum: 36000, count: 4 }, books.total/all: { count: 4 } }
  count: { order: 4, books.total: 1 }
  events: { theatre.OrderPaid: 4, OrderPaid: 1 }
""")
    )
    assert come_true(
        tell("""
given: { apps: [books], features: { seats: false } }
when: [{ pause: books }, { start: buy, HANA }, { wait: 1 h }]
then: { count: { books.total: 0 } }
""")
    )


def test_settings_and_features_of_one_scenario_are_those_of_the_file_in_the_next(tell: Told):
    assert come_true(
        tell("""
given: { features: { seats: false }, settings: { price: 12000 } }
when: [{ start: buy, HANA }]
then:
  record: { order: { status: PAID } }
  partner: { payment: { "#1": { amount: 12000 } } }
  calls: { exhibitions: { "POST /items/{item}/seats": 0 } }
""")
    )
    assert come_true(
        tell("""
given: { seats: { exhibitions: { X1: 9 } } }
when: [{ start: buy, HANA }]
then: { record: { order: { status: SEATED } }, partner: { payment: { "#1": { amount: 9000 } } } }
""")
    )


def test_a_customer_is_named_by_a_record_and_the_case_that_an_action_opens_by_a_name(tell: Told):
    assert come_true(
        tell("""
given: { features: { seats: false } }
when:
  - { action: buy_again, case: member/M1, HANA, new: first }
  - { action: buy_again, case: member/M1, DURI, new: second }
then:
  case: second
  record: { order: { status: PAID, buyer: 이두리, member: M1 } }
  cases: [{ case: first, record: { order: { buyer: 김하나 } } }, { case: member/M1, record: { member: { name: 김하나 } } }]
""")
    )


def test_staff_edit_a_list_and_what_is_wrong_is_refused(tell: Told):
    assert come_true(
        tell("""
when:
  - save: { list: plays, id: X1, fields: { title: 오셀로 }, as: clerk1 }
  - save: { list: plays, id: X2, new: true, fields: { title: 리어왕 }, as: clerk1 }
  - save: { list: plays, id: X1, fields: { title: "" }, as: clerk1 }
then:
  record: { play/X1: { title: 오셀로 }, play/X2: { title: 리어왕 } }
  refused: [{ step: 3, code: INVALID, field: title }]
""")
    )


def test_equal_steps_at_the_same_moment_are_played_in_one_order(tell: Told):
    outcome = tell("""
given: { features: { seats: false } }
when: [{ together: [{ start: buy, HANA }, { start: buy, HANA }, { start: buy, DURI }] }]
then: { count: { order: 3 } }
""")
    assert come_true(outcome) and outcome.orders == 3


@pytest.mark.parametrize(
    ("text", "line", "element", "said"),
    [
        ("given:\n  apps: [cafe]\nwhen: []", 4, "", "books, theatre"),
        ("given:\n  features: { sets: true }\nwhen: []", 4, "", "seats"),
        ("given:\n  settings: { prise: 1 }\nwhen: []", 4, "", "price"),
        ("given:\n  records: { books.total: [] }\nwhen: []", 4, "", "order"),
        ("when:\n  - pause: books", 4, "", "theatre"),
        ("when:\n  - { start: books/buy }", 4, "books/buy", "theatre"),
        ("when:\n  - { action: buy_again, case: kim }", 4, "buy_again", "kim"),
        ("when:\n  - { action: buy_again, case: play/X1 }", 4, "buy_again", "tracking page"),
        ("when:\n  - { action: buy_again, case: member/M9 }", 4, "buy_again", "member M9"),
        ("when:\n  - { complete: UT_Paid, as: clerk1 }", 4, "UT_Paid", "open now: -"),
        ("when: []\nthen:\n  calls: { payment: { POST /payments: 1 } }", 5, "", "expected 1, got 0"),
        ("when: []\nthen:\n  partner: { payment: { T-0001: { status: APPROVED } } }", 5, "", "payment T-0001"),
        ("when: []\nthen:\n  partner: { bank: { T-0001: {} } }", 5, "", "payment"),
    ],
)
def test_what_there_is_not_is_named_with_its_line(tell: Told, text, line, element, said):
    problem = only(tell(text))
    assert (problem.file, problem.line, problem.element) == ("story.yaml", line, element)
    assert said in problem.en and problem.ko != problem.en


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("given:\n  seats: { payment: { X1: 3 } }\nwhen: []", 4, "registration"),
        ("given:\n  seats: { exhibitions: { X1: -1 } }\nwhen: []", 4, "greater"),
        ("given:\n  answers: { payment: { pay: { status: 402 } } }\nwhen: []", 4, "POST /payments"),
        ("given:\n  answers:\n    payment: { POST /payments: { code: 402 } }\nwhen: []", 5, "code"),
        ("when:\n  - partner: { payment: asleep }", 4, "slow"),
        ("when:\n  - save: { list: plays, fields: {} }", 4, "as"),
        ("when: []\nthen:\n  calls: { payment: { payments: 1 } }", 5, "POST /payments"),
    ],
)
def test_a_file_that_says_what_nobody_understands_is_refused_with_the_line(tell: Told, text, line, said):
    with pytest.raises(Problem) as caught:
        tell(text)
    assert (caught.value.file, caught.value.line) == ("story.yaml", line)
    assert said in caught.value.en


def test_a_partner_is_given_an_answer_by_a_word_of_its_call(tell: Told):
    assert come_true(
        tell("""
given: { features: { seats: false }, partners: { payment: { pay: { status: 402, body: { code: DECLINED } } } } }
when:
  - { start: buy, HANA, case: first }
  - partner: { payment: { POST /payments: { payment_id: PAY-7 } } }
  - { start: buy, HANA, case: second }
then:
  cases: [{ case: first, record: { order: { status: DECLINED } } }, { case: second, record: { order: { status: PAID } } }]
""")
    )
