"""What the audit's actions are called on a page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "own.account": _("Own account"),
    "home.open": _("First page"),
    "patient.find": _("List and search of patients"),
    "patient.register": _("New patient registered"),
    "patient.identity.read": _("Name and contact"),
    "patient.identity.edit": _("Name and contact changed"),
    "patient.invite": _("Patient invited to an account"),
    "patient.archive": _("Record put away"),
    "patient.export": _("Record taken out as a file"),
    "team.read": _("Care team"),
    "team.edit": _("Care team changed"),
    "glass.break": _("Record opened in an emergency"),
    "glass.review": _("Emergency openings reviewed"),
    "coverage.read": _("Insurance"),
    "coverage.edit": _("Insurance changed"),
    "chart.read": _("Chart"),
    "chart.edit": _("Chart changed"),
    "episode.read": _("Episode of care"),
    "episode.edit": _("Episode of care changed"),
    "redflag.ask": _("Warning signs asked"),
    "redflag.decide": _("Warning sign decided"),
    "intake.send": _("Intake sheet sent"),
    "intake.fill": _("Intake sheet filled in"),
    "intake.read": _("Intake sheet"),
    "intake.confirm": _("Intake sheet confirmed"),
    "painmap.read": _("Pain map"),
    "painmap.edit": _("Pain map changed"),
    "painmap.palpate": _("Trigger points noted"),
    "activity.edit": _("Activities rated"),
    "outcome.read": _("Questionnaires"),
    "outcome.edit": _("Questionnaire entered"),
    "file.read": _("Files"),
    "file.add": _("File added"),
    "file.remove": _("File removed"),
    "evaluation.read": _("Evaluation"),
    "evaluation.edit": _("Evaluation changed"),
    "evaluation.measure": _("Value measured"),
    "finding.read": _("Findings"),
    "finding.told": _("Findings told to the patient"),
    "diagnosis.codes.read": _("Diagnosis codes"),
    "evaluation.export": _("Evaluation taken out as a file"),
    "finding.judge": _("Finding accepted or rejected"),
    "recording.read": _("Recording"),
    "recording.add": _("Recording added"),
    "recording.remove": _("Recording taken away"),
    "job.read": _("Progress of an analysis"),
    "job.cancel": _("Analysis cancelled"),
    "job.retry": _("Analysis tried again"),
    "people.read": _("People of the clinic"),
    "people.edit": _("People of the clinic changed"),
    "clinic.edit": _("Clinic changed"),
    "clinic.make": _("Clinic made"),
    "audit.read": _("Who did what"),
    "audit.export": _("Who did what, taken out as a file"),
    "audit.reserve": _("Note of a reading, changed by someone"),
    "audit.verify": _("Chain of the audit verified"),
    "accesses.read": _("Who opened a record"),
    "token.own": _("Own access tokens"),
    "operations.read": _("State of the system"),
    "page.print": _("Page printed"),
    "page.open": _("Page"),
    "sign_in": _("Sign-in"),
    "sign_out": _("Sign-out"),
    "screen.lock": _("Screen locked"),
    "screen.unlock": _("Screen unlocked"),
    "invitation.accept": _("Invitation accepted"),
    "backup": _("Backup"),
    "restore": _("Restore"),
}

OUTCOMES: dict[str, str | Promise] = {"done": _("done"), "refused": _("refused"), "failed": _("failed")}


def of_action(action: str) -> str:
    """The action in words; one that has none yet says its name."""
    return str(ACTIONS.get(action, action))
