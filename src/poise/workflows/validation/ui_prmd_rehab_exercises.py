"""UI-PRMD: squat, lunge, sit-to-stand, shoulder abduction and rotation, done rightly and, acted, wrongly."""

from __future__ import annotations

from poise.workflows.validation._uiprmd import UiPrmd

DATASET = UiPrmd(name="ui-prmd-rehab-exercises")
