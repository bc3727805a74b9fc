"""What the chart adds to the menus, the banner above every page of a patient, and the patient's first page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from poise.clinic.actor import Actor
from poise.clinic.charts import summary
from poise.clinic.charts.domain import episodes, minding, papers, scores, search
from poise.clinic.charts.domain.sight import sight_of
from poise.clinic.charts.domain.together import Asked
from poise.clinic.charts.models import Episode, Limit, OutcomeScore, PatientFile, RedFlagDecision, SafetyScreen
from poise.clinic.design import banner, navigation
from poise.clinic.people import home
from poise.clinic.people.models import Patient, TeamMember
from poise.clinic.rules import CLINICIANS, STAFF, reaches
from poise.knowledge.clinical import library

MOST_IN_BANNER, MOST_SCORES, MOST_FILES, MOST_TEAM = 4, 6, 5, 12


def register() -> None:
    """Called once, when Django starts."""
    _menus()
    banner.register("mind", mind_in_banner, action="redflag.ask")
    home.add(
        home.Card(name="find", action="patient.find", template="charts/home_find.html", tells=find_on_home, order=20)
    )
    _sections()
    _timeline()


def find_on_home(by: Actor) -> Told:
    """Where a day begins: a field to find a patient with, and those opened last."""
    recent = [line for line in search.recently_opened(by) if line.is_within]
    return {"recent": recent, "may_register": bool(reaches(by.roles, "patient.register"))}


def _menus() -> None:
    item = navigation.Item
    navigation.register(
        item(name="patients", label=gettext_lazy("Patients"), icon="people", action="patient.find", order=20)
    )
    for name, label, action, order, covers, roles in (
        ("patient", gettext_lazy("Summary"), "patient.identity.read", 10, ("patient-",), STAFF),
        ("episodes", gettext_lazy("Episodes"), "episode.read", 15, ("episode", "episode-", "limit-"), CLINICIANS),
        ("safety", gettext_lazy("Red flags"), "redflag.ask", 17, ("safety-",), CLINICIANS),
        ("scores", gettext_lazy("Scores"), "outcome.read", 45, ("score-",), CLINICIANS),
        ("files", gettext_lazy("Files"), "file.read", 60, ("file-",), CLINICIANS),
    ):
        navigation.register(item(name=name, label=label, action=action, order=order, place=navigation.PATIENT,
                                 covers=covers, roles=frozenset(roles)))  # fmt: skip


def mind_in_banner(by: Actor, person: banner.Person) -> Iterator[banner.Part]:
    """Red flags, limits and precautions, on every page of the patient. Two queries at most."""
    assert isinstance(person, Patient)
    if not sight_of(by, person)("redflag.ask"):
        return
    mind = minding.minded(person)
    for flag in mind.flags:
        words = f"{capfirst(episodes.said(flag.name))}: {episodes.said(flag.action.name)}"
        yield banner.Alert(kind=banner.STOP, words=words, address=reverse("safety", args=[person.pk]))
    for care in mind.care[:1]:
        yield banner.Fact(words=_care_words(care))
    for limit in mind.limits[:MOST_IN_BANNER]:
        yield banner.Alert(
            kind=banner.CAUTION, words=limit_words(limit), address=_episode_address(person, limit.episode)
        )
    held = [(care, each) for care in mind.care for each in care.holding]
    for care, each in held[:MOST_IN_BANNER]:
        yield banner.Alert(kind=banner.CAUTION, words=capfirst(episodes.said(each.contraindication.name)),
                           address=_episode_address(person, care.episode))  # fmt: skip
    more = max(0, len(mind.limits) - MOST_IN_BANNER) + max(0, len(held) - MOST_IN_BANNER)
    if more:
        words = ngettext("%(n)d more to mind", "%(n)d more to mind", more) % {"n": more}
        yield banner.Alert(kind=banner.CAUTION, words=words, address=reverse("patient", args=[person.pk]))


def limit_words(limit: Limit) -> str:
    """A limit in one line: what, how much, in which words."""
    known = limit.measure in library().measures
    parts = [episodes.named(library().measures, limit.measure)] if known else []
    if known and limit.side != "none":
        parts.append(f"({limit.get_side_display().lower()})")
    unit = "°" if limit.unit == "deg" else f" {limit.unit}"
    parts += [f"≥ {limit.low:g}{unit}"] if limit.low is not None else []
    parts += [f"≤ {limit.high:g}{unit}"] if limit.high is not None else []
    return ": ".join(filter(None, (" ".join(parts), limit.words)))


def _care_words(care: minding.Care) -> str:
    side = str(care.episode.get_side_display()).lower()
    side = "" if care.episode.side == "none" or side in care.episode.title.lower() else f", {side}"
    weeks = care.weeks_since_surgery
    week = (
        ""
        if weeks is None
        else ", " + ngettext("%(n)d week after surgery", "%(n)d weeks after surgery", weeks) % {"n": weeks}
    )
    return f"{care.episode.title}{side}{week}"


def _episode_address(person: Patient, episode: Episode) -> str:
    return reverse("episode", args=[person.pk, episode.pk])


def _sections() -> None:
    files = Asked(rows=lambda patient: papers.files_of(patient)[:MOST_FILES], fields=("name", "kind", "made_at"))
    team = Asked(rows=_team_now, fields=("is_lead", "user_name", "user_credentials"))
    codes = Asked(rows=_open_episodes, fields=("icd10",), action="diagnosis.codes.read")
    for name, title, action, order, wide, load, asks in (
        ("mind", gettext_lazy("What to mind"), "chart.read", 10, True, _mind, minding.MINDED),
        ("episodes", gettext_lazy("Care"), "episode.read", 20, False, _episodes, {}),
        ("scores", gettext_lazy("Scores"), "outcome.read", 45, False, _scores, {"ends": scores.ENDS}),
        ("files", gettext_lazy("Files"), "file.read", 70, False, _files, {"files": files}),
        ("team", gettext_lazy("Care team"), "team.read", 80, False, _team, {"team": team}),
        ("contact", gettext_lazy("Contact"), "patient.identity.read", 85, False, _contact, {}),
        ("desk", gettext_lazy("Coverage and appointments"), "coverage.read", 90, False, _desk, {"codes": codes}),
    ):
        summary.add(summary.Section(name=name, title=title, action=action, order=order, wide=wide, load=load,
                                    asks=asks, template=f"charts/section_{name}.html"))  # fmt: skip


Told = Mapping[str, object]


def _team_now(patient: Patient) -> QuerySet[TeamMember]:
    """As `team.now_on`, by the database's clock."""
    present = TeamMember.objects.filter(Q(until=None) | Q(until__gt=Now()), patient=patient)
    named = present.annotate(user_name=F("user__name"), user_credentials=F("user__credentials"))
    return named.order_by("-is_lead", "since")[:MOST_TEAM]


