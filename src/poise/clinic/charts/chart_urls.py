"""The addresses of patients, their episodes, safety, scores and files."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.charts.views import episodes, papers, patients, safety, scores, summary

PATIENT = "patients/<uuid:patient_id>"
EPISODE = f"{PATIENT}/episodes/<uuid:episode_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("patients/", patients.patient_list, name="patients"),
    path("patients/new/", patients.patient_new, name="patient-new"),
    path(f"{PATIENT}/", summary.patient, name="patient"),
    path(f"{PATIENT}/timeline/", summary.timeline, name="patient-timeline"),
    path(f"{PATIENT}/identity/", patients.patient_identity, name="patient-identity"),
    path(f"{PATIENT}/archive/", patients.patient_archive, name="patient-archive"),
    path(f"{PATIENT}/export/", papers.patient_export, name="patient-export"),
    path(f"{PATIENT}/episodes/", episodes.episode_list, name="episodes"),
    path(f"{PATIENT}/episodes/new/", episodes.episode_new, name="episode-new"),
    path(f"{EPISODE}/", episodes.episode, name="episode"),
    path(f"{EPISODE}/edit/", episodes.episode_edit, name="episode-edit"),
    path(f"{EPISODE}/codes/", episodes.episode_codes, name="episode-codes"),
    path(f"{EPISODE}/discharge/", episodes.episode_discharge, name="episode-discharge"),
    path(f"{EPISODE}/reopen/", episodes.episode_reopen, name="episode-reopen"),
    path(f"{EPISODE}/limits/new/", episodes.limit_new, name="limit-new"),
    path(f"{EPISODE}/limits/<uuid:limit_id>/lift/", episodes.limit_lift, name="limit-lift"),
    path(f"{EPISODE}/precautions/", episodes.episode_precautions, name="episode-precautions"),
    path(f"{EPISODE}/accident/", episodes.episode_accident, name="episode-accident"),
    path(f"{EPISODE}/red-flags/", safety.safety_screen, name="safety-screen"),
    path(f"{PATIENT}/safety/", safety.safety_page, name="safety"),
    path(f"{PATIENT}/safety/visit/", safety.safety_visit, name="safety-visit"),
    path(f"{PATIENT}/safety/<uuid:screen_id>/stop/", safety.safety_stop, name="safety-stop"),
    path(f"{PATIENT}/safety/<slug:flag>/decide/", safety.safety_decide, name="safety-decide"),
    path(f"{PATIENT}/scores/", scores.score_list, name="scores"),
    path(f"{PATIENT}/scores/new/", scores.score_new, name="score-new"),
    path(f"{PATIENT}/scores/<uuid:score_id>/correct/", scores.score_correct, name="score-correct"),
    path(f"{PATIENT}/scores/<slug:outcome>/<slug:side>/", scores.score_series, name="score-series"),
    path(f"{PATIENT}/files/", papers.file_list, name="files"),
    path(f"{PATIENT}/files/add/", papers.file_add, name="file-add"),
    path(f"{PATIENT}/files/<uuid:file_id>/", papers.file_download, name="file-download"),
    path(f"{PATIENT}/files/<uuid:file_id>/remove/", papers.file_remove, name="file-remove"),
]
