"""`baton worker`: work off jobs and messages in a process of its own."""

import signal
import threading

import click

from engine.runtime import logs
from engine.start import open_baton
from engine.worker import Worker


@click.command("worker")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64))
def command(threads: int) -> None:
    """Work until SIGTERM or Ctrl-C; the job in hand is finished first."""
    logs.configure()
    baton = open_baton()
    asked = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: asked.set())
    workers = [Worker(baton, number) for number in range(threads)]
    for worker in workers:
        worker.start()
    click.echo(f"{threads} worker threads at work")
    asked.wait()
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.join()
    baton.database.close()
