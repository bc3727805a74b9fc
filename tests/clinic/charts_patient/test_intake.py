"""The intake: sent ahead, filled on a phone, handed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic import made
from clinic.charts_patient.phones import opened
from poise.clinic.audit.models import Event
from poise.clinic.charts.domain import intake as verbs
from poise.clinic.charts.intake_forms import steps_of
from poise.clinic.charts.models import Intake, SafetyScreen
from poise.clinic.people.errors import NotPossible

pytestmark = pytest.mark.django_db


def say(browser: Any, step: str, **answers: Any) -> Any:
    return browser.post(f"/intake/step/{step}/", answers)


def answer_all_safety(browser: Any, intake: Any, said: str = "no") -> None:
    for step in steps_of(intake):
        if step.flags:
            say(browser, step.slug, **{flag.id: said for flag in step.flags})


def test_only_a_hash_of_the_link_is_kept(sent: Any) -> None:
    intake, secret = sent
    assert len(secret) >= 43
    assert secret not in str(vars(intake))
    assert verbs.by_secret(secret) == intake


def test_the_link_leads_to_the_date_of_birth_and_out_of_the_address(client: Any, sent: Any) -> None:
    answer = client.get(f"/i/{sent[1]}/")
    assert answer.headers["Location"] == "/intake/"
    page = client.get("/intake/").content.decode()
    assert "Harbor Rehab" in page
    assert "Ana" not in page
    assert "Rivera" not in page


def test_the_right_date_lets_her_write_and_shows_nothing_of_the_record(ana: Any, phone: Any) -> None:
    ana.phone, ana.email = "555 0101", "ana@example.org"
    ana.save()
    page = phone.get("/intake/step/who/").content.decode()
    for kept in ("Ana", "Rivera", "555 0101", "ana@example.org"):
        assert kept not in page


def test_five_wrong_dates_lock_the_link_until_it_is_renewed(client: Any, sent: Any, therapist: Any) -> None:
    intake, secret = sent
    for _ in range(5):
        opened(client, secret, "1961-01-01")
    assert opened(Client(), secret).get("/intake/step/who/").status_code == 410
    assert Event.objects.filter(action="intake.fill", outcome="refused").count() == 5
    renewed = verbs.renew(made.actor(therapist), intake)
    assert opened(Client(), renewed).get("/intake/step/who/").status_code == 200
    assert opened(Client(), secret).get("/intake/").status_code == 410


def test_a_link_that_is_too_old_withdrawn_or_invented_gives_one_answer(client: Any, sent: Any, therapist: Any) -> None:
    intake, secret = sent
    Intake.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    pages = [client.get(f"/i/{secret}/"), client.get("/i/invented/")]
    Intake.objects.update(expires_at=timezone.now() + timedelta(days=1))
    verbs.withdraw(made.actor(therapist), intake)
    pages.append(client.get(f"/i/{secret}/"))
    assert [page.status_code for page in pages] == [410, 410, 410]
    assert len({page.content.split(b"<main")[1] for page in pages}) == 1


def test_two_devices_do_not_see_each_other_and_nothing_is_lost(sent: Any, phone: Any) -> None:
    intake, secret = sent
    say(phone, "problem", words="My neck hurts since the crash.")
    tablet = opened(Client(), secret)
    page = tablet.get("/intake/step/problem/").content.decode()
    assert "crash" not in page
    assert "You wrote something here before" in page
    say(tablet, "hope", words="Drive again")
    assert "My neck hurts since the crash." in phone.get("/intake/step/problem/").content.decode()
    assert "Drive again" not in phone.get("/intake/review/").content.decode()
    answer_all_safety(tablet, intake)
    assert tablet.post("/intake/review/").headers["Location"] == "/intake/done/"
    intake.refresh_from_db()
    assert intake.answers["problem"] == {"words": ["My neck hurts since the crash."]}
    assert intake.answers["hope"] == {"words": ["Drive again"]}


def test_signed_in_she_sees_what_she_wrote_by_the_link(ana: Any, sent: Any, phone: Any, ana_herself: Any) -> None:
    say(phone, "problem", words="My neck hurts.")
    home = made.sign_in(Client(), ana_herself)
    page = home.get(f"/patients/{ana.pk}/intake/{sent[0].pk}/fill/step/problem/").content.decode()
    assert "My neck hurts." in page


def test_the_browser_forgets_after_an_hour(phone: Any) -> None:
    session = phone.session
    session["intake-at"] -= 3601
    session.save()
    assert phone.get("/intake/step/who/").headers["Location"] == "/intake/"


def test_an_emergency_answer_stops_and_says_call_911(ana: Any, sent: Any, phone: Any) -> None:
    first = steps_of(sent[0])
    asked = next(step for step in first if any(flag.id == "rf_cauda_equina" for flag in step.flags))
    answer = say(
        phone, asked.slug, **{flag.id: "yes" if flag.id == "rf_cauda_equina" else "no" for flag in asked.flags}
    )
    assert answer.headers["Location"] == "/intake/stop/"
    page = phone.get("/intake/stop/").content.decode()
    assert "Call 911 now" in page
    screen = SafetyScreen.objects.get(patient=ana)
    assert (screen.source, screen.answers["rf_cauda_equina"]) == ("intake", "yes")
    assert phone.get("/intake/step/hope/").headers["Location"] == "/intake/stop/"
    phone.post("/intake/stop/")
    assert phone.get("/intake/step/hope/").status_code == 200


def test_not_sure_asks_for_one_step_less_than_yes() -> None:
    told = [verbs.what_to_do({"rf_cauda_equina": said, "rf_malignancy": "no"}) for said in ("yes", "unknown", "no")]
    assert [action.id if action else "" for action in told] == ["act_911", "act_same_day", ""]
    slow = verbs.what_to_do({"rf_malignancy": "unknown"})
    assert slow is not None
    assert slow.id == "act_refer"


def test_a_wrong_tap_can_be_taken_back_and_the_yes_stays_in_the_chart(ana: Any, sent: Any, phone: Any) -> None:
    asked = next(step for step in steps_of(sent[0]) if step.flags)
    say(phone, asked.slug, **{flag.id: "yes" for flag in asked.flags})
    assert phone.get(f"/intake/step/{asked.slug}/").status_code == 200
    say(phone, asked.slug, **{flag.id: "no" for flag in asked.flags})
    assert phone.get("/intake/review/").status_code == 200
    kept = SafetyScreen.objects.get(patient=ana)
    assert {kept.answers[flag.id] for flag in asked.flags} == {"yes"}


def test_whether_someone_is_safe_at_home_is_not_asked_by_a_link(sent: Any) -> None:
    assert "rf_abuse" not in {flag.id for flag in verbs.questions_of(sent[0])}


def test_it_cannot_be_handed_in_without_the_safety_questions(sent: Any, phone: Any) -> None:
    page = phone.post("/intake/review/").content.decode()
    assert "Please answer all the safety questions first" in page
    with pytest.raises(NotPossible):
        verbs.hand_in(made.actor(made.person("pt", sent[0].patient.clinic)), sent[0].sheets.get())


def test_handed_in_the_link_ends_and_nobody_writes_any_more(sent: Any, phone: Any) -> None:
    intake, secret = sent
    say(phone, "problem", words="Neck")
    answer_all_safety(phone, intake)
    phone.post("/intake/review/")
    intake.refresh_from_db()
    assert intake.state == Intake.State.SUBMITTED
    assert opened(Client(), secret).get("/intake/step/who/").status_code == 410
    with pytest.raises(NotPossible):
        verbs.write(
            made.actor(made.person("pt", intake.patient.clinic)), intake.sheets.get(), "problem", {"words": ["Other"]}
        )


def test_typing_is_kept_before_anything_is_pressed(sent: Any, phone: Any) -> None:
    answer = say(phone, "problem", words="My nec", typing="1")
    assert b"Saved" in answer.content
    assert "My nec" in phone.get("/intake/step/problem/").content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_stays(phone: Any) -> None:
    page = say(phone, "began", on="2999-01-01", about="next year").content.decode()
    assert "This day is still to come" in page
    assert "next year" in page


def test_spanish_on_any_screen_keeps_what_was_typed(phone: Any) -> None:
    answer = say(phone, "problem", words="Me duele el cuello", switch="es")
    assert answer.cookies["poise-language"].value == "es"
    page = phone.get("/intake/step/problem/").content.decode()
    assert 'lang="es"' in page
    assert "Me duele el cuello" in page


def test_the_desk_sends_and_cannot_read(ana: Any, desk: Any, sent: Any, phone: Any) -> None:
    intake, _secret = sent
    say(phone, "problem", words="A secret of mine")
    answer_all_safety(phone, intake)
    phone.post("/intake/review/")
    front = made.sign_in(Client(), desk)
    page = front.post(f"/patients/{ana.pk}/intake/", {"language": "es"}).content.decode()
    assert "/i/" in page
    assert "A secret of mine" not in front.get(f"/patients/{ana.pk}/intake/").content.decode()
    assert front.get(f"/patients/{ana.pk}/intake/{intake.pk}/").status_code in {403, 404}
    assert front.get(f"/patients/{ana.pk}/intake/{intake.pk}/fill/step/who/").status_code in {403, 404}


def test_another_patients_form_is_not_found(harbor: Any, therapist: Any, sent: Any) -> None:
    other = made.patient(harbor, team=(therapist,))
    at_work = made.sign_in(Client(), therapist)
    assert at_work.get(f"/patients/{other.pk}/intake/{sent[0].pk}/").status_code == 404


def test_no_answer_stands_in_the_audit(sent: Any, phone: Any) -> None:
    say(phone, "problem", words="Verysecretword")
    assert not [event for event in Event.objects.all() if "Verysecretword" in str(event.detail)]


def test_the_consent_words_are_the_clinics_own(sent: Any, phone: Any) -> None:
    assert "its own papers" in phone.get("/intake/step/consent/").content.decode()
    admin = made.person("admin", sent[0].patient.clinic)
    office = made.sign_in(Client(), admin)
    office.post("/clinic/consent/", {"language": "en", "words": "We treat you with care."})
    assert "We treat you with care." in phone.get("/intake/step/consent/").content.decode()
