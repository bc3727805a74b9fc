"""Two people edit the same thing: nothing is overwritten, the second one sees both and chooses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import RequestFactory

from clinic import made
from poise.clinic.drafts.conflicts import conflict
from poise.clinic.drafts.domain import keeping
from poise.clinic.drafts.domain.versions import ChangedMeanwhile, save_if_unchanged
from poise.clinic.drafts.forms import opened, saving
from poise.clinic.people.models import Patient
from poise.clinic.rules import Role

pytestmark = pytest.mark.django_db


class Address(forms.ModelForm):
    class Meta:
        model = Patient
        fields = ("street", "city", "sex", "needs_interpreter")


def page(request: HttpRequest, patient: Patient) -> HttpResponse:
    """A page as docs/clinic/design-system.md says it is written."""
    form = opened(request, Address, "address", patient.pk, version=patient.version, instance=patient)
    if request.method == "POST" and form.is_valid():
        try:
            with saving(form):
                save_if_unchanged(form.instance, seen_version=form.draft.seen_version, fields=list(form.cleaned_data))
        except ChangedMeanwhile as changed:
            return conflict(request, form, changed)
        return HttpResponse("saved")
    return render(request, "design/form.html", {"form": form, "heading": "Address"})


class Desk:
    """One person at one machine."""

    def __init__(self, user: Any, patient: Patient) -> None:
        self.user, self.patient = user, patient
        self.form: dict[str, str] = {}

    def opens(self, query: str = "") -> str:
        html = self._ask("get", query, {})
        self.form = dict(re.findall(r'<input type="hidden" name="(draft-[a-z]+)" value="([^"]*)"', html))
        return html

    def saves(self, **typed: str) -> HttpResponse:
        return self._answer("post", "", {**self.form, **typed})

    def _ask(self, method: str, query: str, data: dict[str, str]) -> str:
        return self._answer(method, query, data).content.decode()

    def _answer(self, method: str, query: str, data: dict[str, str]) -> HttpResponse:
        request = getattr(RequestFactory(), method)(f"/address{query}", data)
        request.user, request.actor, request.session = self.user, made.actor(self.user), {}
        return page(request, Patient.objects.get(pk=self.patient.pk))


@pytest.fixture
def first(therapist: Any, ana: Any) -> Desk:
    return Desk(therapist, ana)


@pytest.fixture
def second(desk: Any, ana: Any) -> Desk:
    return Desk(desk, ana)


def test_the_row_is_written_only_as_it_was_seen(ana: Any) -> None:
    mine, theirs = Patient.objects.get(pk=ana.pk), Patient.objects.get(pk=ana.pk)
    mine.city, theirs.city = "Salem", "Boston"
    save_if_unchanged(mine, seen_version=1, fields=["city"])
    with pytest.raises(ChangedMeanwhile):
        save_if_unchanged(theirs, seen_version=1, fields=["city"])
    assert (Patient.objects.get(pk=ana.pk).city, mine.version) == ("Salem", 2)


def test_the_second_one_sees_both_and_chooses_field_by_field(first: Desk, second: Desk, ana: Any) -> None:
    first.opens()
    second.opens()
    assert first.saves(street="1 Pier", city="Salem", sex="f").content == b"saved"
    held = second.saves(street="2 Dock", city="Boston", sex="f")
    shown = held.content.decode()
    assert held.status_code == 409
    assert all(words in shown for words in ("1 Pier", "2 Dock", "Salem", "Boston"))
    assert "Sex" not in shown  # both say the same
    second.form = dict(re.findall(r'<input type="hidden" name="(draft-[a-z]+)" value="([^"]*)"', shown))
    sent = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', shown))
    sent.pop("csrfmiddlewaretoken", None)
    assert second.saves(**sent, **{"choose-street": "mine", "choose-city": "theirs"}).content == b"saved"
    kept = Patient.objects.get(pk=ana.pk)
    assert (kept.street, kept.city, kept.sex, kept.version) == ("2 Dock", "Salem", "f", 3)


def test_a_third_change_meanwhile_is_shown_again(first: Desk, second: Desk) -> None:
    first.opens()
    second.opens()
    first.saves(city="Salem", sex="u")
    second.saves(city="Boston", sex="u")
    first.opens()
    first.saves(city="Lynn", sex="u")
    second.form["draft-version"] = "2"
    assert second.saves(city="Boston", sex="u", **{"choose-city": "mine"}).status_code == 409


def test_a_draft_comes_back_with_the_version_it_was_typed_on(first: Desk, second: Desk, ana: Any) -> None:
    second.opens()
    keeping.keep(made.actor(second.user), f"address:{ana.pk}", {"city": ["Bost"]}, version=1)
    first.opens()
    first.saves(city="Salem", sex="u")
    shown = second.opens()
    assert 'value="Bost"' in shown
    assert "Someone has saved a change since" in shown
    assert second.saves(city="Boston", sex="u").status_code == 409
    assert 'value="Salem"' in second.opens("?draft=no")


def test_saving_ends_the_draft_and_a_failed_save_keeps_it(first: Desk, ana: Any) -> None:
    by, key = made.actor(first.user), f"address:{ana.pk}"
    first.opens()
    keeping.keep(by, key, {"city": ["Salem"]}, version=1)
    Patient.objects.filter(pk=ana.pk).update(version=7)
    assert first.saves(city="Salem", sex="u").status_code == 409
    assert keeping.kept(by, key) is not None
    first.form["draft-version"] = "7"
    assert first.saves(city="Salem", sex="u").content == b"saved"
    assert keeping.kept(by, key) is None


def test_drafts_of_one_form_are_each_persons_own(first: Desk, harbor: Any, ana: Any) -> None:
    colleague = made.person(Role.PHYSICAL_THERAPIST, harbor)
    keeping.keep(made.actor(colleague), f"address:{ana.pk}", {"city": ["Salem"]}, version=1)
    assert "Salem" not in first.opens()
