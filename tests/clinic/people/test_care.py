"""The care team, and breaking the glass."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic import made
from poise.clinic.audit.models import Event
from poise.clinic.people.domain import glass, team
from poise.clinic.people.errors import NotPossible
from poise.clinic.people.models import BrokenGlass, Clinic, Patient, TeamMember, User
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db
WHY = "She fell in the waiting room just now."


@pytest.fixture
def colleague(harbor: Clinic) -> User:
    return made.person(Role.PHYSICAL_THERAPIST, harbor)


@pytest.fixture
def admin(harbor: Clinic) -> User:
    return made.person(Role.ADMINISTRATOR, harbor)


def test_outside_the_team_a_page_of_the_chart_offers_to_open_it_with_a_reason(
    client: Client, colleague: User, ana: Patient
) -> None:
    made.sign_in(client, colleague)
    page = f"/patients/{ana.pk}/team/"
    refused = client.get(page)
    assert (refused.status_code, b"Open the chart in need" in refused.content) == (403, True)
    thin = client.post(f"/patients/{ana.pk}/glass/", {"reason": "need", "next": page})
    assert (thin.status_code, BrokenGlass.objects.count()) == (422, 0)
    opened = client.post(f"/patients/{ana.pk}/glass/", {"reason": WHY, "next": page})
    assert (opened.status_code, opened.url) == (302, page)
    seen = client.get(page)
    assert (seen.status_code, b"Opened in need, until" in seen.content) == (200, True)


def test_the_desk_is_refused_without_an_offer(client: Client, desk: User, ana: Patient) -> None:
    made.sign_in(client, desk)
    assert client.post(f"/patients/{ana.pk}/glass/", {"reason": WHY}).status_code == 403
    assert not BrokenGlass.objects.exists()


def test_the_access_ends_after_an_hour(client: Client, colleague: User, ana: Patient) -> None:
    made.sign_in(client, colleague)
    glass.open_chart(made.actor(colleague), ana, reason=WHY)
    assert client.get(f"/patients/{ana.pk}/team/").status_code == 200
    BrokenGlass.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/patients/{ana.pk}/team/").status_code == 403
    assert (glass.end_those_over(), glass.end_those_over()) == (1, 0)


def test_the_access_ends_by_hand(client: Client, colleague: User, ana: Patient) -> None:
    made.sign_in(client, colleague)
    glass.open_chart(made.actor(colleague), ana, reason=WHY)
    assert client.get(f"/patients/{ana.pk}/glass/end/").status_code == 200
    client.post(f"/patients/{ana.pk}/glass/end/")
    assert client.get(f"/patients/{ana.pk}/team/").status_code == 403


def test_start_and_stop_are_in_the_audit_with_their_codes_and_without_the_reason(colleague: User, ana: Patient) -> None:
    by = made.actor(colleague)
    glass.open_chart(by, ana, reason=WHY)
    glass.close_chart(by, ana)
    told = list(Event.objects.filter(action="glass.break").order_by("number").values_list("detail", "patient_id"))
    assert told == [
        ({"code": "110127"}, ana.pk),
        ({"code": "110138", "why": "ended by hand"}, ana.pk),
    ]


def test_opening_twice_does_not_lengthen_the_hour(colleague: User, ana: Patient) -> None:
    by = made.actor(colleague)
    first = glass.open_chart(by, ana, reason=WHY)
    again = glass.open_chart(by, ana, reason=WHY)
    assert (again.pk, again.ends_at) == (first.pk, first.ends_at)


def test_an_administrator_sees_every_use_and_marks_it_reviewed(
    client: Client, admin: User, colleague: User, ana: Patient
) -> None:
    use = glass.open_chart(made.actor(colleague), ana, reason=WHY)
    made.sign_in(client, admin)
    assert b"not reviewed" in client.get("/").content
    assert WHY.encode() in client.get("/clinic/opened-charts/").content
    client.post(f"/clinic/opened-charts/{use.pk}/review/")
    use.refresh_from_db()
    assert (use.reviewed_by, use.reviewed_at is not None) == (admin, True)
    assert b"not reviewed" not in client.get("/").content
    assert WHY.encode() in client.get("/clinic/opened-charts/").content


def test_uses_in_another_clinic_are_not_seen(client: Client, colleague: User, ana: Patient) -> None:
    use = glass.open_chart(made.actor(colleague), ana, reason=WHY)
    made.sign_in(client, made.person(Role.ADMINISTRATOR, made.clinic("Elsewhere")))
    assert WHY.encode() not in client.get("/clinic/opened-charts/").content
    assert client.post(f"/clinic/opened-charts/{use.pk}/review/").status_code == 404


def test_someone_joins_leads_and_leaves_and_who_was_when_stays(therapist: User, colleague: User, ana: Patient) -> None:
    by = made.actor(therapist)
    member = team.add(by, ana, colleague, is_lead=True)
    assert [each.user for each in team.now_on(ana)] == [colleague, therapist]
    team.lead(by, ana, ana.team.get(user=therapist))
    assert list(ana.team.filter(is_lead=True).values_list("user", flat=True)) == [therapist.pk]
    team.end(by, ana, member)
    assert [each.user for each in team.once_on(ana)] == [colleague]
    again = team.add(by, ana, colleague)
    assert TeamMember.objects.filter(patient=ana, user=colleague).count() == 2
    assert again.pk != member.pk


def test_one_is_on_a_team_once(therapist: User, colleague: User, ana: Patient) -> None:
    by = made.actor(therapist)
    assert team.add(by, ana, colleague).pk == team.add(by, ana, colleague).pk


def test_only_clinicians_of_the_clinic_join(therapist: User, desk: User, ana: Patient) -> None:
    by = made.actor(therapist)
    stranger = made.person(Role.PHYSICAL_THERAPIST, made.clinic("Elsewhere"))
    for user in (desk, stranger):
        with pytest.raises(NotPossible):
            team.add(by, ana, user)


def test_leaving_closes_the_chart_with_the_next_click(
    client: Client, therapist: User, colleague: User, ana: Patient
) -> None:
    by = made.actor(therapist)
    member = team.add(by, ana, colleague)
    made.sign_in(client, colleague)
    assert client.get(f"/patients/{ana.pk}/team/").status_code == 200
    team.end(by, ana, member)
    assert client.get(f"/patients/{ana.pk}/team/").status_code == 403


def test_the_teams_page_adds_leads_and_ends(client: Client, therapist: User, colleague: User, ana: Patient) -> None:
    made.sign_in(client, therapist)
    page = f"/patients/{ana.pk}/team/"
    client.post(f"{page}add/", {"user": colleague.pk, "is_lead": "on"})
    member = ana.team.get(user=colleague)
    assert member.is_lead
    client.post(f"{page}{member.pk}/", {"change": "end"})
    seen = client.get(page).content
    assert b"Earlier" in seen


def test_a_member_of_another_patients_team_is_not_found(
    client: Client, therapist: User, colleague: User, ana: Patient
) -> None:
    other = made.patient(ana.clinic, team=(colleague,))
    made.sign_in(client, therapist)
    assert client.post(f"/patients/{ana.pk}/team/{other.team.get().pk}/", {"change": "end"}).status_code == 404
    assert other.team.get().until is None
