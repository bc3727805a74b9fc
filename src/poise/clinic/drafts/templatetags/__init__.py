"""Tags of drafts: ``{% load drafts %}``."""
