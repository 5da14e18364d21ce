"""Criteria that everybody reads, and scores beside the decision: alone first, then side by side."""

import pytest
from django.urls import reverse

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.permissions import Role
from requests_offers.actions import assessing, requests
from requests_offers.actions.assessing import Given, assess, change_criteria
from requests_offers.criteria import FIRST, Kind
from requests_offers.models import Assessment, CriteriaVersion
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, people = worlds.shared(f.everyone_known)


@pytest.fixture
def held(people):
    return f.request_in("submitted", people.party)


def scores(value=2, **notes):
    return {one.code: Given(min(value, one.best), notes.get(one.code, "")) for one in FIRST}


def typed(value=2, version=1):
    said = {f"value-{one.code}": str(min(value, one.best)) for one in FIRST}
    return said | {"version": str(version), "note": "", "note-urgency": "the rains come in March"}


def page_of(client, who, request):
    client.force_login(who)
    return client.get(reverse("request_assessment", args=[request.reference]))


# Scores ---------------------------------------------------------------------------------------------------------------


def test_each_scores_alone_before_seeing_the_others(client, people, held):
    second = f.member(Role.OFFICER, centre=people.centre)
    assess(held, scores=scores(3, urgency="only I know this"), by=people.officer)
    before = page_of(client, second, held)
    assert not before.context["sees_others"]
    assert "only I know this" not in before.content.decode()
    assert f"/api/v1/requests/{held.reference}/scores/"
    assert client.get(f"/api/v1/requests/{held.reference}/scores/").json()["assessments"] == []
    url = reverse("request_assessment", args=[held.reference])
    assert client.post(url, typed(0)).status_code == 302
    after = client.get(url)
    assert "only I know this" in after.content.decode()
    lines = {line["name"]: line for _label, group in after.context["groups"] for line in group}
    assert lines["Urgency"]["spread"] == 3
    assert lines["Urgency"]["apart"]
    assert [points for _person, points, _possible in after.context["totals"]] == [18, 0]


def test_who_reads_scores(client, people, held):
    assess(held, scores=scores(), by=people.officer, note="a word about it")
    seen = {}
    other = f.officer_of(f.centre(f.party("FR")))
    named = {name: getattr(people, name) for name in ("officer", "head", "coordinator", "focal_point", "provider")}
    for name, person in (named | {"other": other}).items():
        answer = page_of(client, person, held)
        seen[name] = (answer.status_code, b"a word about it" in answer.content)
    assert seen == {
        "officer": (200, True),
        "head": (200, False),
        "coordinator": (200, True),
        "focal_point": (403, False),
        "provider": (404, False),
        "other": (404, False),
    }


def test_when_the_centre_has_decided_all_of_it_read_and_nobody_scores(client, people, held):
    assess(held, scores=scores(), by=people.officer, note="a word about it")
    requests.accept(held, by=people.head)
    assert b"a word about it" in page_of(client, people.head, held).content
    with pytest.raises(IllegalStep):
        assess(held, scores=scores(), by=people.head)


@pytest.mark.parametrize("name", ["focal_point", "drafter", "provider", "coordinator", "stranger"])
def test_only_the_holding_centre_scores(people, held, name):
    with pytest.raises(NotAllowed):
        assess(held, scores=scores(), by=getattr(people, name))
    assert not Assessment.objects.exists()


def test_every_criterion_gets_a_value_of_its_scale(people, held):
    lacking, strange, unknown = scores(), scores(), scores()
    del lacking["urgency"]
    strange["party"] = Given(3)
    unknown["weather"] = Given(1)
    for wrong in (lacking, strange, unknown):
        with pytest.raises(DomainError):
            assess(held, scores=wrong, by=people.officer)
    assert not Assessment.objects.exists()


def test_own_scores_can_be_changed_and_the_page_says_so(client, people, held):
    url = reverse("request_assessment", args=[held.reference])
    client.force_login(people.officer)
    client.post(url, typed(1))
    client.post(url, typed(3))
    row = Assessment.objects.get()
    assert row.changed_at
    assert row.scores.count() == len(FIRST)
    assert row.scores.get(criterion="urgency").value == 3
    assert "changed later" in client.get(url).content.decode()


def test_a_page_with_a_gap_keeps_what_was_chosen(client, people, held):
    client.force_login(people.officer)
    said = typed(3)
    del said["value-reach"]
    answer = client.post(reverse("request_assessment", args=[held.reference]), said)
    assert "Give an answer to “Use beyond one country”" in answer.content.decode()
    assert answer.context["form"]["value-urgency"].value() == "3"
    assert "the rains come in March" in answer.content.decode()


