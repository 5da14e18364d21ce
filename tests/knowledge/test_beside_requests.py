"""Sources beside a request: chosen by the matcher, shown with reasons, taken into a direct answer;
practices out of what engagements learned.
"""

import pytest
from django.urls import reverse

from knowledge.lifecycle import PracticeStatus
from knowledge.models import Practice
from requests_offers.actions import delivery, engagements
from requests_offers.actions import requests as request_acts
from requests_offers.actions.finding_sources import sources_for
from requests_offers.models import Component
from tests import factories as f
from tests import worlds
from tests.knowledge.compendium import source_in

pytestmark = pytest.mark.django_db


def needs_of(request):
    rows = Component.objects.filter(request=request).select_related("request__party__region__parent__parent")
    return list(rows.prefetch_related("targets", "subjects"))


built, people = worlds.shared(f.everyone_known)


def test_the_sources_that_fit_come_with_reasons_and_go_into_the_answer(people, client):
    weeds = source_in(
        name="Register of invasive species", description="Invasive alien species, their pathways and control."
    )
    source_in(name="Bank statistics", description="Loans and interest rates.", targets=[f.target(19)])
    hidden = source_in("suggested", name="Invasive species of islands", description="Invasive alien species.")
    record = f.request_in("submitted", people.party)
    need = needs_of(record)[0]
    found = sources_for([need])[need.pk]
    assert found[0].source == weeds
    assert hidden not in [one.source for one in found]
    client.force_login(people.officer)
    page = client.get(record.get_absolute_url()).content.decode()
    assert "Register of invasive species" in page
    assert "Target 6" in page
    address = reverse("request_step", args=[record.reference, "answer_directly"])
    form = client.get(address).context["form"]
    line = form.fields["records"].choices[0][0]
    assert line == f"{weeds.reference} {weeds.name}: {weeds.url}"
    client.post(address, {"text": "Look here.", "sources": "Ask the museum.", "records": [line]})
    record.refresh_from_db()
    assert record.answer_sources == f"Ask the museum.\n{line}"
    assert list(record.answer_records.all()) == [weeds]
    assert weeds.get_absolute_url() in client.get(record.get_absolute_url()).content.decode()


def test_a_reference_in_the_text_is_enough_and_one_that_is_not_there_is_no_source(people):
    source, hidden = source_in(), source_in("refused")
    record = f.request_in("submitted", people.party)
    words = f"{source.reference}, {hidden.reference} and SRC-999999"
    request_acts.answer_directly(record, by=people.officer, text="Look here.", sources=words)
    assert list(record.answer_records.all()) == [source]


def test_lessons_of_concluded_work_become_one_draft_that_both_sides_and_nobody_else_see(people, client):
    work = f.engagement_in(match=f.match_in("agreed", offer=f.offer_in("published", people.organization)))
    party = work.match.component.request.party
    office = f.focal_point_of(party)
    delivery.save_lessons(work, by=people.provider, lessons="Come back twice.", may_become_practice=True)
    assert not Practice.objects.exists()
    engagements.conclude(work, by=office, side="party")
    delivery.save_lessons(work, by=people.provider, lessons="Come back three times.", may_become_practice=True)
    practice = Practice.objects.get()
    assert (practice.status, practice.party, practice.organization) == (
        PracticeStatus.DRAFT,
        party,
        people.organization,
    )
    assert list(practice.targets.all()) == list(work.match.component.targets.all())
    work.refresh_from_db()
    assert work.practice == practice
    seen = {}
    for name, person in {"office": office, "provider": people.provider, "stranger": people.stranger}.items():
        client.force_login(person)
        seen[name] = client.get(practice.get_absolute_url()).status_code
    assert seen == {"office": 200, "provider": 200, "stranger": 404}


def test_work_whose_lessons_stay_inside_makes_no_practice(people):
    work = f.engagement_in()
    delivery.save_lessons(work, by=None, lessons="Come back twice.", may_become_practice=False)
    engagements.conclude(work, by=None, side="party")
    assert not Practice.objects.exists()
