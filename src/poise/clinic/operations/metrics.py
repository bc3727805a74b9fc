"""Numbers for Prometheus: how long pages take, how the jobs stand, how large the database is. Of nobody."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from poise.clinic.audit.models import Head
from poise.clinic.operations.domain.queue import stands

# Several web processes write their counts into files of this folder (`poise serve` names it); one alone keeps its own.
SHARED = "PROMETHEUS_MULTIPROC_DIR"

_own = CollectorRegistry()
DURATIONS = Histogram(
    "poise_request_seconds",
    "How long requests took, by the page's name, method and kind of answer.",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=None if os.environ.get(SHARED) else _own,
)


class Measured:
    """Takes the time of every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request."""
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        method = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
        labels = (match.view_name if match else "none", method, f"{response.status_code // 100}xx")
        DURATIONS.labels(*labels).observe(time.perf_counter() - began)
        return response


class Now(Collector):
    """What is asked of the database when somebody looks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Jobs, the audit's length, the database's size."""
        now = stands()
        jobs = GaugeMetricFamily("poise_jobs", "Jobs by state.", labels=["state"])
        for state, count in now.by_state.items():
            jobs.add_metric([state], count)
        yield jobs
        yield GaugeMetricFamily(
            "poise_job_oldest_waiting_seconds", "How long the oldest job has waited.", now.oldest_waiting_s
        )
        yield GaugeMetricFamily("poise_jobs_stale", "Jobs whose worker has gone silent.", now.stale)
        number = Head.objects.filter(pk=1).values_list("number", flat=True).first() or 0
        yield GaugeMetricFamily("poise_audit_rows", "Rows of the audit.", number)
        yield GaugeMetricFamily("poise_database_bytes", "Size of the database.", database_bytes())


def database_bytes() -> int:
    """The size of the database, with its log."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    name = str(connection.settings_dict["NAME"])
    return sum(path.stat().st_size for path in (Path(name), Path(f"{name}-wal")) if path.exists())


def written() -> bytes:
    """All of it, as Prometheus reads it."""
    registry = CollectorRegistry()
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Now())
    own = b"" if os.environ.get(SHARED) else generate_latest(_own)
    return own + generate_latest(registry)


def token() -> str:
    """The bearer token that may read the numbers from another machine; in a file of the data folder, or none."""
    path: Path = settings.POISE.folder / "metrics.token"
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""
