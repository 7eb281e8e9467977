"""`baton test`: play the scenarios of process apps."""

import json
import sys
import time
from pathlib import Path

import click

from engine import apps, scenarios
from engine.scenarios import AppReport, Coverage, Problem


@click.command("test")
@click.argument("names", metavar="[APP]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.option("--coverage", is_flag=True, help="Show what was not reached; fail below the share of the sequence flows that app.toml asks for.")
@click.option("--root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", help="Folder with processes/ and forms/.")
def command(names: tuple[str, ...], as_json: bool, coverage: bool, root: Path) -> None:
    """Play the scenarios of the apps (of all apps without a name) on an in-memory database with a clock of its own."""
    begun, known = time.perf_counter(), apps.keys(root)
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"there is no app {', '.join(unknown)}; known: {', '.join(known) or 'none'}")
    reports = []
    for report in scenarios.run(root, names or known):
        reports.append(report)
        if not as_json:
            _print(report, coverage)
    if as_json:
        click.echo(json.dumps({"apps": [report.as_dict() for report in reports]}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{sum(len(report.outcomes) for report in reports)} scenarios in {time.perf_counter() - begun:.1f} s")
    sys.exit(0 if all(report.passed and (report.covered or not coverage) for report in reports) else 1)


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
    below = "" if report.covered else f"  (app.toml: {report.goal:g} %)"
    click.echo(f"  flows covered: {report.coverage.percent_of_flows:.1f} %{below}")
    if coverage:
        _print_missing(report.coverage)


def _print_problem(problem: Problem) -> None:
    where = f" [{problem.element}]" if problem.element else ""
    click.echo(f"       {problem.file}:{problem.line}{where}\n         {problem.ko}\n         {problem.en}")


def _print_missing(coverage: Coverage) -> None:
    for kind, parts in (("elements", coverage.elements), ("flows", coverage.flows), ("rules", coverage.rules)):
        for name, part in parts.items():
            click.echo(f"  {part.file or 'dmn'} {name}: {kind} {part.percent:.0f} %")
            for missing in part.missing:
                click.echo(f"    not reached: {missing}  {part.all[missing]}")
