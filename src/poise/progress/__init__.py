"""Measurements over time → what changed, against what measuring alone would show."""
