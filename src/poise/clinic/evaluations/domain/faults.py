"""What a verb of an evaluation may refuse to do."""

from __future__ import annotations

from poise.errors import PoiseError


class Blocked(PoiseError):
    """A red flag locks the episode: nothing is measured until a licensed clinician has decided."""


class Closed(PoiseError):
    """The evaluation is finished."""


class NeedsReason(PoiseError):
    """What is taken out, corrected or judged needs a reason."""


class AlreadyCorrected(PoiseError):
    """Another number stands in the place of this one already."""


class NotTyped(PoiseError):
    """A measure that nobody types: it is not known, or comes from a recording alone."""


class NotProposable(PoiseError):
    """The test is not known, or a precaution that holds speaks against it."""
