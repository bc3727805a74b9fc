"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from poise.clinic.recordings.views import pages, replays, uploads

_of = "patients/<uuid:patient_id>"
_one = f"{_of}/recordings/<uuid:recording_id>"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_of}/recordings", pages.recordings, name="recordings"),
    path(f"{_of}/recordings/send", uploads.send_by_form, name="recording-send"),
    path(_one, pages.recording, name="recording"),
    path(f"{_one}/file", pages.fetch_recording, name="recording-file"),
    path(f"{_one}/remove", pages.remove_recording, name="recording-remove"),
    path(f"{_one}/analyse", pages.analyse_recording, name="recording-analyse"),
    path(f"{_one}/replay/<uuid:analysis_id>", replays.replay, name="replay"),
    path(f"{_one}/replay/<uuid:analysis_id>/data", replays.replay_data, name="replay-data"),
    path(f"{_of}/uploads", uploads.uploads_of_patient, name="uploads"),
    path(f"{_of}/uploads/<uuid:upload_id>", uploads.one_upload, name="upload"),
    path(f"{_of}/uploads/<uuid:upload_id>/finish", uploads.finish_upload, name="upload-finish"),
]