def _open_episodes(patient: Patient) -> QuerySet[Episode]:
    return Episode.objects.filter(patient=patient, ended_on=None).order_by("-started_on", "-made_at")[:MOST_TEAM]


def _mind(by: Actor, patient: Patient, rows: summary.Rows) -> Told:
    return {"mind": minding.minded(patient, rows)}


def _episodes(by: Actor, patient: Patient, rows: summary.Rows) -> Told:
    return {"care": minding.minded(patient).care}


def _scores(by: Actor, patient: Patient, rows: summary.Rows) -> Told:
    found = scores.in_series(rows["ends"])
    return {"series": found[:MOST_SCORES], "more": len(found) > MOST_SCORES}


def _files(by: Actor, patient: Patient, rows: summary.Rows) -> Told:
    return {"files": rows["files"]}


def _team(by: Actor, patient: Patient, rows: summary.Rows) -> Told:
    return {"members": rows["team"]}


def _contact(by: Actor, patient: Patient, rows: summary.Rows) -> Told:
    may = sight_of(by, patient)
    return {"may_edit": may("patient.identity.edit"), "may_archive": may("patient.archive")}


def _desk(by: Actor, patient: Patient, rows: summary.Rows) -> Told:
    """Diagnosis codes are for who bills; no other clinical word stands here."""
    return {"codes": list(dict.fromkeys(code for episode in rows["codes"] for code in episode.icd10))}


def _timeline() -> None:
    def of(model: Any, **more: Any) -> Any:
        return lambda patient: model.objects.filter(patient=patient, **more)

    def entry(kind: Any, title: Any, address: Any, note: Any = lambda row: "") -> Any:
        return lambda row: summary.Entry(
            at=timezone.now(), kind=kind, title=title(row), url=address(row), note=note(row)
        )

    tell, source = summary.tell, summary.Source
    tell(
        source(
            name="episode",
            action="episode.read",
            at="started_on",
            fields=("title", "patient_id"),
            rows=of(Episode),
            entry=entry(
                gettext_lazy("Episode opened"), str, lambda row: reverse("episode", args=[row.patient_id, row.pk])
            ),
        )
    )
    tell(
        source(
            name="discharge",
            action="episode.read",
            at="ended_on",
            fields=("title", "end_reason", "patient_id"),
            rows=of(Episode, ended_on__isnull=False),
            entry=entry(
                gettext_lazy("Discharged"),
                str,
                lambda row: reverse("episode", args=[row.patient_id, row.pk]),
                lambda row: episodes.end_words(row.end_reason),
            ),
        )
    )
    tell(
        source(
            name="score",
            action="outcome.read",
            at="taken_on",
            fields=("outcome", "score", "side", "patient_id"),
            rows=of(OutcomeScore, corrected_at=None),
            entry=entry(
                gettext_lazy("Score"),
                lambda row: f"{episodes.named(library().outcomes, row.outcome)}: {row.score:g}",
                lambda row: reverse("score-series", args=[row.patient_id, row.outcome, row.side]),
            ),
        )
    )
    tell(
        source(
            name="file",
            action="file.read",
            at="made_at",
            fields=("name", "patient_id"),
            rows=of(PatientFile, removed_at=None),
            entry=entry(
                gettext_lazy("File"), lambda row: row.name, lambda row: reverse("files", args=[row.patient_id])
            ),
        )
    )
    tell(
        source(
            name="screen",
            action="redflag.ask",
            at="asked_at",
            fields=("raised", "patient_id"),
            rows=of(SafetyScreen),
            entry=entry(
                gettext_lazy("Red flags asked"), _raised_words, lambda row: reverse("safety", args=[row.patient_id])
            ),
        )
    )
    tell(
        source(
            name="decision",
            action="redflag.ask",
            at="made_at",
            entry=entry(
                gettext_lazy("Red flag decided"),
                lambda row: episodes.named(library().red_flags, row.flag),
                lambda row: reverse("safety", args=[row.patient_id]),
            ),
            fields=("flag", "patient_id"),
            rows=lambda patient: RedFlagDecision.objects.filter(screen__patient=patient).annotate(
                patient_id=F("screen__patient_id")
            ),
        )
    )


def _raised_words(screen: SafetyScreen) -> str:
    if not screen.raised:
        return _("nothing raised")
    return ", ".join(episodes.named(library().red_flags, flag) for flag in screen.raised)
