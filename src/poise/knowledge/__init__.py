"""Cited data: norms, thresholds, findings. Facts live in files with a source; only what computes is code."""
