"""Pages for the staff of cases: signing in, the worklist, one task, the technician's day, and finding, starting and acting on cases."""

from web.tasks import cases, day, login, task, worklist
from web.tasks.blueprint import blueprint

__all__ = ["blueprint", "cases", "day", "login", "task", "worklist"]
