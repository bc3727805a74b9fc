"""The addresses of evaluations. All of them lie below a patient."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.evaluations.views import chain, findings, hub, own, papers, summary, tests

_one = "patients/<uuid:patient_id>/evaluations/<uuid:evaluation_id>"
_test = f"{_one}/tests/<uuid:test_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("patients/<uuid:patient_id>/evaluations/", hub.evaluations, name="evaluations"),
    path("patients/<uuid:patient_id>/episodes/<uuid:episode_id>/evaluations/new/", hub.start, name="evaluation-start"),
    path("patients/<uuid:patient_id>/episodes/<uuid:episode_id>/evaluations/proposal/", hub.proposal,
         name="evaluation-proposal"),
    path("patients/<uuid:patient_id>/what-we-found/", own.own_findings, name="own-findings"),
    path(f"{_one}/", hub.evaluation, name="evaluation"),
    path(f"{_one}/words/", hub.words_of, name="evaluation-words"),
    path(f"{_one}/finish/", hub.finish, name="evaluation-finish"),
    path(f"{_one}/reopen/", hub.reopen, name="evaluation-reopen"),
    path(f"{_one}/tests/add/", hub.add_test, name="evaluation-test-add"),
    path(f"{_test}/", tests.test, name="evaluation-test"),
    path(f"{_test}/values/", tests.values, name="evaluation-test-values"),
    path(f"{_test}/outcome/", tests.outcome, name="evaluation-test-outcome"),
    path(f"{_test}/remove/", hub.remove_test, name="evaluation-test-remove"),
    path(f"{_test}/recordings/", tests.recordings, name="evaluation-test-recordings"),
    path(f"{_test}/values/<int:measurement_id>/", tests.correct, name="evaluation-value-correct"),
    path(f"{_one}/findings/", findings.findings, name="evaluation-findings"),
    path(f"{_one}/findings/<uuid:finding_id>/judge/", findings.judge, name="finding-judge"),
    path(f"{_one}/findings/<uuid:finding_id>/undo/", findings.undo, name="finding-undo"),
    path(f"{_one}/chain/", chain.chain, name="evaluation-chain"),
    path(f"{_one}/chain/<uuid:finding_id>/", chain.edit, name="finding-chain"),
    path(f"{_one}/summary/", summary.summary, name="evaluation-summary"),
    path(f"{_one}/series/<str:measure>/", summary.series, name="measure-series"),
    path(f"{_one}/analyses/<uuid:analysis_id>/report.<str:kind>", papers.report, name="analysis-report"),
]  # fmt: skip
