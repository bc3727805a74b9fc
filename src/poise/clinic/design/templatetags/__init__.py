"""Tags of the design system: ``{% load design %}``."""
