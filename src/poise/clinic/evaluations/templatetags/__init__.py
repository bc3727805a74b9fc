"""Tags of evaluations: ``{% load evaluations %}``."""
