"""How far off every method is: one module a data folder, each recomputing its figures from the recordings there."""
