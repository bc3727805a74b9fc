"""Recording → Measurement, with the method, its settings and how much data stood behind each number."""
