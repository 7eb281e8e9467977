"""Who does something: a customer, a member of staff, or the system itself."""

from dataclasses import dataclass, field
from typing import Literal

PLATFORM_ROLES = frozenset({"operator", "analyst", "admin", "lead"})


@dataclass(frozen=True)
class Actor:
    """The one who gives a command. `id` is the login of staff, empty for a customer; `roles` are role ids of apps and of the platform."""

    kind: Literal["customer", "staff", "system"]
    id: str = ""
    name: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)

    def has(self, *roles: str) -> bool:
        """Whether the actor holds one of `roles`."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor("system", "system", "Baton")
CUSTOMER = Actor("customer")
