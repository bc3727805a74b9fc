"""Movements with a known answer, made by code and labelled as simulated; contract checks for plug-ins."""
