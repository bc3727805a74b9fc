"""Where it hurts, and tender spots that ache elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clinic import made
from poise.clinic.charts import pain_drawing, pain_figure, pain_forms
from poise.clinic.charts.domain import pain_map as verbs
from poise.clinic.charts.domain.pain_map import Mark
from poise.clinic.charts.models import PainMap, SafetyScreen
from poise.knowledge.clinical import library

pytestmark = pytest.mark.django_db
TEMPLE = Mark(kind="pain", region="br_temple", side="left", view="front", intensity=6, quality="throbbing")


@pytest.fixture
def drawn(ana: Any, therapist: Any) -> PainMap:
    return verbs.draw(made.actor(therapist), ana, [TEMPLE])


def test_every_region_of_the_vocabulary_can_be_marked_and_is_listed() -> None:
    reachable = {region for region, _side, _view in pain_figure.places()}
    listed = {region for _title, regions in pain_forms.GROUPS for region in regions}
    assert reachable == listed == set(library().regions)


def test_what_has_sides_has_both() -> None:
    sides: dict[str, set[str]] = {}
    for region, side, _view in pain_figure.places():
        sides.setdefault(region, set()).add(side)
    assert {region for region, each in sides.items() if each == {"none"}} == set(pain_figure.MIDLINE)
    assert all(each in ({"none"}, {"left", "right"}) for each in sides.values())


def test_the_persons_left_is_on_the_viewers_right_from_the_front_and_left_from_behind() -> None:
    front, back = pain_figure.shape_of("br_knee", "left", "front"), pain_figure.shape_of("br_knee", "left", "back")
    assert front is not None
    assert back is not None
    assert front.centre[0] > 90 > back.centre[0]


def test_every_place_but_the_whole_body_is_drawn_on_the_picture() -> None:
    for region, side, view in pain_figure.places():
        if region not in {"br_whole_body"}:
            assert pain_drawing.patches_of(region, side, view), (region, side)


def test_pain_at_the_temple_suggests_the_upper_trapezius_and_what_to_rule_out_first(drawn: Any, ana: Any) -> None:
    SafetyScreen.objects.create(patient=ana, answers={"rf_temporal_arteritis": "no"})
    found = verbs.suggestions(drawn)
    trapezius = next(each for each in found if each.point.id == "tp_upper_trap")
    assert (trapezius.side, trapezius.main) == ("left", ("br_temple",))
    assert {check.flag.id: check.answer for check in trapezius.checks} == {
        "rf_temporal_arteritis": "no",
        "rf_cervical_artery": "not asked",
    }
    assert {each.side for each in found} == {"left"}
    assert "tp_gastroc" not in {each.point.id for each in found}


def test_a_mark_on_the_larger_region_counts(ana: Any, therapist: Any) -> None:
    drawn = verbs.draw(made.actor(therapist), ana, [Mark(kind="pain", region="br_shoulder", side="right")])
    assert "tp_infraspinatus" in {each.point.id for each in verbs.suggestions(drawn)}


def test_a_referral_from_the_upper_trapezius_to_the_temple_is_joined_and_apart_from_the_pain(
    drawn: Any, therapist: Any
) -> None:
    source = verbs.palpated(made.actor(therapist), drawn, "tp_upper_trap", "left", felt=["br_temple"], familiar=True)
    marks = list(verbs.maps_of(drawn.patient).get().marks.all())
    assert [(mark.kind, mark.region, mark.source_id) for mark in marks] == [
        ("pain", "br_temple", None),
        ("trigger_point", "br_neck", None),
        ("felt", "br_temple", source.pk),
    ]
    picture = pain_drawing.picture(marks)
    assert len(picture.joins) == 1
    assert [each.kind for each in picture.drawn] == ["pain", "trigger_point", "referred"]


def test_palpating_does_not_suggest_by_its_own_referral(drawn: Any, therapist: Any) -> None:
    before = [(each.point.id, each.main) for each in verbs.suggestions(drawn)]
    verbs.palpated(made.actor(therapist), drawn, "tp_upper_trap", "left", felt=["br_neck"])
    assert [(each.point.id, each.main) for each in verbs.suggestions(verbs.maps_of(drawn.patient).get())] == before


def test_a_spot_marked_by_mistake_is_taken_back_with_a_reason_and_kept(drawn: Any, therapist: Any) -> None:
    by = made.actor(therapist)
    source = verbs.palpated(by, drawn, "tp_upper_trap", "left", felt=["br_temple"])
    with pytest.raises(verbs.BadMark):
        verbs.took_back(by, source, because=" ")
    verbs.took_back(by, source, because="wrong side")
    assert [mark.kind for mark in verbs.maps_of(drawn.patient).get().marks.all()] == ["pain"]
    assert drawn.marks.filter(removed_because="wrong side").count() == 2


@pytest.mark.parametrize(
    "bad", [{"region": "br_tail"}, {"side": "up"}, {"kind": "gone"}, {"intensity": 11}, {"quality": "odd"}]
)
def test_a_mark_that_cannot_be_is_refused(ana: Any, therapist: Any, bad: dict[str, Any]) -> None:
    with pytest.raises(verbs.BadMark):
        verbs.draw(made.actor(therapist), ana, [Mark(**{"kind": "pain", "region": "br_neck", "side": "left", **bad})])


def test_without_a_script_places_are_ticked_in_a_list_then_told_more_about(ana: Any, ana_herself: Any) -> None:
    phone = made.sign_in(Client(), ana_herself)
    address = f"/patients/{ana.pk}/pain/new/"
    page = phone.post(
        address, {"place": ["br_knee.left.front", "br_calf.left.back"], "brush": "pain", "go": "same"}
    ).content.decode()
    assert 'name="intensity-pain.br_knee.left.front"' in page
    assert not ana.pain_maps.exists()
    phone.post(
        address,
        {
            "mark": ["pain.br_knee.left.front", "pain.br_calf.left.back", "pain.br_tail.left.front", "nonsense"],
            "remove": ["pain.br_calf.left.back"],
            "intensity-pain.br_knee.left.front": "7",
            "go": "save",
        },
    )
    drawn = ana.pain_maps.get()
    assert drawn.by_patient
    assert [(mark.region, mark.side, mark.intensity) for mark in drawn.marks.all()] == [("br_knee", "left", 7)]


def test_the_patient_reads_of_a_tender_spot_never_of_a_cause(
    ana: Any, ana_herself: Any, drawn: Any, therapist: Any
) -> None:
    verbs.palpated(made.actor(therapist), drawn, "tp_upper_trap", "left", felt=["br_temple"])
    page = made.sign_in(Client(), ana_herself).get(f"/patients/{ana.pk}/pain/{drawn.pk}/").content.decode()
    assert "tender spot" in page.lower()
    assert "trigger point" not in page.lower()
    assert "trapezius" not in page


def test_the_patient_does_not_palpate(ana: Any, ana_herself: Any, drawn: Any) -> None:
    phone = made.sign_in(Client(), ana_herself)
    assert phone.get(f"/patients/{ana.pk}/pain/{drawn.pk}/palpate/").status_code == 403


def test_the_clinicians_pages_open(ana: Any, therapist: Any, drawn: Any, django_assert_max_num_queries: Any) -> None:
    at_work = made.sign_in(Client(), therapist)
    for more in range(2):
        for page in ("", "new/", f"{drawn.pk}/", f"{drawn.pk}/print/", f"{drawn.pk}/palpate/"):
            with django_assert_max_num_queries(40):
                answer = at_work.get(f"/patients/{ana.pk}/pain/{page}")
            assert answer.status_code == 200, page
            assert b"style=" not in answer.content
        verbs.draw(made.actor(therapist), ana, [TEMPLE] * (more + 1))
    answer = at_work.post(
        f"/patients/{ana.pk}/pain/{drawn.pk}/palpate/", {"point": "tp_upper_trap", "side": "left", "felt": "br_temple"}
    )
    assert answer.status_code == 302
    assert "Never a diagnosis" in at_work.get(f"/patients/{ana.pk}/pain/{drawn.pk}/palpate/").content.decode()
