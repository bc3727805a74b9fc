"""``python -m poise.clinic write_roles [FILE]``: writes the page of roles."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from poise.clinic.people.roles_page import roles_page


class Command(BaseCommand):
    """Writes `docs/clinic/roles.md` from the rules and routes."""

    help = "Writes docs/clinic/roles.md from the rules and routes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", nargs="?", default="docs/clinic/roles.md")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes it."""
        Path(options["file"]).write_text(roles_page(), "utf-8")
