"""Brokers for the tests: a RabbitMQ of their own, and a database of the Redis that `TEST_REDIS_URL` names. Worlds are those of the runtime."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

from engine.dispatch.celery import QUEUE
from tests.dispatch.rabbitmq import MISSING, RabbitMQ, program
from tests.runtime.conftest import database_url, logs, story

__all__ = ["database_url", "logs", "story"]
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/1")


@pytest.fixture(scope="session")
def rabbitmq_server() -> Iterator[RabbitMQ]:
    """A RabbitMQ that belongs to the tests.

    Where none is installed they are left out, but not in CI, which asks for it (`TEST_RABBITMQ=required`).
    """
    if program() is None:
        pytest.fail(MISSING) if os.environ.get("TEST_RABBITMQ") == "required" else pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="baton-rabbitmq-"))
    server = RabbitMQ(folder / "server")
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder)


@pytest.fixture
def rabbitmq(rabbitmq_server: RabbitMQ) -> RabbitMQ:
    """A running RabbitMQ, in which no wake-up of an earlier test is left."""
    rabbitmq_server.start()  # a test that failed may have left it stopped
    with Connection(rabbitmq_server.url) as connection:
        connection.channel().queue_delete(QUEUE)
    return rabbitmq_server


@pytest.fixture
def nobody() -> Iterator[str]:
    """The address of a broker that is not there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody else gets the port, and it refuses
        yield f"amqp://guest:guest@127.0.0.1:{held.getsockname()[1]}//"


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A database of Redis in which no wake-up is left, and which no other test run uses meanwhile."""
    with Redis.from_url(REDIS) as redis:
        try:
            redis.ping()
        except Unreachable as error:
            pytest.fail(str(error)) if "TEST_REDIS_URL" in os.environ else pytest.skip(str(error))
        with redis.lock("baton-tests", timeout=1800):
            redis.delete(QUEUE)
            yield REDIS
            redis.delete(QUEUE)
