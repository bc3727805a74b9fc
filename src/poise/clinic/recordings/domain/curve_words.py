"""What a person calls a curve or an event of a replay. What is not here is shown by its own name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CURVES = {
    "pelvis.tilt": _("Pelvis: tilt"),
    "pelvis.obliquity": _("Pelvis: drop to the side"),
    "pelvis.rotation": _("Pelvis: turn"),
    "thorax.tilt": _("Chest: tilt"),
    "thorax.obliquity": _("Chest: lean to the side"),
    "thorax.rotation": _("Chest: turn"),
    "trunk.lean_forward": _("Trunk: lean forward"),
    "trunk.lean_side": _("Trunk: lean to the side"),
    "trunk.rotation": _("Trunk: turn"),
    "hip.flexion": _("Hip: bend"),
    "hip.adduction": _("Hip: inward and outward"),
    "hip.rotation": _("Hip: turn"),
    "knee.flexion": _("Knee: bend"),
    "knee.adduction": _("Knee: inward and outward"),
    "knee.rotation": _("Knee: turn"),
    "ankle.dorsiflexion": _("Ankle: toes up"),
    "foot.pitch": _("Foot: heel against toe"),
    "foot.progression": _("Foot: inward and outward"),
    "thigh.inclination": _("Thigh: lean"),
    "shoulder.flexion": _("Shoulder: arm forward"),
    "shoulder.abduction": _("Shoulder: arm to the side"),
    "elbow.flexion": _("Elbow: bend"),
    "arm.swing": _("Arm: swing"),
    "balance.pressure_ml": _("Pressure: left and right"),
    "balance.pressure_ap": _("Pressure: forward and back"),
    "rep.sensor_turn": _("Turn of the sensor"),
    "rep.knee_flexion": _("Knee: bend, both"),
    "force": _("Force upward"),
    "pressure.x": _("Pressure, x"),
    "pressure.y": _("Pressure, y"),
    "emg": _("Muscle activity"),
    "emg.envelope": _("Muscle activity"),
    "acceleration": _("Acceleration"),
    "angular_velocity": _("Turning speed"),
}
EVENTS = {
    "initial_contact": _("Foot lands"),
    "toe_off": _("Toe off"),
    "repetition_start": _("Repetition starts"),
    "repetition_apex": _("Far point"),
    "repetition_end": _("Repetition ends"),
}


def all_words() -> dict[str, str]:
    """The names of curves in the reader's language."""
    return {name: str(word) for name, word in CURVES.items()}


def event_words() -> dict[str, str]:
    """The names of events in the reader's language."""
    return {name: str(word) for name, word in EVENTS.items()}
