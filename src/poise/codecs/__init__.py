"""Nouns ↔ JSON, CSV, Parquet, pandas, xarray."""
