"""Words for what a recording's row holds."""

from __future__ import annotations

from typing import Any

from django import template

from poise.clinic.recordings.forms import TASKS

register = template.Library()
_NAMES = dict(TASKS)


@register.filter
def task_name(task: str) -> Any:
    """What a person calls the task."""
    return _NAMES.get(task, task.replace("_", " "))
