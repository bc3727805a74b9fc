"""What a token may be allowed: a scope is a few actions of `rules`. A token never reaches further than its person."""

from __future__ import annotations

from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from poise.clinic.rules import RULES

SCOPES: MappingProxyType[str, frozenset[str]] = MappingProxyType({
    "identity.read": frozenset({"patient.find", "patient.identity.read", "team.read"}),
    "identity.write": frozenset({"patient.register", "patient.identity.edit"}),
    "chart.read": frozenset({"chart.read", "episode.read", "painmap.read", "outcome.read", "intake.read"}),
    "chart.write": frozenset({"episode.edit", "painmap.edit", "activity.edit", "outcome.edit", "redflag.ask"}),
    "evaluation.read": frozenset({"evaluation.read", "finding.read"}),
    "evaluation.write": frozenset({"evaluation.edit", "evaluation.measure"}),
    "finding.judge": frozenset({"finding.judge"}),
    "recording.read": frozenset({"recording.read", "job.read"}),
    "recording.write": frozenset({"recording.add", "job.cancel"}),
    "audit.read": frozenset({"audit.read"}),
})  # fmt: skip
assert all(actions <= set(RULES) for actions in SCOPES.values())

WORDS: MappingProxyType[str, str | Promise] = MappingProxyType({
    "identity.read": _("Find patients and read who they are"),
    "identity.write": _("Register patients and correct who they are"),
    "chart.read": _("Read charts: episodes, maps of pain, activities, scores"),
    "chart.write": _("Write into charts"),
    "evaluation.read": _("Read evaluations, measurements and findings"),
    "evaluation.write": _("Start evaluations and enter measured values"),
    "finding.judge": _("Accept and reject findings (licensed clinicians)"),
    "recording.read": _("Read recordings and jobs"),
    "recording.write": _("Upload recordings, stop jobs"),
    "audit.read": _("Read the audit (administrators)"),
})  # fmt: skip


OPEN = frozenset({"own.account"})  # who one is, and what the books say: every token may


def covers(scopes: list[str], action: str) -> bool:
    """Whether a token of these scopes may do this."""
    return action in OPEN or any(action in SCOPES.get(scope, ()) for scope in scopes)
