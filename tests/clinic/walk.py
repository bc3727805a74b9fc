"""Finds every page that can be reached by links, as one person: one address for each page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r'<a\b[^>]*?\shref="([^"#]*)|<form\b(?=[^>]*?method="get")[^>]*?\saction="([^"#]*)', re.IGNORECASE)
NOT_PAGES = frozenset({"account_logout", "design"})


def reachable(client: Client, starts: Iterable[str], *, most: int = 400) -> dict[str, str]:
    """Page's name → the first address of it that was found and is an HTML page.

    Links that answer with anything but 200, a redirect or a file are a mistake of the page that holds them.
    """
    waiting, seen, pages, broken = list(starts), set[str](), dict[str, str](), []
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        name = _name(path)
        if path in seen or name is None or name in NOT_PAGES or (name in pages and path not in starts):
            continue
        seen.add(path)
        answer = client.get(path, follow=False)
        if answer.status_code in {301, 302}:
            waiting.append(urljoin(path, answer["Location"]))
            continue
        if answer.status_code != 200:
            broken.append(f"{answer.status_code} {path}")
            continue
        if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming:
            continue
        html = answer.content.decode()
        if "<!doctype html" in html[:200].lower():
            pages[name] = path
            waiting += [_local(path, found) for found in LINK.findall(html)]
    assert not broken, broken
    return pages


def _local(page: str, found: tuple[str, ...]) -> str:
    return urljoin(page, unescape(next(filter(None, found), page)))


def _name(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def names_that_need_more(pages: dict[str, str], wanted: Iterable[str]) -> list[str]:
    """Pages that ought to be found and were not."""
    return sorted(set(wanted) - set(pages))


def busy(therapist: Any, ana: Any) -> Any:
    """A chart in which every kind of thing stands, and Ana's own account."""
    from clinic import made
    from clinic.evaluations.conftest import do_next
    from clinic.evaluations.files import walk_trc
    from poise.clinic.evaluations.domain import analysis, evaluations
    from poise.clinic.evaluations.models import PlannedTest

    by = made.actor(therapist)
    episode = _episode(ana)
    evaluation = evaluations.start(
        by, episode, kind="initial", condition="c_tka", symptoms=["It buckles on the stairs"]
    )
    gait, _made = PlannedTest.objects.get_or_create(evaluation=evaluation, test="test_gait", defaults={"order": 50})
    walk = walk_trc(stride_time_s=1.9, stride_length_m=0.8, duration_s=12.0)
    analysis.request(by, _stored(ana, episode, walk), gait)
    do_next()
    ana.account = made.person(made.Role.PATIENT, ana.clinic)
    ana.save(update_fields=["account"])
    return evaluation


def _episode(ana: Any) -> Any:
    from datetime import date

    from poise.clinic.charts.models import Episode

    return Episode.objects.create(
        patient=ana, title="Right knee replacement", condition="c_tka", region="br_knee", side="right",
        started_on=date(2026, 3, 2),
    )  # fmt: skip


def _stored(ana: Any, episode: Any, content: bytes) -> Any:
    import io

    from poise.clinic.objects import object_store
    from poise.clinic.recordings.models import StoredRecording

    kept = object_store().put(io.BytesIO(content))
    return StoredRecording.objects.create(
        patient=ana, episode=episode, name="walk.trc", task="walk", size=kept.size, sha256=kept.sha256,
        object_key=kept.key,
    )  # fmt: skip
