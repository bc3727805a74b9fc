"""The nouns: frozen, keyword-only values that every room hands to the next."""

from poise.model.assessment import Assessment, Band
from poise.model.comparison import Comparison
from poise.model.contracts import Compare, Measure, Reader
from poise.model.exercise import Bound, Check, Exercise, RepetitionState, Target
from poise.model.finding import Evidence, Finding, Reference, Severity
from poise.model.gait import Bout, Footstep, Stride, Walk
from poise.model.measurement import Curve, Definition, Measured, Measurement, Series
from poise.model.muscle import Burst
from poise.model.person import Person
from poise.model.recognition import Recognition
from poise.model.recording import SIDES, Event, ForcePlate, Frame, Kind, Problem, Recording, Side, Step, Stream
from poise.model.repetition import Fault, Part, Repetition

__all__ = [
    "SIDES", "Assessment", "Band", "Bound", "Bout", "Burst", "Check", "Compare", "Comparison", "Curve",
    "Definition", "Event", "Evidence", "Exercise", "Fault", "Finding", "Footstep", "ForcePlate", "Frame", "Kind",
    "Measure", "Measured", "Measurement", "Part", "Person", "Problem", "Reader", "Recognition", "Recording",
    "Reference", "Repetition", "RepetitionState", "Series", "Severity", "Side", "Step", "Stream", "Stride",
    "Target", "Walk",
]  # fmt: skip
