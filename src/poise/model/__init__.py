"""The nouns: frozen, keyword-only values that every room hands to the next."""

from poise.model.assessment import Assessment, Band
from poise.model.contracts import Measure, Reader
from poise.model.finding import Evidence, Finding, Reference, Severity
from poise.model.gait import Bout, Footstep, Stride, Walk
from poise.model.measurement import Curve, Definition, Measured, Measurement, Series
from poise.model.person import Person
from poise.model.recording import SIDES, Event, ForcePlate, Frame, Kind, Problem, Recording, Side, Step, Stream

__all__ = [
    "SIDES", "Assessment", "Band", "Bout", "Curve", "Definition", "Event", "Evidence", "Finding", "Footstep",
    "ForcePlate", "Frame", "Kind", "Measure", "Measured", "Measurement", "Person", "Problem", "Reader", "Recording",
    "Reference", "Series", "Severity", "Side", "Step", "Stream", "Stride", "Walk",
]  # fmt: skip
