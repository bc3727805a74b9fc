"""The words of the evaluation's pages: kinds, parts, guards, conditions of a recording, quick reasons, confidence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from poise.clinic.evaluations.domain import battery
from poise.knowledge.clinical import library
from poise.knowledge.clinical_nouns import Words

Said = str | Promise

KINDS: Mapping[str, Said] = {
    "initial": _("First evaluation"), "re-evaluation": _("Re-evaluation"), "discharge": _("Evaluation at discharge"),
}  # fmt: skip
PARTS: Mapping[str, Said] = {
    "history": _("History"), "neuro": _("Neurological screen"), "strength": _("Strength"),
    "rom": _("Range of motion"), "balance": _("Balance"), "gait": _("Gait"), "proprioception": _("Position sense"),
    "emg": _("Muscle signals (optional)"), "posture": _("Posture"), "pattern": _("Movement patterns"),
}  # fmt: skip
GUARDS: Mapping[str, Said] = {
    "none": _("No one need stand by"), "supervised": _("Stand within reach"), "hands_on": _("Hands on, gait belt"),
}  # fmt: skip
VIEWS: Mapping[str, Said] = {
    "front": _("Camera in front"), "back": _("Camera behind"), "side": _("Camera at the side"), "none": "",
}  # fmt: skip
INSTRUMENTS: Mapping[str, Said] = {
    "goniometer": _("Goniometer"), "timer": _("Timer"), "tape": _("Tape"), "laser": _("Laser"),
    "pressure_cuff": _("Pressure cuff"), "observation": _("By eye"), "questionnaire": _("Asked"),
    "app_task": _("App task"), "dynamometer": _("Dynamometer"),
}  # fmt: skip
SIDES: Mapping[str, Said] = {
    "left": _("Left"), "right": _("Right"), "both": _("Both sides"), "none": "", "": "",
}  # fmt: skip
STATES: Mapping[str, Said] = {
    "proposed": _("To do"), "done": _("Done"), "skipped": _("Left out"), "not_able": _("Not able"),
}  # fmt: skip
GROUPS: Mapping[str, Said] = {
    "pain": _("Pain"), "instability": _("Instability"), "weakness": _("Weakness"), "incidental": _("Incidental"),
}  # fmt: skip
SEVERITIES: Mapping[str, Said] = {"major": _("Marked"), "minor": _("Mild"), "info": _("For your information")}
EVIDENCE: Mapping[str, Said] = {
    "verified": _("read in the source"), "general-knowledge": _("general knowledge, not looked up"),
    "memory": _("from memory, not looked up"), "design": _("our own starting value"),
}  # fmt: skip
BASIS: Mapping[str, Said] = {
    "published": _("published"), "convention": _("teaching value"), "design_default": _("our own starting value"),
    "norm": _("norm"), "threshold": _("threshold"), "other side": _("the other side"),
    "earlier": _("the earlier recording"), "asked": _("what the exercise asked for"),
}  # fmt: skip
TAKES: Mapping[str, Said] = {
    "highest": _("the best counts"), "lowest": _("the shortest counts"), "mean": _("the mean counts"), "only": "",
}  # fmt: skip
TASKS: Mapping[str, Said] = {
    "walk": _("Walking"), "stand": _("Standing"), "sit_to_stand": _("Sit to stand"), "squat": _("Squat"),
    "single_leg": _("Standing on one leg"), "reach": _("Reaching"), "posture": _("Posture"),
    "jps": _("Position sense"), "emg": _("Muscle signals"), "tug": _("Up and go"), "exercise": _("Exercise"),
    "stairs": _("Stairs"), "muscle_length": _("Muscle length"), "auto": _("Find out by itself"),
}  # fmt: skip
CONDITIONS: Mapping[tuple[str, str], Said] = {
    ("eyes", "open"): _("eyes open"), ("eyes", "closed"): _("eyes closed"), ("surface", "firm"): _("firm ground"),
    ("surface", "foam"): _("foam"), ("stance", "left_leg"): _("left leg"), ("stance", "right_leg"): _("right leg"),
    ("stance", "feet_together"): _("feet together"), ("stance", "semi_tandem"): _("half tandem"),
    ("stance", "tandem"): _("tandem"), ("stance", "two_feet"): _("both feet"), ("side", "left"): _("left"),
    ("side", "right"): _("right"), ("attention", "single"): _("one task"),
    ("attention", "dual"): _("with a second task"),
    ("facing", "camera"): _("facing the camera"), ("facing", "left"): _("facing left"),
    ("facing", "right"): _("facing right"), ("facing", "away"): _("back to the camera"),
    ("posture", "sitting"): _("sitting"), ("posture", "standing"): _("standing"), ("posture", "lying"): _("lying"),
    ("arms", "crossed"): _("arms crossed"), ("arms", "free"): _("arms free"),
    ("contraction", "task"): _("during the task"),
    ("contraction", "rest"): _("at rest"), ("contraction", "maximal"): _("as strong as possible"),
    ("limit_s", "30"): _("30 seconds"),
    ("movement", "push_and_release"): _("push and release"),
    ("movement", "head rotation"): _("head turned"), ("movement", "knee flexion"): _("knee bent"),
    ("movement", "ankle inversion"): _("foot turned in"), ("movement", "shoulder flexion"): _("arm lifted"),
}  # fmt: skip
ACCEPT_REASONS: Mapping[str, Said] = {
    "seen": _("I see it too"), "fits": _("It fits the symptoms"),
    "confirmed": _("Confirmed by hand or by another test"),
}  # fmt: skip
REJECT_REASONS: Mapping[str, Said] = {
    "not_seen": _("I do not see it"), "recording": _("The recording is not good enough"),
    "usual": _("Usual for this person"), "irrelevant": _("True, but without meaning here"),
}  # fmt: skip


def in_language(words: Words) -> str:
    """A clinical name in the reader's language."""
    return words.in_language(get_language() or "en")


