"""Who may do what. This table is all there is: every page and every API route names one action of it.

A cell says how far a role's permission reaches:

``team``    patients whose care team the person is on (or whose chart was opened by breaking the glass)
``clinic``  every patient, or every thing, of the person's own clinic
``self``    the patient's own record
``-``       not at all

Nothing reaches over the border of a clinic. What a role may not know of another's existence answers 404.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType

from poise.errors import BadKnowledge


class Role(StrEnum):
    """What a person is in the clinic. One person may be several (an owner who treats: ``pt`` and ``admin``)."""

    PHYSICAL_THERAPIST = "pt"
    ASSISTANT = "pta"
    CHIROPRACTOR = "dc"
    FRONT_DESK = "desk"
    BILLER = "biller"
    ADMINISTRATOR = "admin"
    PATIENT = "patient"


class Reach(StrEnum):
    """How far a permission reaches."""

    TEAM = "team"
    CLINIC = "clinic"
    SELF = "self"


CLINICIANS = frozenset({Role.PHYSICAL_THERAPIST, Role.ASSISTANT, Role.CHIROPRACTOR})
LICENSED = frozenset({Role.PHYSICAL_THERAPIST, Role.CHIROPRACTOR})
STAFF = frozenset(Role) - {Role.PATIENT}

TABLE = """
action                  pt      pta     dc      desk    biller  admin   patient

own.account             clinic  clinic  clinic  clinic  clinic  clinic  self
home.open               clinic  clinic  clinic  clinic  clinic  clinic  self

patient.find            clinic  clinic  clinic  clinic  clinic  -       -
patient.register        clinic  -       clinic  clinic  -       -       -
patient.identity.read   team    team    team    clinic  clinic  -       self
patient.identity.edit   team    team    team    clinic  -       -       -
patient.invite          team    -       team    clinic  -       -       -
patient.archive         team    -       team    -       -       -       -
patient.export          team    -       team    -       -       -       self
team.read               team    team    team    clinic  -       -       self
team.edit               team    -       team    clinic  -       -       -
glass.break             clinic  clinic  clinic  -       -       -       -

coverage.read           team    team    team    clinic  clinic  -       self
coverage.edit           team    -       team    clinic  clinic  -       -
diagnosis.codes.read    team    team    team    -       clinic  -       -

chart.read              team    team    team    -       -       -       self
chart.edit              team    -       team    -       -       -       -
episode.read            team    team    team    -       -       -       self
episode.edit            team    -       team    -       -       -       -
redflag.ask             team    team    team    -       -       -       -
redflag.decide          team    -       team    -       -       -       -
intake.send             team    team    team    clinic  -       -       -
intake.fill             team    team    team    -       -       -       self
intake.read             team    team    team    -       -       -       self
intake.confirm          team    team    team    -       -       -       -
painmap.read            team    team    team    -       -       -       self
painmap.edit            team    team    team    -       -       -       self
painmap.palpate         team    -       team    -       -       -       -
activity.edit           team    team    team    -       -       -       self
outcome.read            team    team    team    -       -       -       self
outcome.edit            team    team    team    -       -       -       -
file.read               team    team    team    -       -       -       self
file.add                team    team    team    -       -       -       -
file.remove             team    team    team    -       -       -       -

evaluation.read         team    team    team    -       -       -       -
evaluation.edit         team    -       team    -       -       -       -
evaluation.measure      team    team    team    -       -       -       -
evaluation.export       team    team    team    -       -       -       -
finding.read            team    team    team    -       -       -       -
finding.judge           team    -       team    -       -       -       -
finding.told            team    team    team    -       -       -       self
recording.read          team    team    team    -       -       -       -
recording.add           team    team    team    -       -       -       -
recording.remove        team    -       team    -       -       -       -
job.read                team    team    team    -       -       -       -
job.cancel              team    team    team    -       -       -       -
job.retry               team    team    team    -       -       -       -

people.read             clinic  clinic  clinic  clinic  clinic  clinic  -
people.edit             -       -       -       -       -       clinic  -
clinic.edit             -       -       -       -       -       clinic  -
audit.read              -       -       -       -       -       clinic  -
audit.export            -       -       -       -       -       clinic  -
accesses.read           -       -       -       -       -       clinic  self
page.print              clinic  clinic  clinic  clinic  clinic  clinic  self
glass.review            -       -       -       -       -       clinic  -
token.own               clinic  clinic  clinic  clinic  clinic  clinic  -
operations.read         -       -       -       -       -       clinic  -
"""


def _read(table: str) -> dict[str, MappingProxyType[Role, Reach]]:
    head, *rows = (line.split() for line in table.strip().splitlines() if line.strip())
    roles = [Role(name) for name in head[1:]]
    rules: dict[str, MappingProxyType[Role, Reach]] = {}
    for action, *cells in rows:
        if len(cells) != len(roles) or action in rules:
            raise BadKnowledge(f"The table of rules has a bad line: '{action}'.", found=f"{len(cells)} cells.")
        grants = {role: Reach(cell) for role, cell in zip(roles, cells, strict=True) if cell != "-"}
        rules[action] = MappingProxyType(grants)
    return rules


RULES = MappingProxyType(_read(TABLE))


def reaches(roles: Iterable[Role], action: str) -> frozenset[Reach]:
    """How far a person of these roles may go with an action; empty where not at all.

    Raises
    ------
    KeyError
        There is no such action: a mistake in our own code, never to be answered with "allowed".
    """
    grants = RULES[action]
    return frozenset(grants[role] for role in roles if role in grants)
