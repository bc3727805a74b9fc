"""The rules of findings.yaml as nouns; every id, unit and citation in them is checked."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Literal, cast

from poise.knowledge.facts import EVIDENCE, Facts, evidence_of
from poise.knowledge.reading import LINE, Entry, Faults, yaml_entries
from poise.knowledge.sources import Citation
from poise.model.conditions import faults as faults_of
from poise.model.finding import INF, NAN, Condition, Direction, Evidence, Limit, Rule, Severity, Sides

TASKS = (
    "walk", "stand", "sit_to_stand", "squat", "single_leg", "reach", "posture", "jps", "emg", "tug", "exercise",
    "stairs", "muscle_length", "comparison",
)  # fmt: skip
"""What a rule can be for: the tasks of a run, and ``comparison`` for what several recordings of one person show."""
RULE_FILES = ("findings.yaml", "findings_part2.yaml")
WORDS = frozenset({
    "side", "value", "size", "who", "band", "limit", "limit_size", "this", "other", "behind", "opposite", "muscle",
})  # fmt: skip
_RULE_FIELDS = (
    "id", "plain", "clinical", "region", "tasks", "meaning", "asks", "needs", "evidence", "sources", "tests",
)  # fmt: skip
_TEST_FIELDS = ("measure", "direction", "decide", "says", "usual", "word")
_MORE_TEST_FIELDS = (
    "sides", "percent_of", "error_of", "major_beyond", "fewest", "enough", "share", "when", "not_by", "limits", "than",
)  # fmt: skip
_MORE_RULE_FIELDS = (
    "es", "causes", "decided_by", "supports_only", "not_on_treadmill", "steady_only", "only_for", "signs_needed",
    "unlisted_in",
)  # fmt: skip
DECIDE = ("norm", "wider", "limits", "earlier")
SIDES = ("each", "together", "difference", "signed")


def read_rules(
    folder: Traversable, sources: Mapping[str, Citation], facts: Mapping[str, Facts], faults: Faults
) -> tuple[Rule, ...]:
    """All of findings.yaml and its neighbours; faults are noted, not raised."""
    rules: dict[str, Rule] = {}
    entries = (each for name in RULE_FILES for each in yaml_entries(folder, name, "findings", faults))
    for entry in entries:
        if not entry.knows_only(_RULE_FIELDS, _MORE_RULE_FIELDS):
            continue
        rule = _rule(entry, sources, facts)
        if rule.finding in rules:
            entry.fault(f"{rule.finding} stands here twice")
        rules[rule.finding] = rule
    return tuple(rules.values())


def _rule(entry: Entry, sources: Mapping[str, Citation], facts: Mapping[str, Facts]) -> Rule:
    tasks = [str(task) for task in entry.values["tasks"]]
    for task in tasks:
        if task not in TASKS:
            entry.fault(f"task '{task}' is not known")
    cited = [str(name) for name in entry.values["sources"]]
    for name in cited:
        if name not in sources:
            entry.fault(f"source '{name}' is not in sources.yaml")
    return Rule(
        finding=entry.text("id"), name=entry.text("plain"), clinical=entry.text("clinical"),
        names={"en": entry.text("plain"), "es": entry.text("es")}, region=entry.text("region"),
        tasks=frozenset(tasks), meaning=entry.text("meaning"), ask=entry.text("asks"), needs=entry.text("needs"),
        evidence=cast(Evidence, entry.one_of("evidence", EVIDENCE)), decided_by=entry.text("decided_by"),
        citations=tuple(sources[name].title for name in cited if name in sources),
        causes=tuple(str(cause) for cause in entry.values.get("causes") or ()),
        supports_only=bool(entry.values.get("supports_only")),
        not_on_treadmill=bool(entry.values.get("not_on_treadmill")),
        steady_only=bool(entry.values.get("steady_only")),
        only_for=_wanted(entry, "only_for"), signs_needed=int(entry.number("signs_needed", 1)),
        unlisted_in=frozenset(str(task) for task in entry.values.get("unlisted_in") or ()),
        conditions=tuple(_condition(part, sources, facts) for part in entry.parts("tests")),
    )  # fmt: skip


def _condition(entry: Entry, sources: Mapping[str, Citation], facts: Mapping[str, Facts]) -> Condition:
    entry.knows_only(_TEST_FIELDS, _MORE_TEST_FIELDS)
    known = facts.get(entry.text("measure"))
    if known is None:
        entry.fault(f"measure '{entry.text('measure')}' is not in measures.yaml")
        known = Facts(measure=entry.text("measure"), label="", unit="", decimals=0)
    error_of = entry.text("error_of") or known.measure
    if error_of not in facts:
        entry.fault(f"measure '{error_of}' is not in measures.yaml")
    _check_words(entry)
    decide = cast(Literal["norm", "wider", "limits", "earlier"], entry.one_of("decide", DECIDE))
    limits = tuple(_limit(part, sources) for part in entry.parts("limits"))
    if decide == "limits" and not any(limit.decides for limit in limits):
        entry.fault("no limit decides")
    return Condition(
        measure=known.measure, label=known.label, unit=known.unit, decimals=known.decimals, feature=known.feature,
        direction=cast(Direction, entry.one_of("direction", ("above", "below"))),
        sides=cast(Sides, entry.one_of("sides", SIDES, "each")),
        percent_of=cast(Literal["", "mean", "larger"], entry.one_of("percent_of", ("", "mean", "larger"), "")),
        decide=decide, limits=limits, error_of=error_of,
        major_beyond=entry.number("major_beyond", NAN), fewest=int(entry.number("fewest", 1)),
        enough=int(entry.number("enough", known.enough)), share=entry.number("share", 0.6), counted=known.counted,
        when=_wanted(entry, "when"),
        not_by=entry.text("not_by"), says=entry.text("says"), usual=entry.text("usual"), word=entry.text("word"),
        than=entry.text("than") or "usual",
    )  # fmt: skip


def _wanted(entry: Entry, name: str) -> dict[str, str]:
    """The conditions that a recording must have been made in; each must be one that recordings know."""
    held = {key: str(value) for key, value in (entry.values.get(name) or {}).items() if key != LINE}
    for fault in faults_of(held):
        entry.fault(f"'{name}': {fault}")
    return held


def _check_words(entry: Entry) -> None:
    from string import Formatter

    for name in ("says", "usual", "word"):
        for _, place, _, _ in Formatter().parse(entry.text(name)):
            if place is not None and place not in WORDS:
                entry.fault(f"'{name}' has the place {{{place}}}, which nothing fills")


def _limit(entry: Entry, sources: Mapping[str, Citation]) -> Limit:
    optional = ("decides", "inclusive", "times_leg_length", "youngest_years", "oldest_years", "sex")
    entry.knows_only(("value", "severity", "evidence", "source"), optional)
    evidence, citation = evidence_of(entry, sources)
    return Limit(
        value=entry.number("value"), severity=cast(Severity, entry.one_of("severity", ("minor", "major"))),
        evidence=evidence, citation=citation, decides=bool(entry.values.get("decides", True)),
        inclusive=bool(entry.values.get("inclusive")), times_leg_length=bool(entry.values.get("times_leg_length")),
        youngest_years=entry.number("youngest_years", 0.0), oldest_years=entry.number("oldest_years", INF),
        sex=str(entry.values.get("sex") or ""),
    )  # fmt: skip
