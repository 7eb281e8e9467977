"""`baton simulate-partners`: other companies for demo and tests."""

import os
import signal
import threading

import click

from engine.partners import http, smtp
from engine.partners.simulation import OFFICES, Simulation


@click.command("simulate-partners")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--http-port", default=8025, show_default=True, type=click.IntRange(1, 65535))
@click.option("--smtp-port", default=8026, show_default=True, type=click.IntRange(1, 65535))
@click.option("--quiet", is_flag=True, help="Do not print the address.")
@click.option("--with-parent", is_flag=True, help="Stop when the process that started this one is gone.")
def command(host: str, http_port: int, smtp_port: int, quiet: bool, with_parent: bool) -> None:
    """Take texts, mails and calls, and show them on a page with switches. Set BATON_SMS_URL, BATON_SMTP_URL and BATON_PARTNERS to these addresses."""
    simulation, asked, parent = Simulation(), threading.Event(), os.getppid()
    gateway, mail = http.server(simulation, host, http_port), smtp.server(simulation, host, smtp_port)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: asked.set())
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    mail.start()
    if not quiet:
        click.echo(f"SMS gateway and what was received: http://{host}:{http_port}   mail: smtp://{host}:{smtp_port}")
        click.echo(f"Partners under http://{host}:{http_port}/<name>: {', '.join(OFFICES)}")
    while not asked.wait(1.0):
        if with_parent and os.getppid() != parent:
            break
    mail.stop()
    gateway.shutdown()
