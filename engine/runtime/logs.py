"""Logs: one line of JSON per decision, with a stable `action`; never a value of anybody's, so errors stand there by kind and place only."""

import logging
import sys
from pathlib import Path
from traceback import extract_tb

import structlog


def configure() -> None:
    """Write logs to standard error from now on. For the processes that serve and work; commands and tests stay quiet."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def place(error: BaseException) -> str:
    """Where an error was raised, as `file:line function`, the innermost of our own frames first; its message may quote somebody's data."""
    frames = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    return " < ".join(reversed(frames[-4:]))
