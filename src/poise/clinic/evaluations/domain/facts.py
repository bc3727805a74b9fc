"""What a recording holds, in sentences that a person reads at once: what was recorded, how long, how much was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from poise.model import Assessment, Kind

NAMES = {
    Kind.MARKERS: gettext_lazy("markers"),
    Kind.LANDMARKS: gettext_lazy("points seen by a camera"),
    Kind.FORCE: gettext_lazy("force plates"),
    Kind.CENTRE_OF_PRESSURE: gettext_lazy("centres of pressure"),
    Kind.ACCELERATION: gettext_lazy("motion sensors"),
    Kind.EMG: gettext_lazy("muscle signals"),
    Kind.JOINT_ANGLES: gettext_lazy("joint angles"),
    Kind.COORDINATES: gettext_lazy("joint angles of a model"),
}
MUCH_MISSING = 0.2


def of_assessment(assessment: Assessment) -> list[dict[str, Any]]:
    """The facts of the cleaned recording, as plain values."""
    if assessment.recording is None:
        return []
    return [
        {
            "stream": str(kind), "count": len(stream.channels), "duration_s": round(stream.duration_s, 2),
            "rate_hz": round(stream.rate_hz, 1) if np.isfinite(stream.rate_hz) else None,
            "missing_fraction": float(np.mean(~np.isfinite(stream.values))) if stream.values.size else 1.0,
        }
        for kind in NAMES
        if kind in assessment.recording
        for stream in (assessment.recording[kind],)
    ]  # fmt: skip


def of_inspection(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same from what was looked up when the file arrived (`poise inspect`)."""
    recordings = facts.get("recordings") or ([facts] if "streams" in facts else [])
    return [
        {**stream, "count": len(stream.get("channels", ()))}
        for each in recordings
        for stream in each.get("streams", ())
        if stream.get("stream") in set(map(str, NAMES))
    ]


def sentences(held: list[dict[str, Any]]) -> list[str]:
    """What the recording holds, one sentence each; what was not seen enough is said too."""
    lengths = [each["duration_s"] for each in held if each.get("duration_s")]
    told = [_("It lasts %(seconds)s seconds.") % {"seconds": f"{max(lengths):.1f}"}] if lengths else []
    return told + [sentence for each in held for sentence in _of_stream(each)]


def _of_stream(held: Mapping[str, Any]) -> Iterator[str]:
    what, rate = NAMES[Kind(held["stream"])], held.get("rate_hz")
    count = int(held.get("count", 0))
    words = ngettext("%(count)s channel: %(what)s", "%(count)s channels: %(what)s", count) % {
        "count": count, "what": what,
    }  # fmt: skip
    yield f"{words}, {rate:.0f} Hz." if rate else f"{words}."
    missing = float(held.get("missing_fraction") or 0.0)
    if missing > MUCH_MISSING and held["stream"] != Kind.CENTRE_OF_PRESSURE:
        yield _("%(percent)s %% of it was not seen.") % {"percent": round(100 * missing)}
