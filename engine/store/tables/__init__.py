"""All tables. What each row means and which column guards it stands beside it."""

from engine.store.tables.definitions import Deployment, Duty, StartSubscription, Switch
from engine.store.tables.events import CaseView, Event, SubscriberCursor
from engine.store.tables.instances import History, Incident, ProcessInstance
from engine.store.tables.jobs import Breaker, Job, Presence
from engine.store.tables.messages import Correlation, Message, MessageSubscription
from engine.store.tables.people import Account, Audit, Idempotency, Person
from engine.store.tables.records import Capacity, Document, NumberBlock, Record, RecordKey, Reservation, SearchKey
from engine.store.tables.tasks import IS_OPEN, Comment, Draft, Notice, NoticeSeen, UserTask, UserTaskCandidate

__all__ = [
    "IS_OPEN",
    "Account",
    "Audit",
    "Breaker",
    "Capacity",
    "CaseView",
    "Comment",
    "Correlation",
    "Deployment",
    "Document",
    "Draft",
    "Duty",
    "Event",
    "History",
    "Idempotency",
    "Incident",
    "Job",
    "Message",
    "MessageSubscription",
    "Notice",
    "NoticeSeen",
    "NumberBlock",
    "Person",
    "Presence",
    "ProcessInstance",
    "Record",
    "RecordKey",
    "Reservation",
    "SearchKey",
    "StartSubscription",
    "SubscriberCursor",
    "Switch",
    "UserTask",
    "UserTaskCandidate",
]
