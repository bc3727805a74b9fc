"""The kinds of job that tests ask for, by name alone: known before Django is set up, in workers and their hands."""

from __future__ import annotations

from poise.clinic.jobs.domain import kinds

HANDLERS = (
    "count", "slow", "stubborn", "poison", "greedy", "unreadable", "faulty", "returns", "writes_and_falls",
)  # fmt: skip


def register_all() -> None:
    for name in HANDLERS:
        kinds.register(
            kinds.Kind(
                name=f"test_{name}", label=f"Test: {name}", handler=f"clinic.jobs.work_for_tests:{name}",
                time_limit_s=60.0, memory_limit_bytes=700_000_000 if name == "greedy" else 4 * 1024**3,
            )
        )  # fmt: skip
