"""Every address of the clinic. Each app names its own below its part."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("poise.clinic.people.urls")),
    path("", include("poise.clinic.charts.urls")),
    path("", include("poise.clinic.recordings.urls")),
    path("", include("poise.clinic.jobs.urls")),
    path("", include("poise.clinic.evaluations.urls")),
    path("", include("poise.clinic.drafts.urls")),
    path("", include("poise.clinic.oversight.urls")),
    path("", include("poise.clinic.operations.urls")),
    path("", include("poise.clinic.demo.urls")),
    path("", include("poise.clinic.design.urls")),
    path("", include("poise.clinic.api.urls")),
]

handler400 = "poise.clinic.audit.answers.bad_request"
handler403 = "poise.clinic.audit.answers.refused"
handler404 = "poise.clinic.audit.answers.not_found"
handler500 = "poise.clinic.audit.answers.failed"
