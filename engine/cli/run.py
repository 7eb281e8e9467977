"""`baton run`: the embedded service. Everything that must happen once happens here, in the parent, before the server forks."""

import json
import os
import subprocess
import sys

import click

from engine import settings
from engine.partners.ports import free_port
from engine.partners.simulation import addresses
from engine.runtime import demo
from engine.start import deploy_new, prepare


@click.command("run")
@click.option("--demo", "with_demo", is_flag=True, help="Demo data, demo accounts and simulated partners; on this machine only.")
def command(with_demo: bool) -> None:
    """Start the service: migrate, deploy apps that were never deployed, and serve pages with worker threads in one process."""
    overrides = {"demo": True} if with_demo else {}
    chosen = settings.load(**overrides)
    if "BATON_PORT" not in os.environ:
        os.environ["BATON_PORT"] = str(free_port(chosen.host, chosen.port))
    if chosen.demo:
        os.environ["BATON_DEMO"] = "true"
    if chosen.demo and not chosen.sms_url:
        _partners(chosen.host)
    baton = prepare(settings.load())
    deploy_new(baton)
    if baton.settings.demo:
        demo.seed(baton)
    baton.database.close()
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", "python:web.serve", "web.wsgi"])


def _partners(host: str) -> None:
    http_port = free_port(host, 8025)
    smtp_port = free_port(host, http_port + 1)
    os.environ["BATON_SMS_URL"] = f"http://{host}:{http_port}"
    os.environ["BATON_SMTP_URL"] = f"smtp://{host}:{smtp_port}"
    os.environ.setdefault("BATON_PARTNERS", json.dumps(addresses(f"http://{host}:{http_port}")))
    ports = ["--http-port", str(http_port), "--smtp-port", str(smtp_port)]
    subprocess.Popen([sys.executable, "-m", "engine.cli", "simulate-partners", "--host", host, *ports, "--quiet", "--with-parent"])
