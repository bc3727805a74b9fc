"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.oversight import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("audit", views.audit, name="audit"),
    path("audit/export", views.audit_export, name="audit-export"),
    path("audit/chain", views.audit_chain, name="audit-chain"),
    path("audit/accesses", views.find_accesses, name="audit-accesses"),
    path("patients/<uuid:patient_id>/accesses", views.accesses, name="accesses"),
    path("printed", views.printed, name="printed"),
]
