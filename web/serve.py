"""How gunicorn serves Baton: one process, eight threads for pages, and worker threads that live and die with it."""

from typing import Any

from engine.runtime import demo, logs
from engine.settings import load
from engine.start import working

settings = load()
bind = f"{settings.host}:{settings.port}"
workers = 1
worker_class = "gthread"
threads = 8
graceful_timeout = 30
timeout = 60
keepalive = 5
control_socket_disable = True
loglevel = "warning"
running: list[Any] = []


def post_worker_init(worker: Any) -> None:
    """Start the worker threads after the fork, and say where the service is."""
    logs.configure()
    baton = worker.wsgi.extensions["baton"]
    running.extend(working(baton, settings.workers))
    for thread in running:
        thread.start()
    print(f"Baton is ready at {settings.address}", flush=True)
    if settings.demo:
        _print_demo(baton)


def worker_exit(server: Any, worker: Any) -> None:
    """Let the worker threads finish what they hold."""
    for thread in running:
        thread.stop()
    for thread in running:
        thread.join()


def _print_demo(baton: Any) -> None:
    accounts = demo.accounts(baton)
    print(f"Demo accounts, password {demo.PASSWORD} (sign in at {settings.address}/login):")
    for account in accounts:
        print(f"  {account.login:<10} {account.name}  {', '.join(account.roles)}")
    if settings.sms_url:
        print(f"Texts and mails that were sent: {settings.sms_url}", flush=True)
