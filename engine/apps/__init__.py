"""Process apps: the files that an analyst writes, checked, and ready to run."""

from engine.apps.build import AppRefused, lint, load
from engine.apps.files import digest, keys, read, unzip, zip
from engine.apps.model import (
    Action,
    Calendar,
    Capacity,
    Door,
    ErrorText,
    Fact,
    Listener,
    Milestone,
    Notification,
    Number,
    ProcessApp,
    RecordList,
    RecordType,
    Refusal,
    Role,
    Status,
    Tracking,
    Unique,
)

__all__ = [
    "Action", "AppRefused", "Calendar", "Capacity", "Door", "ErrorText", "Fact", "Listener", "Milestone", "Notification", "Number", "ProcessApp",
    "RecordList", "RecordType", "Refusal", "Role", "Status", "Tracking", "Unique", "digest", "keys", "lint", "load", "read", "unzip", "zip",
]  # fmt: skip
