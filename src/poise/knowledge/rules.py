"""The rules of findings.yaml as nouns; every id, unit and citation in them is checked."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Literal, cast

from poise.knowledge.facts import EVIDENCE, Facts, evidence_of
from poise.knowledge.reading import Entry, Faults, yaml_entries
from poise.knowledge.sources import Citation
from poise.model.finding import INF, NAN, Condition, Direction, Evidence, Limit, Rule, Severity, Sides

TASKS = ("walk",)
WORDS = frozenset({
    "side", "value", "size", "who", "band", "limit", "limit_size", "this", "other", "behind",
})  # fmt: skip
_RULE_FIELDS = (
    "id", "plain", "clinical", "region", "tasks", "meaning", "asks", "needs", "evidence", "sources", "tests",
)  # fmt: skip
_TEST_FIELDS = ("measure", "direction", "decide", "says", "usual", "word")
_MORE_TEST_FIELDS = ("sides", "percent_of", "error_of", "major_beyond", "fewest", "not_by", "limits")


def read_rules(
    folder: Traversable, sources: Mapping[str, Citation], facts: Mapping[str, Facts], faults: Faults
) -> tuple[Rule, ...]:
    """All of findings.yaml; faults are noted, not raised."""
    rules: dict[str, Rule] = {}
    optional = ("es", "causes", "decided_by", "supports_only", "not_on_treadmill", "steady_only")
    for entry in yaml_entries(folder, "findings.yaml", "findings", faults):
        if not entry.knows_only(_RULE_FIELDS, optional):
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
    decide = cast(Literal["norm", "wider", "limits"], entry.one_of("decide", ("norm", "wider", "limits")))
    limits = tuple(_limit(part, sources) for part in entry.parts("limits"))
    if decide == "limits" and not any(limit.decides for limit in limits):
        entry.fault("no limit decides")
    return Condition(
        measure=known.measure, label=known.label, unit=known.unit, decimals=known.decimals, feature=known.feature,
        direction=cast(Direction, entry.one_of("direction", ("above", "below"))),
        sides=cast(Sides, entry.one_of("sides", ("each", "together", "difference"), "each")),
        percent_of=cast(Literal["", "mean", "larger"], entry.one_of("percent_of", ("", "mean", "larger"), "")),
        decide=decide, limits=limits, error_of=error_of,
        major_beyond=entry.number("major_beyond", NAN), fewest=int(entry.number("fewest", 1)),
        not_by=entry.text("not_by"), says=entry.text("says"), usual=entry.text("usual"), word=entry.text("word"),
    )  # fmt: skip


def _check_words(entry: Entry) -> None:
    from string import Formatter

    for name in ("says", "usual", "word"):
        for _, place, _, _ in Formatter().parse(entry.text(name)):
            if place is not None and place not in WORDS:
                entry.fault(f"'{name}' has the place {{{place}}}, which nothing fills")


def _limit(entry: Entry, sources: Mapping[str, Citation]) -> Limit:
    optional = ("decides", "inclusive", "times_leg_length", "youngest_years", "oldest_years")
    entry.knows_only(("value", "severity", "evidence", "source"), optional)
    evidence, citation = evidence_of(entry, sources)
    return Limit(
        value=entry.number("value"), severity=cast(Severity, entry.one_of("severity", ("minor", "major"))),
        evidence=evidence, citation=citation, decides=bool(entry.values.get("decides", True)),
        inclusive=bool(entry.values.get("inclusive")), times_leg_length=bool(entry.values.get("times_leg_length")),
        youngest_years=entry.number("youngest_years", 0.0), oldest_years=entry.number("oldest_years", INF),
    )  # fmt: skip
