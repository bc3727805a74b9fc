"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.jobs import views

_of = "patients/<uuid:patient_id>/jobs"
urlpatterns: list[URLPattern | URLResolver] = [
    path(_of, views.jobs, name="jobs"),
    path(f"{_of}/open", views.jobs_open, name="jobs-open"),
    path(f"{_of}/about/<uuid:about_id>", views.jobs_about, name="jobs-about"),
    path(f"{_of}/<uuid:job_id>", views.job_progress, name="job"),
    path(f"{_of}/<uuid:job_id>/cancel", views.cancel_job, name="job-cancel"),
    path(f"{_of}/<uuid:job_id>/retry", views.retry_job, name="job-retry"),
]
