"""`baton test`: play the scenarios of process apps."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import structlog

from engine import apps, scenarios
from engine.apps import AppRefused
from engine.scenarios import AppReport

GOAL = 95.0  # percent of sequence flows that `--coverage` asks for


@click.command("test")
@click.argument("names", metavar="[APP]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.option("--coverage", is_flag=True, help=f"Show what was not reached; fail below {GOAL:.0f} % of the sequence flows.")
@click.option("--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", help="Folder with processes/ and forms/.")
def command(names: tuple[str, ...], as_json: bool, coverage: bool, root: Path) -> None:
    """Play the scenarios of the apps (of all apps without a name) on an in-memory database with a clock of its own."""
    known = apps.keys(root)
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"there is no app {', '.join(unknown)}; known: {', '.join(known) or 'none'}")
    reports: list[AppReport] = []
    with _quiet(), scenarios.Partners() as partners:
        for name in names or known:
            reports.append(_run(root, name, partners))
            if not as_json:
                _print(reports[-1], coverage)
    if as_json:
        click.echo(json.dumps({"apps": [report.as_dict() for report in reports]}, ensure_ascii=False, indent=2))
    sys.exit(0 if all(_good(report, coverage) for report in reports) else 1)


@contextmanager
def _quiet() -> Iterator[None]:
    # What the worker logs is of no interest here, and would stand between the lines of the report.
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def _run(root: Path, name: str, partners: scenarios.Partners) -> AppReport:
    try:
        return scenarios.run_app(root, name, partners)
    except AppRefused as refused:
        errors = [finding for finding in refused.findings if finding.level == "error"]
        return AppReport(name, problems=[scenarios.Problem(one.file, 1, one.element, one.ko, one.en) for one in errors])


def _good(report: AppReport, coverage: bool) -> bool:
    enough = not coverage or (report.coverage is not None and report.coverage.percent_of_flows >= GOAL)
    return report.passed and enough


def _print(report: AppReport, coverage: bool) -> None:
    click.echo(f"{report.app}: {sum(outcome.passed for outcome in report.outcomes)}/{len(report.outcomes)}")
    for outcome in report.outcomes:
        click.echo(f"  {'ok  ' if outcome.passed else 'FAIL'} {outcome.id}  {outcome.title['ko']} / {outcome.title['en']}  ({outcome.seconds:.2f} s)")
        for problem in outcome.problems:
            _print_problem(problem)
    for problem in report.problems:
        _print_problem(problem)
    if report.coverage is None:
        return
    click.echo(f"  flows covered: {report.coverage.percent_of_flows:.1f} %")
    if coverage:
        _print_missing(report.coverage)


def _print_problem(problem: scenarios.Problem) -> None:
    where = f" [{problem.element}]" if problem.element else ""
    click.echo(f"       {problem.file}:{problem.line}{where}\n         {problem.ko}\n         {problem.en}")


def _print_missing(coverage: scenarios.Coverage) -> None:
    for kind, parts in (("element", coverage.elements), ("flow", coverage.flows), ("rule", coverage.rules)):
        for name, part in parts.items():
            click.echo(f"  {name}: {kind}s {part.percent:.0f} %{', not reached: ' + ', '.join(part.missing) if part.missing else ''}")