def shot(task: str, conditions: Mapping[str, object]) -> str:
    """A recording of a test in words: "Standing: eyes closed, foam"."""
    parts = [str(CONDITIONS.get((name, str(value)), f"{name} {value}")) for name, value in conditions.items()]
    name = str(TASKS.get(task, task))
    return f"{name}: {', '.join(parts)}" if parts else name


def finding_name(finding_id: str, otherwise: str) -> str:
    """A finding in plain words, in the reader's language where the clinical table has it."""
    known = library().findings.get(finding_id)
    return in_language(known.name) if known else otherwise


def test_name(test_id: str) -> str:
    """A test's name in the reader's language."""
    known = library().tests.get(test_id)
    return in_language(known.name) if known else test_id


def measure_label(measure: str, label: str) -> str:
    """A number's name: the clinical one, a joint motion's own, else as it was measured."""
    base, _dot, motion_id = measure.partition(".")
    motion = battery.motion(motion_id)
    known = library().measures.get(base)
    if motion is not None:
        what = in_language(known.name) if known else gettext("active range")
        return f"{in_language(motion.name)}: {what}"
    return in_language(known.name) if known and base.startswith("m_") else label or measure


def because(reason: str) -> str:
    """Why a test is proposed, in words."""
    kind, _colon, what = reason.partition(":")
    if kind == "finding":
        return gettext("can show: %(finding)s") % {"finding": finding_name(what, what)}
    if kind == "against":
        known = library().contraindications.get(what)
        return gettext("chosen although: %(precaution)s") % {"precaution": in_language(known.name) if known else what}
    said = {
        "screen": gettext("belongs to every evaluation"), "condition": gettext("usual for this condition"),
        "region": gettext("for this body region"), "added": gettext("added by hand"),
    }  # fmt: skip
    return said.get(kind, reason)


def sureness(confidence: float) -> str:
    """A confidence in words."""
    if confidence >= 0.8:
        return gettext("quite sure")
    return gettext("fairly sure") if confidence >= 0.5 else gettext("not very sure")


UNITS: Mapping[str, str] = {
    "deg": "°",
    "pct": "%",
    "ratio": "",
    "count": "",
    "bool": "",
    "nprs": "/10",
    "1": "",
    "index": "",
}


def number(value: float, unit: str = "") -> str:
    """A number as a person reads it: few digits, its unit."""
    if unit == "bool":
        return gettext("yes") if value else gettext("no")
    size = abs(value)
    decimals = (
        0 if size >= 100 or (unit in {"count", "nprs", "score"} and value == int(value)) else 1 if size >= 10 else 2
    )
    text = f"{value:.{decimals}f}"
    text = (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
    said = UNITS.get(unit, unit)
    return f"{text}{'' if said in {'°', '', '/10'} else ' '}{said}"
