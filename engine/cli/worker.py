"""`baton worker`: work off jobs and messages in a process of its own."""

import signal
import sys
import threading

import click

from engine import optional
from engine.runtime import logs
from engine.start import open_baton, working


@click.command("worker")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64))
def command(threads: int) -> None:
    """Work until SIGTERM or Ctrl-C; the job in hand is finished first.

    The threads look for work by themselves, every second and after each commit of this process. With BATON_BROKER_URL the process
    is besides woken by the commits of others, through the broker.
    """
    logs.configure()
    baton = open_baton()
    celery = optional.load("engine.dispatch.celery") if baton.settings.broker_url else None
    running = working(baton, threads)
    for thread in running:
        thread.start()
    click.echo(f"{threads} worker threads at work")
    try:
        if celery:
            _leave_when_asked()
            celery.consume(baton)
        else:
            _until_asked()
    finally:
        for thread in running:
            thread.stop()
        for thread in running:
            thread.join()
        baton.database.close()


def _leave_when_asked() -> None:
    """Until Celery has handlers of its own, which it sets while it starts."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))


def _until_asked() -> None:
    asked = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: asked.set())
    asked.wait()
