"""Each database statement of each command fails once: afterwards every table stands as before, until the command gets through."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.runtime import accounts, comments, demo, jobs, presence, privacy, publishing, subscribers, task_plans
from engine.runtime.baton import Baton
from engine.settings import Settings
from engine.start import deploy_new, prepare
from tests.apps_folder import apps_folder
from tests.runtime.failing import commands, stubborn, tried
from tests.runtime.story import CHOI, JUNG, LEE, ROOT, Story

STORIES = {  # told once more with `tests.runtime.failing`: what runs in them
    "conditions.py::test_what_no_longer_waits_leaves_no_rows_behind": {"jobs.finish"},
    "erasing.py::test_everything_about_a_person_is_given_to_them": {"disclosure.export"},
    "erasing.py::test_variables_of_an_ended_case_go_too": {"privacy.erase"},
    "external_workers.py::test_a_worker_that_was_away_too_long_changes_nothing": {
        "housekeeping.tidy",
        "jobs.give_up_lost",
        "lapses.forget_pairs",
        "lapses.lapse",
        "outbox.relay",
        "privacy.sweep",
        "workers.activate",
        "workers.complete",
        "workers.extend",
        "workers.fail",
        "workers.throw",
    },
    "http.py::test_a_private_address_is_refused_unless_the_operator_allows_it": {"breakers.withdrawn"},
    "http.py::test_the_example_of_the_analysts_page_pays_and_says_busy": {
        "breakers.ask",
        "breakers.failed",
        "breakers.succeeded",
        "calls.failed",
        "definitions.deploy",
        "instances.start",
        "jobs.complete",
    },
    "listeners.py::test_an_operator_retries_after_mending": {"subscribers.retry"},
    "listeners.py::test_an_operator_skips_an_event_with_a_reason": {"subscribers.skip"},
    "listeners.py::test_what_fails_in_an_unexpected_way_is_an_incident_too": {"listeners.take", "subscribers.hold"},
    "lists.py::test_only_what_was_given_is_written_and_the_audit_says_what": {"record_lists.save"},
    "notices.py::test_one_person_is_told_by_login": {"notices.post"},
    "notices.py::test_what_was_read_is_not_new_and_what_comes_later_is": {"notices.read_until"},
    "operations.py::test_a_cancelled_instance_is_over_with_everything_it_waited_for": {"operations.cancel"},
    "operations.py::test_a_timer_that_comes_due_while_suspended_fires_on_resume": {"operations.resume", "operations.suspend"},
    "operations.py::test_a_token_is_moved_and_the_old_task_is_gone": {"operations.move_token"},
    "operations.py::test_an_instance_goes_to_another_version_and_on_there": {"instance_versions.migrate"},
    "operations.py::test_elements_are_started_and_cancelled": {"operations.cancel_element", "operations.start_after", "operations.start_before"},
    "operations.py::test_variables_are_written_within_limits": {"operations.set_variables"},
    "raised_incidents.py::test_it_is_one_incident_until_it_is_closed": {"incidents.close"},
    "rebuilding.py::test_a_rebuilt_app_has_the_same_records_and_instances": {"rebuilding.clear"},
    "rebuilding.py::test_the_operator_takes_an_app_out_of_service_from_the_terminal": {"definitions.retire"},
    "subscription.py::test_a_claimed_task_is_its_holders_until_released": {"user_tasks.claim", "user_tasks.release"},
    "subscription.py::test_a_draft_is_kept_for_its_writer_alone_and_ends_with_the_task": {"user_tasks.save_draft"},
    "subscription.py::test_a_task_is_handed_to_a_colleague_who_may_do_it": {"user_tasks.assign"},
    "switches.py::test_a_draining_service_takes_no_new_cases_and_finishes_the_running_ones": {"switches.drain", "switches.undrain"},
    "switches.py::test_messages_of_a_paused_app_wait_and_arrive_afterwards": {
        "cases.act",
        "delivery.deliver",
        "jobs.fail",
        "switches.pause",
        "switches.unpause",
        "user_tasks.complete",
    },
    "sync.py::test_a_partner_that_takes_longer_than_the_request_leaves_an_ordinary_job": {"calls.hand_over"},
    "watchdog.py::test_a_lapsed_message_goes_to_the_right_key_and_arrives": {"lapses.discard", "lapses.redeliver"},
    "watchdog.py::test_an_operator_writes_a_note": {"incidents.annotate"},
    "worker.py::test_an_operator_lets_a_held_message_go_on": {"delivery.hold", "jobs.retry"},
}
HERE = {  # told in this file
    *("accounts.save", "accounts.activate", "accounts.deactivate", "accounts.set_password", "accounts.set_roles"),
    *("comments.comment", "demo.seed_account", "demo.seed_records", "jobs.claim", "jobs.renew", "jobs.sent", "presence.beat"),
    *("presence.leave", "privacy.retire", "publishing.publish"),
    *("subscribers.lease", "subscribers.done", "task_plans.delegate", "task_plans.set_dates", "task_plans.set_priority"),
}
WITHIN = {"delivery.retry": "jobs.retry", "documents.upload": "", "rotation.reseal": ""}  # run by another command, or with bytes of their own


def test_every_command_of_the_runtime_has_its_story() -> None:
    assert commands() == set().union(*STORIES.values()) | HERE | WITHIN.keys()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_when_any_statement_of_a_command_fails_nothing_of_it_is_written(database: str, postgresql_server: str, tmp_path: Path) -> None:
    told = [f"tests/runtime/test_{story}[{database}]" for story in STORIES]
    line = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "tests.runtime.failing"]
    around = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {"TEST_POSTGRESQL_URL": postgresql_server}
    names = tmp_path / "commands"
    done = subprocess.run([*line, "--commands", str(names), *told], cwd=ROOT, env=around, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    assert set().union(*STORIES.values()) - set(names.read_text().split()) == set()


def test_the_same_of_small_commands(story: Story) -> None:
    def go(command: Any, **words: Any) -> Any:
        tried.clear()
        return stubborn(story.baton, None, command, **words).result

    go(accounts.save, login="lee2", password="a long password", actor=CHOI, name="이둘", roles=["cs_agent"])
    go(accounts.set_password, login="lee2", password="another password", actor=CHOI)
    go(accounts.set_roles, login="lee2", roles=["cs_agent", "lead"], actor=CHOI)
    go(accounts.deactivate, login="lee2", actor=CHOI)
    go(accounts.activate, login="lee2", actor=CHOI)
    task = story.task("UT_Receive", str(story.apply().number))
    go(comments.comment, task_id=task, actor=LEE, text="전화했어요")
    go(task_plans.set_priority, task_id=task, actor=LEE, priority=80)
    later = story.baton.clock.now() + timedelta(days=1)
    go(task_plans.set_dates, task_id=task, actor=LEE, due=later, follow_up=later)
    go(task_plans.delegate, task_id=task, actor=LEE, to=JUNG.id)
    go(publishing.publish, name="iptv.Nothing", key="K-1", variables={}, dedupe="once")
    held = go(jobs.claim)
    go(jobs.renew, job_id=held["id"], lease_token=held["lease_token"])
    go(jobs.sent, job_id=held["id"], lease_token=held["lease_token"])
    turn = go(subscribers.lease, subscriber="broker")
    if turn is not None:
        go(subscribers.done, turn=turn, position=turn.position)
    go(privacy.retire)
    go(presence.beat, worker="here-1", threads=4)
    go(presence.leave, worker="here-1")


def test_the_same_of_the_demo(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    baton = prepare(Settings(data=tmp_path, apps=apps_folder(tmp_path, "mealkit"), database_url=database_url))
    deploy_new(baton)
    tried.clear()
    monkeypatch.setattr(Baton, "carry_out", stubborn)
    demo.seed(baton)
    assert {"demo.seed_account", "demo.seed_records"} <= tried.keys()
    baton.database.close()
