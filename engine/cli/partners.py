"""`baton simulate-partners`: an SMS gateway and a mail server for demo and tests."""

import os
import signal
import threading

import click

from engine.partners import http, smtp
from engine.partners.inbox import Inbox


@click.command("simulate-partners")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--http-port", default=8025, show_default=True, type=click.IntRange(1, 65535))
@click.option("--smtp-port", default=8026, show_default=True, type=click.IntRange(1, 65535))
@click.option("--quiet", is_flag=True, help="Do not print the address.")
@click.option("--with-parent", is_flag=True, help="Stop when the process that started this one is gone.")
def command(host: str, http_port: int, smtp_port: int, quiet: bool, with_parent: bool) -> None:
    """Take texts and mails, and show them on a page. Set BATON_SMS_URL and BATON_SMTP_URL to these addresses."""
    inbox, asked, parent = Inbox(), threading.Event(), os.getppid()
    gateway, mail = http.server(inbox, host, http_port), smtp.server(inbox, host, smtp_port)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: asked.set())
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    mail.start()
    if not quiet:
        click.echo(f"SMS gateway and what was received: http://{host}:{http_port}   mail: smtp://{host}:{smtp_port}")
    while not asked.wait(1.0):
        if with_parent and os.getppid() != parent:
            break
    mail.stop()
    gateway.shutdown()
