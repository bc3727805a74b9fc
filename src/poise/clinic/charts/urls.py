"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from poise.clinic.charts import chart_urls, patient_urls

urlpatterns: list[URLPattern | URLResolver] = [*chart_urls.urlpatterns, *patient_urls.urlpatterns]
