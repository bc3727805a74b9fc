"""Array maths over time: geometry, filters, gaps, events, spectra. Knows no nouns; scipy is loaded only when used."""

STANDARD_GRAVITY_M_S2 = 9.80665
"""What an accelerometer calls 1 g (CGPM 1901)."""
GRAVITY_M_S2 = 9.81
"""As published formulas of walking round it: the Froude number, the extrapolated centre of mass."""