def test_the_comparison_costs_the_same_for_one_and_for_three(client, people, held, django_assert_num_queries):
    for number in (1, 3):
        while held.assessments.count() < number:
            assess(held, scores=scores(), by=f.member(Role.OFFICER, centre=people.centre))
        client.force_login(people.coordinator)
        client.get(reverse("request_assessment", args=[held.reference]))
        with django_assert_num_queries(8):
            client.get(reverse("request_assessment", args=[held.reference]))


# Criteria -------------------------------------------------------------------------------------------------------------


def rows_with(name="Urgency now", code="urgency"):
    rows = assessing.in_six_languages(FIRST)
    next(row for row in rows if row["code"] == code)["names"]["en"] = name
    return rows


def test_everybody_reads_the_criteria(client):
    page = client.get(reverse("triage_criteria")).content.decode()
    for one in FIRST:
        assert str(one.name) in page
        assert str(one.text) in page


def test_a_change_is_a_version_with_a_reason_that_everybody_reads(client, people):
    made = change_criteria(rows_with(), reason="Clearer words", based_on=1, by=people.coordinator)
    assert made.version == assessing.version_in_force() == 2
    page = client.get(reverse("triage_criteria")).content.decode()
    assert "Urgency now" in page
    assert "Clearer words" in page
    assert str(people.coordinator) not in page


def test_only_the_coordinator_changes_them_and_not_over_somebody_else(client, people):
    for name in ("officer", "head", "focal_point", "stranger"):
        with pytest.raises(NotAllowed):
            change_criteria(rows_with(), reason="x", based_on=1, by=getattr(people, name))
        client.force_login(getattr(people, name))
        assert client.get(reverse("criteria_edit")).status_code == 403
    change_criteria(rows_with(), reason="x", based_on=1, by=people.coordinator)
    with pytest.raises(StaleWrite):
        change_criteria(rows_with("Mine"), reason="x", based_on=1, by=people.coordinator)
    for wrong in ({"reason": " "}, {"rows": []}, {"rows": assessing.in_six_languages(CriteriaVersion.of(2))}):
        said = {"rows": rows_with("Other"), "reason": "x"} | wrong
        with pytest.raises(DomainError):
            change_criteria(said["rows"], reason=said["reason"], based_on=2, by=people.coordinator)


def test_a_request_is_scored_by_one_version_from_first_to_last(people, held):
    assess(held, scores=scores(), by=people.officer)
    change_criteria(rows_with(), reason="x", based_on=1, by=people.coordinator)
    assert assessing.version_for(held) == 1
    assert assess(held, scores=scores(), by=people.head).criteria_version == 1
    assert assessing.version_for(f.request_in("submitted", people.party)) == 2


def form_of(client, language="en"):
    page = client.get(reverse("criteria_edit"), {"language": language})
    data = {"version": page.context["form"]["version"].value(), "reason": "Better words"}
    for form in (page.context["formset"].management_form, *page.context["formset"].forms):
        data |= {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    return data


def test_the_page_adds_takes_out_and_translates(client, people):
    client.force_login(people.coordinator)
    data = form_of(client)
    data["line-0-name"] = ""  # out
    new = len(FIRST)
    data |= {f"line-{new}-name": "A second reason", f"line-{new}-kind": "priority", f"line-{new}-text": "What it means"}
    assert client.post(reverse("criteria_edit"), data).status_code == 302
    codes = [one.code for one in CriteriaVersion.of(2)]
    assert codes == [*(one.code for one in FIRST[1:]), "a-second-reason"]
    data = form_of(client, "fr")
    data["line-0-name"] = "Coopération"
    assert client.post(reverse("criteria_edit") + "?language=fr", data).status_code == 302
    first = CriteriaVersion.of(3)[0]
    assert (first.named("fr"), first.named("en"), first.named("ru")) == (
        "Coopération",
        str(FIRST[1].name),
        first.names.get("ru", str(FIRST[1].name)),
    )
    assert first.kind == Kind.ELIGIBILITY


def test_nothing_typed_is_lost_when_a_reason_lacks(client, people):
    client.force_login(people.coordinator)
    data = form_of(client) | {"reason": "", "line-1-name": "Other words"}
    page = client.post(reverse("criteria_edit"), data)
    assert page.status_code == 200
    assert "Other words" in page.content.decode()
    assert not CriteriaVersion.objects.exists()
