"""Events on their way: places given, pages brought up to date, apps that listen told."""

import structlog

from engine.errors import Busy
from engine.runtime import listeners, outbox, subscribers
from engine.runtime.baton import Baton
from engine.runtime.logs import place
from engine.views import case_view

log = structlog.get_logger()


def pass_on(baton: Baton, outages: tuple[type[Exception], ...] = ()) -> int:
    """Relay everything that is new, and let each app that listens take its next event; returns how many events were taken."""
    with baton.relaying:  # threads of one process would only meet at the cursor
        while baton.do(outbox.relay, projections=(case_view.follow,)) == outbox.BATCH:
            pass
    with baton.read() as read:
        waiting = listeners.behind(read)
    return sum(_take(baton, app, outages) for app in waiting)


def _take(baton: Baton, app: str, outages: tuple[type[Exception], ...]) -> int:
    try:
        taken = baton.do(listeners.take, app=app)
    except Busy:
        return 0  # others take this app's events at this moment
    except outages:
        raise
    except Exception as error:
        _hold(baton, app, error)
        return 0
    if taken:
        log.info("event taken", action="event.take", app=app, taken=taken)
    return int(bool(taken))


def _hold(baton: Baton, app: str, error: Exception) -> None:
    log.error("event failed", action="event.fail", app=app, error=type(error).__name__, at=place(error))
    with baton.read() as read:
        event, at = listeners.next_event(read, app), subscribers.cursor(read, subscribers.of_app(app))
    if event is not None and at is not None:
        reason = listeners.refusal(app, event, f"unexpected {type(error).__name__} at {place(error)}")
        baton.do(subscribers.hold, subscriber=at.subscriber, position=at.position, error=reason)
