"""The addresses of the intake, the body map, the activities and the patient's own pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.charts import activity_views, intake_link_views, intake_views, own_views, pain_views

PATIENT = "patients/<uuid:patient_id>"
FORM = f"{PATIENT}/intake/<uuid:intake_id>"
MAP = f"{PATIENT}/pain/<uuid:map_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("i/<str:secret>/", intake_link_views.opened, name="intake-link"),
    path("intake/", intake_link_views.enter, name="intake-link-enter"),
    path("intake/step/<slug:slug>/", intake_link_views.step, name="intake-link-step"),
    path("intake/stop/", intake_link_views.stop, name="intake-link-stop"),
    path("intake/review/", intake_link_views.review, name="intake-link-review"),
    path("intake/pause/", intake_link_views.pause, name="intake-link-pause"),
    path("intake/done/", intake_link_views.done, name="intake-link-done"),
    path("clinic/consent/", intake_views.consent_words, name="intake-consent"),
    path(f"{PATIENT}/intake/", intake_views.intakes, name="intakes"),
    path(f"{FORM}/", intake_views.intake, name="intake"),
    path(f"{FORM}/renew/", intake_views.renew, name="intake-renew"),
    path(f"{FORM}/withdraw/", intake_views.withdraw, name="intake-withdraw"),
    path(f"{FORM}/confirm/", intake_views.confirm, name="intake-confirm"),
    path(f"{FORM}/part/", intake_views.decide, name="intake-decide"),
    path(f"{FORM}/fill/step/<slug:slug>/", intake_views.fill_step, name="intake-fill-step"),
    path(f"{FORM}/fill/stop/", intake_views.fill_stop, name="intake-fill-stop"),
    path(f"{FORM}/fill/review/", intake_views.fill_review, name="intake-fill-review"),
    path(f"{FORM}/fill/pause/", intake_views.fill_pause, name="intake-fill-pause"),
    path(f"{FORM}/fill/done/", intake_views.fill_done, name="intake-fill-done"),
    path(f"{PATIENT}/pain/", pain_views.pain_maps, name="pain-maps"),
    path(f"{PATIENT}/pain/new/", pain_views.pain_map_new, name="pain-map-new"),
    path(f"{MAP}/", pain_views.pain_map, name="pain-map"),
    path(f"{MAP}/print/", pain_views.pain_map_print, name="pain-map-print"),
    path(f"{MAP}/palpate/", pain_views.palpate, name="pain-palpate"),
    path(f"{MAP}/palpate/<int:mark_id>/back/", pain_views.take_back, name="pain-take-back"),
    path(f"{PATIENT}/activities/", activity_views.activities, name="activities"),
    path(f"{PATIENT}/activities/<uuid:activity_id>/end/", activity_views.end, name="activity-end"),
    path(f"{PATIENT}/own/forms/", own_views.own_forms, name="own-forms"),
    path(f"{PATIENT}/own/team/", own_views.own_team, name="own-team"),
    path(f"{PATIENT}/own/record/", own_views.own_record, name="own-record"),
]
