"""Recording → Recording: filter, gaps, resample, orient, name. Each step leaves a Step in the history."""
