"""Pages for the staff of cases: signing in, the worklist, one task, the technician's day, and finding, starting and acting on cases."""

from web.tasks import beside, cases, day, login, notices, task, worklist
from web.tasks.blueprint import blueprint

__all__ = ["beside", "blueprint", "cases", "day", "login", "notices", "task", "worklist"]
