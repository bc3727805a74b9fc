"""From files to assessments: read, clean, measure, find. The only place that knows this order."""

from __future__ import annotations
