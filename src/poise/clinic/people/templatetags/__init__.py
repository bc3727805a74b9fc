"""Tags about people: ``{% load people %}``."""
