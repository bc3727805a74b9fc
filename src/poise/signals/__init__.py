"""Array maths over time: geometry, filters, gaps, events, spectra. Knows no nouns; scipy is loaded only when used."""
