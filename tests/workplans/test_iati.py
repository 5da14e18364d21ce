"""Workplans as IATI 2.03: valid by the schema, right beyond it, in the name of a configured organization alone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from centres.models import Organization, Party
from tests import factories as f
from tests import factories_workplans as fw
from tests.workplans import iati_rules as rules
from tests.workplans.test_pledges import built, plan, pledge_in  # noqa: F401 (fixtures)
from tsc_portal.checks import reporting_organization_is_one
from workplans.actions import closing, drafting, finalizing, progress
from workplans.exports.iati import codes
from workplans.exports.iati.shares import percentages
from workplans.exports.iati.xml import tag, text
from workplans.models import Pledge, Progress, Workplan

pytestmark = pytest.mark.django_db

ORG = "XM-TEST-1"


@pytest.fixture(autouse=True)
def reporting(settings):
    settings.IATI_REPORTING_ORG = ORG


def fetched(client, name="iati", *arguments, **headers):
    answer = client.get(reverse(name, args=arguments), headers=headers)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer, body


def activities(client, name="iati", *arguments):
    """The activities of a file by their identifiers, once the file is valid and follows all rules."""
    answer, body = fetched(client, name, *arguments)
    assert answer.status_code == 200
    root = rules.checked(body)
    return {one.findtext("iati-identifier"): one for one in root}


def of_plan(made, client):
    """The plan itself, then its activities."""
    return list(activities(client, "iati_workplan", made.workplan.reference).values())


def part(made, client):
    return activities(client)[f"{ORG}-{made.activity.reference}"]


def values(one, path):
    """Amounts with their currencies, by what a path says of them."""
    return [(row.findtext("value"), row.find("value").get("currency")) for row in one.xpath(path)]


def said(one, path, *names):
    """Attributes of the elements at a path."""
    return [tuple(row.get(name) for name in names) for row in one.xpath(path)]


# One plan -------------------------------------------------------------------------------------------------------------


def test_a_plan_and_its_activities(plan, client):  # noqa: F811
    found = activities(client)
    whole, one = found[f"{ORG}-{plan.workplan.reference}"], found[f"{ORG}-{plan.activity.reference}"]
    assert list(found.values()) == [whole, one]
    assert (whole.get("hierarchy"), one.get("hierarchy")) == ("1", "2")
    assert said(whole, "related-activity", "ref", "type") == [(one.findtext("iati-identifier"), "2")]
    assert said(one, "related-activity", "ref", "type") == [(whole.findtext("iati-identifier"), "1")]
    assert {row.get("humanitarian") for row in found.values()} == {"0"}
    assert said(one, "activity-status", "code") == [("2",)]
    assert said(one, "activity-date", "type", "iso-date") == [("1", "2025-02-01"), ("3", "2026-06-30")]
    assert said(one, "recipient-country", "code", "percentage") == [("FJ", "100")]
    assert said(one, "sector", "code", "percentage") == [("41030", "100")]  # matchmaking is biodiversity itself
    assert said(one, "tag", "vocabulary", "code") == [("2", "15"), ("3", "15.8"), ("99", "GBF-TARGET-06")]
    assert said(one, "policy-marker", "code", "significance") == [("2", "2"), ("5", "2")]
    assert values(one, "budget") == [("10000.00", "USD")]
    assert whole.findall("budget") == []  # each amount stands once
    assert said(one, "result/indicator/period/target", "value") == [("20",), ("40",)]
    assert said(one, "result/indicator/baseline", "year", "value") == [("2024", "0")]
    assert one.findall(".//actual") == []


def test_names_stand_in_all_languages_that_are_known(plan, client):  # noqa: F811
    target, centre = f.target(), plan.known.centre
    type(target).objects.filter(pk=target.pk).update(name_fr="Réduire les espèces envahissantes")
    type(centre).objects.filter(pk=centre.pk).update(name_fr="Pacifique", name_ar="المحيط الهادئ")
    draft = finalizing.amend(fw.again(plan.version), by=plan.officer, amendment="correction")
    finalizing.finalize(fw.again(draft), by=plan.head)  # what is published is what was frozen
    one = part(plan, client)
    heading = {row.get(rules.LANG): row.text for row in one.find("tag[@vocabulary='99']")}
    assert heading == {"en": target.name_en, "fr": "Réduire les espèces envahissantes"}
    office = {row.get(rules.LANG): row.text for row in one.find("contact-info/organisation")}
    assert set(office) == {"en", "fr", "ar"}
    assert "Pacifique" in office["fr"]


def test_the_money_at_each_step_of_a_pledge(plan, client):  # noqa: F811
    """Interest and talk are no transaction; a commitment is one once the centre confirmed it; nothing stands twice."""
    expected = {
        "interest": [],
        "discussion": [],
        "pledged": [("13", "4000.00")],
        "commitment_claimed": [("13", "4000.00")],
        "committed": [("13", "4000.00"), ("11", "4000.00")],
        "part_received": [("13", "4000.00"), ("11", "4000.00"), ("1", "1000.00")],
        "received": [("13", "4000.00"), ("11", "4000.00"), ("1", "4000.00")],
        "withdrawn": [],
    }
    to_come = {"committed": ["4000.00"], "part_received": ["3000.00"]}
    for state, wanted in expected.items():
        made = pledge_in(state, plan)
        one = part(plan, client)
        found = [(row.find("transaction-type").get("code"), row.findtext("value")) for row in one.iter("transaction")]
        assert found == wanted, state
        assert [row.findtext("value") for row in one.iter("planned-disbursement")] == to_come.get(state, []), state
        funders = [row.findtext("narrative") for row in one.iterfind("participating-org[@role='1']")]
        assert funders == (["Reef fund"] if wanted else []), state
        made.messages.all().delete()
        made.receipts.all().delete()
        made.documents.all().delete()
        made.delete()


def test_anonymous_money_has_no_name_and_other_currencies_stay(plan, client):  # noqa: F811
    rate = {"rate_to_usd": Decimal("1.1"), "rate_on": date(2026, 3, 2), "rate_source": "UN"}
    pledge_in("committed", plan, amount="500.00", is_anonymous=True, currency="EUR", **rate)
    _answer, body = fetched(client)
    assert b"Reef fund" not in body
    one = part(plan, client)
    assert values(one, "transaction") == [("500.00", "EUR")] * 2
    assert said(one, "transaction/value", "value-date") == [("2026-03-02",)] * 2
    assert one.findall("transaction/provider-org") == []


def test_what_is_given_to_the_whole_plan_stands_at_the_plan(plan, client):  # noqa: F811
    pledge_in("committed", plan, thing=plan.workplan)
    found = activities(client)
    assert values(found[f"{ORG}-{plan.workplan.reference}"], "transaction") == [("4000.00", "USD")] * 2
    assert values(found[f"{ORG}-{plan.activity.reference}"], "transaction") == []


def test_budgets_by_year_currency_and_state_sum_to_the_plan(client):
    made = fw.plan_with(activities=2, lines=0)
    funder = f.organization(name="Lagoon fund", kind="ngo")
    euros = {"currency": "EUR", "rate_to_usd": "1.085", "rate_on": "2026-01-02", "rate_source": "UN"}
    for activity in made.version.activities.all():
        for more in ({}, {"amount": "0.10"}, euros, {"year": 2026, "funding": "secured", "funder": funder.slug}):
            drafting.add_line(activity, by=made.officer, data=fw.line_content(**more))
    for step in fw.PATHS["finalized"]:
        step(made)
    found = of_plan(made, client)
    one = found[1]
    assert said(one, "budget", "type", "status") == [("1", "1"), ("1", "1"), ("1", "2")]
    assert values(one, "budget") == [("10000.00", "EUR"), ("10000.10", "USD"), ("10000.00", "USD")]
    assert one.find("budget/value").get("value-date") == "2026-01-02"
    assert values(one, "planned-disbursement") == [("10000.00", "USD")]
    assert said(one, "participating-org[@role='1']", "type") == [("21",)]
    dollars = sum(Decimal(row.findtext("value")) for one in found for row in one.xpath("budget[value/@currency='USD']"))
    assert dollars == Decimal("40000.20")
    _answer, body = fetched(client, "iati_organisation")
    organisation = rules.checked_organisation(body)
    totals = values(organisation, "total-budget")
    assert ("20000.00", "EUR") in totals
    assert _sum(totals) == _sum(row for one in activities(client).values() for row in values(one, "budget"))


def _sum(amounts):
    return sum(Decimal(amount) for amount, currency in amounts if currency == "USD")


def test_only_approved_progress_is_an_actual(plan, client):  # noqa: F811
    made = fw.progress_of(plan, "12")
    assert part(plan, client).findall(".//actual") == []
    progress.approve(Progress.objects.get(pk=made.pk), by=plan.head)
    assert said(part(plan, client), ".//actual", "value") == [("12",)]


def test_a_plan_to_come_is_in_the_pipeline_and_a_closed_one_closed(plan, client):  # noqa: F811
    with time_machine.travel(datetime(2024, 12, 1, tzinfo=UTC)):
        assert {said(one, "activity-status", "code")[0] for one in activities(client).values()} == {("1",)}
    closing.close_plan(fw.again(plan.version), by=plan.head, text="It went well.")
    for one in activities(client).values():
        assert said(one, "activity-status", "code") == [("4",)]
        assert [kind for (kind,) in said(one, "activity-date", "type")] == ["1", "3", "4"]


def test_where_and_what_for_when_a_plan_is_about_many(client):
    """Shares follow the budgets; where no Party is named, the region of the centre stands in for it."""
    made = fw.plan_with(activities=0)
    content = fw.activity_content()
    for parties, functions, amount in (
        (["FJ", "TV", "FR"], ["knowledge_sharing"], "30000.00"), ([], ["matchmaking"], "70000.00"),
    ):  # fmt: skip
        for code in (*parties, *functions):
            f.party(code) if code in parties else fw.function(code)
        more = {"parties": parties, "functions": functions}
        activity = drafting.add_activity(made.version, by=made.officer, data=content | more)
        drafting.add_line(activity, by=made.officer, data=fw.line_content(amount=amount))
    for step in fw.PATHS["finalized"]:
        step(made)
    whole, several, none = of_plan(made, client)
    assert said(several, "recipient-country", "code", "percentage") == [
        ("FJ", "33.34"),
        ("FR", "33.33"),
        ("TV", "33.33"),
    ]
    assert said(several, "sector", "code", "percentage") == [("41030", "50"), ("41081", "50")]
    assert said(none, "recipient-region", "code", "vocabulary", "percentage") == [("889", "1", "100")]
    assert [row.get("code") for row in (one.find("activity-scope") for one in (whole, several, none))] == [
        "3",
        "3",
        "2",
    ]
    assert said(whole, "recipient-country", "code", "percentage") == [("FJ", "10"), ("FR", "10"), ("TV", "10")]
    assert said(whole, "recipient-region", "percentage") == [("70",)]
    assert said(whole, "sector", "code", "percentage") == [("41030", "85"), ("41081", "15")]


@given(st.lists(st.integers(min_value=0, max_value=10**9), max_size=60))
def test_shares_sum_to_exactly_one_hundred(weights):
    found = percentages(dict(enumerate(weights)))
    assert sum(found.values()) == (100 if sum(weights) else 0)
    for key, share in found.items():
        exact = Fraction(weights[key]) * 100 / sum(weights)
        assert abs(Fraction(share) - exact) < Fraction(1, 100)


# Who publishes what ---------------------------------------------------------------------------------------------------

FILES = [("iati", False), ("iati_organisation", False), ("iati_centre", "centre"), ("iati_workplan", "reference")]


def files(made):
    arguments = {False: (), "centre": (made.known.centre.slug,), "reference": (made.workplan.reference,)}
    return [(name, *arguments[kind]) for name, kind in FILES]


def test_nobody_publishes_without_a_name_and_never_an_example_or_a_draft(plan, client, settings):  # noqa: F811
    draft = fw.plan_with(plan.known, centre=None)
    for file in files(plan):
        assert fetched(client, *file)[0].status_code == 200
    assert fetched(client, "iati_workplan", draft.workplan.reference)[0].status_code == 404
    Workplan.objects.update(is_example=True)
    assert {fetched(client, *file)[0].status_code for file in files(plan)} == {404}
    settings.DEMO = True  # the preview of the demo, where every title says what it is
    for file in files(plan)[:1] + files(plan)[2:]:
        titles = [one.findtext("title/narrative") for one in activities(client, *file).values()]
        assert titles
        assert all(title.startswith("EXAMPLE") for title in titles)
    settings.IATI_REPORTING_ORG = ""
    assert {fetched(client, *file)[0].status_code for file in files(plan)} == {404}


@pytest.mark.parametrize(("identifier", "faults"), [("XM-DAC-1", 0), ("", 0), ("XM DAC 1", 1), ("XM/1", 1)])
def test_an_identifier_that_the_standard_refuses_stops_the_start(settings, identifier, faults):
    settings.IATI_REPORTING_ORG = identifier
    assert len(reporting_organization_is_one()) == faults


def test_whoever_has_the_file_gets_none(plan, client):  # noqa: F811
    answer, _body = fetched(client)
    known = {"if-none-match": answer.headers["ETag"]}
    assert fetched(client, **known)[0].status_code == 304
    assert fetched(client, **{"if-modified-since": answer.headers["Last-Modified"]})[0].status_code == 304
    Pledge.objects.update(updated_at=timezone.now())
    made = pledge_in("pledged", plan)
    Pledge.objects.filter(pk=made.pk).update(updated_at=timezone.now() + timedelta(seconds=2))
    again = fetched(client, **known)[0]
    assert again.status_code == 200
    assert again.headers["ETag"] != answer.headers["ETag"]
    assert again.headers["Last-Modified"] != answer.headers["Last-Modified"]
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_the_number_of_questions_does_not_follow_the_number_of_plans(plan, client):  # noqa: F811
    def asked():
        with CaptureQueriesContext(connection) as found:
            fetched(client)
        return len(found)

    pledge_in("committed", plan)
    one = asked()
    fw.version_in("finalized", known=plan.known, centre=None, activities=3)
    assert asked() == one


def test_markup_stays_text_and_signs_that_xml_cannot_hold_fall_out(client):
    made, title = fw.plan_with(lines=0), "Reefs & <b>lagoons</b> ]]> \"' 🏝"
    drafting.save_activity(made.version.activities.get(), by=made.officer, data={"title": title})
    for step in fw.PATHS["finalized"]:
        step(made)
    _whole, one = of_plan(made, client)
    assert one.findtext("title/narrative") == title
    assert rules.etree.fromstring(tag("a", text("b\x0b\x1f\ufffe"), c='\x00\n"')).attrib == {"c": ' "'}


def test_every_code_that_we_write_is_in_its_list():
    lists = rules.codelists()
    assert set(codes.SECTORS.values()) | codes.SIBLINGS | {codes.BIODIVERSITY} <= lists["Sector"]
    assert set(codes.REGIONS.values()) | {codes.WORLD, *codes.NO_COUNTRY.values()} <= lists["Region"]
    found = {code for every in codes.SDGS.values() for code in every}
    assert found <= lists["UNSDG-Goals"] | lists["UNSDG-Targets"]
    assert sorted(codes.SDGS) == list(range(1, 24))
    kinds = {
        codes.organisation_type(kind, has_seat=seat) for kind in Organization.Kind.values for seat in (True, False)
    }
    assert kinds <= lists["OrganisationType"]
    assert set(Party.objects.real().values_list("iso2", flat=True)) - set(codes.NO_COUNTRY) <= lists["Country"]
