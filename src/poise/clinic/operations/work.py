"""A process that does the long work: ``python -m poise.clinic.operations.work``; started by `serve` and `worker`."""

from __future__ import annotations

import os


def main() -> None:
    """Takes jobs from the table until it is told to stop."""
    from poise.clinic.operations.lifeline import stop_with_parent

    stop_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poise.clinic.settings")
    import django

    django.setup()
    from poise.clinic.jobs.domain import worker

    worker.run()


if __name__ == "__main__":
    main()
