"""Events leave Baton: one thread publishes them in their order, and a cursor moves only behind what the broker has confirmed."""

import threading

import structlog

from engine.connectors.broker import Broker
from engine.connectors.contract import ConnectorError
from engine.runtime import events, subscribers
from engine.runtime.baton import Baton
from engine.runtime.logs import place

log = structlog.get_logger()
SUBSCRIBER = "broker"
LOOK = 1.0  # seconds between two looks without being woken


class Publisher(threading.Thread):
    """Wakes when a commit of this process rings, and looks by itself every second. Of several processes one publishes at a time."""

    def __init__(self, baton: Baton) -> None:
        super().__init__(name="baton-publisher", daemon=True)
        self._baton = baton
        self._broker = Broker(baton.settings.events_url, baton.settings.events_exchange)
        self._asked_to_stop = threading.Event()

    def run(self) -> None:
        """Publish until asked to stop. An unexpected error is logged and the loop goes on."""
        while not self._asked_to_stop.is_set():
            rings = self._baton.bell.rings
            if not self._turn():
                self._baton.bell.wait(rings, LOOK)
        self._broker.close()

    def _turn(self) -> int:
        try:
            return self.publish()
        except Exception as error:
            log.error("the publisher met an unexpected error", action="publish.error", error=type(error).__name__, at=place(error))
            return 0

    def publish(self) -> int:
        """Publish the next events; returns how many the broker confirmed. A broker that is down is an incident, and everything waits."""
        turn: subscribers.Turn | None = self._baton.do(subscribers.lease, subscriber=SUBSCRIBER)
        if turn is None:
            return 0
        confirmed = turn.position
        try:
            for event in turn.events:
                if self._asked_to_stop.is_set():
                    break
                self._broker.publish(events.cloud_event(event), event.type)
                confirmed = event.position
        except ConnectorError as error:
            self._baton.do(subscribers.done, turn=turn, position=confirmed)
            reason = f"{error}; 이벤트가 밖으로 나가지 못하고 차례대로 기다려요 / events wait in their order until the broker is back"
            self._baton.do(subscribers.hold, subscriber=SUBSCRIBER, position=confirmed, error=reason)
            log.warning("events wait", action="publish.fail", error=str(error))
            return 0
        self._baton.do(subscribers.done, turn=turn, position=confirmed)
        return confirmed - turn.position

    def stop(self) -> None:
        """Ask it to stop after the event in hand."""
        self._asked_to_stop.set()
        self._baton.bell.ring()
