"""Brokers for the tests: a RabbitMQ of their own, and a database of the Redis that `TEST_REDIS_URL` names. Worlds are those of the runtime."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

from tests.dispatch.rabbitmq import MISSING, RabbitMQ, program
from tests.runtime.conftest import database_url, logs, story

__all__ = ["database_url", "logs", "story"]
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/1")


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """A running RabbitMQ that belongs to the tests.

    Where none is installed they are left out, but not in CI, which asks for it (`TEST_RABBITMQ=required`).
    """
    if program() is None:
        pytest.fail(MISSING) if os.environ.get("TEST_RABBITMQ") == "required" else pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="baton-rabbitmq-"))
    server = RabbitMQ(folder / "server")
    try:
        server.start()
        yield server
    finally:
        server.close()
        shutil.rmtree(folder)


@pytest.fixture
def redis_url() -> Iterator[str]:
    """An empty database of Redis."""
    with Redis.from_url(REDIS) as redis:
        try:
            redis.flushdb()
        except Unreachable as error:
            pytest.fail(str(error)) if "TEST_REDIS_URL" in os.environ else pytest.skip(str(error))
        yield REDIS
        redis.flushdb()
