"""A message broker (AMQP) to which events are published: a topic exchange, and a confirmation for each event."""

from collections.abc import Mapping
from typing import Any

import orjson
from kombu import Connection, Exchange, Producer

from engine.connectors.contract import ConnectorError

WAIT = 5.0  # seconds for a connection, and for each confirmation
CONTENT_TYPE = "application/cloudevents+json"


class Broker:
    """One connection, opened when it is needed. Not for several threads at once."""

    def __init__(self, url: str, exchange: str) -> None:
        self._url = url
        self._exchange = Exchange(exchange, type="topic", durable=True)
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def publish(self, event: Mapping[str, Any], routing_key: str) -> None:
        """Publish one CloudEvent, and return once the broker has it. Raises ConnectorError; then it may or may not have it."""
        try:
            producer = self._producer or self._open()
            producer.publish(
                orjson.dumps(event),
                routing_key=routing_key,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                message_id=event["id"],
                delivery_mode="persistent",
                confirm_timeout=WAIT,
            )
        except Exception as error:  # whatever its trouble is; also that a queue refused it, which the library counts to no family of errors
            self.close()
            raise ConnectorError(f"the broker took no event: {type(error).__name__}") from error

    def _open(self) -> Producer:
        options = {"confirm_publish": True, "read_timeout": WAIT, "write_timeout": WAIT}
        self._connection = Connection(self._url, connect_timeout=WAIT, transport_options=options)
        self._connection.connect()
        self._producer = Producer(self._connection.channel(), exchange=self._exchange)
        return self._producer

    def close(self) -> None:
        """Give the connection back; the next event opens a new one."""
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            connection.release()
