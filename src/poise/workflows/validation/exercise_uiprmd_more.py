"""UI-PRMD, the other five: hurdle step, side lunge, leg raise, shoulder extension and scaption."""

from __future__ import annotations

from poise.workflows.validation._uiprmd import UiPrmd

DATASET = UiPrmd(name="exercise-uiprmd-more")
