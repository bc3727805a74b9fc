"""Who is asking: handed to every verb of every app's `domain`, and written into the audit."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from poise.clinic.rules import Role


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person at work (or the system itself), from somewhere, in one clinic.

    `clinic_id` is None only before the first start has made a clinic, and for the system's own work.
    `address` is the network address; `route` the name of the page; `request_id` joins log lines, job and audit row.
    """

    user_id: UUID | None
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    clinic_id: UUID | None = None
    address: str = ""
    route: str = ""
    request_id: str = ""

    @property
    def at(self) -> UUID:
        """The clinic that the person works or is treated in.

        Raises
        ------
        LookupError
            The actor is of no clinic: the system itself, or nobody yet.
        """
        if self.clinic_id is None:
            raise LookupError(f"{self.name or 'nobody'} is of no clinic")
        return self.clinic_id

    def is_a(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return bool(self.roles.intersection(roles))


def system(name: str, clinic_id: UUID | None = None) -> Actor:
    """The software itself: a worker, the backup, the demo's maker."""
    return Actor(user_id=None, name=f"system:{name}", clinic_id=clinic_id)
