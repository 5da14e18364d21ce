"""Files of IATI activities of others: what is read, what concerns a centre, what its officer does with it."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.errors import DomainError, IllegalStep, NotAllowed
from tests import factories as f
from tests import factories_workplans as fw
from workplans.actions import co_funding
from workplans.actions.gaps import plan_sums
from workplans.exports.iati import reading
from workplans.exports.iati.scope import scope_of
from workplans.lifecycle import CO_FUNDING_STEPS, CoFundingStatus
from workplans.models import CoFunding

pytestmark = pytest.mark.django_db

UPDATED = "2026-05-01T10:00:00Z"
FIJI = reading.Scope(frozenset({"FJ"}), frozenset({"889"}))


def activity(
    identifier="XM-DONOR-1", *, updated="2026-05-01T10:00:00Z", country="FJ", sector="41030", more="", amount="500"
):
    place = f'<recipient-country code="{country}"/>' if country else ""
    return f"""<iati-activity default-currency="EUR" last-updated-datetime="{updated}" xml:lang="fr">
      <iati-identifier> {identifier} </iati-identifier>
      <reporting-org ref="XM-DONOR" type="10"><narrative>Lagoon agency</narrative></reporting-org>
      <title><narrative>Récifs</narrative><narrative xml:lang="en">Reefs of the lagoon</narrative></title>
      <description><narrative>Two reefs are restored.</narrative></description>
      <participating-org role="1"><narrative>Lagoon agency</narrative></participating-org>
      <participating-org role="4"><narrative>Divers</narrative></participating-org>
      <activity-status code="2"/>
      <activity-date iso-date="2025-02-01" type="1"/><activity-date iso-date="2027-01-31" type="3"/>
      <contact-info><person-name><narrative>Canary Person</narrative></person-name></contact-info>
      {place}<sector code="{sector}"/>{more}
      <budget><value value-date="2025-01-01">1000.5</value></budget>
      <transaction><transaction-type code="2"/><value currency="USD">{amount}</value></transaction>
      <transaction><transaction-type code="3"/><value value-date="2025-01-01">20</value></transaction>
      <transaction><transaction-type code="3"/><value value-date="2025-01-01">-5</value></transaction>
    </iati-activity>"""


def file(*activities, version="2.03"):
    return f'<?xml version="1.0"?><iati-activities version="{version}">{"".join(activities)}</iati-activities>'.encode()


def book(content, scope=FIJI):
    return reading.read(BytesIO(content), scope, size=len(content))


# Reading --------------------------------------------------------------------------------------------------------------


def test_what_an_activity_says(settings):
    settings.IATI_REPORTING_ORG = "XM-TEST-1"
    [found] = book(file(activity())).found
    assert (found.iati_identifier, found.title) == ("XM-DONOR-1", "Reefs of the lagoon")
    assert (found.reporting_ref, found.reporting_name, found.funders) == (
        "XM-DONOR",
        "Lagoon agency",
        ["Lagoon agency"],
    )
    assert found.amounts == {
        "budget": {"EUR": "1000.50"}, "commitment": {"USD": "500.00"}, "disbursement": {"EUR": "15.00"},
    }  # fmt: skip
    assert (str(found.starts_on), str(found.ends_on), found.countries) == ("2025-02-01", "2027-01-31", ["FJ"])
    assert found.last_updated_at.isoformat() == "2026-05-01T10:00:00+00:00"


MARKER = '<policy-marker code="5" significance="{}"/>'
OLD = reading.Scope(FIJI.countries, FIJI.regions, since=reading.date(2028, 1, 1))


@pytest.mark.parametrize(
    ("fields", "scope", "reason"),
    [
        ({}, FIJI, ""),
        ({"country": "TD"}, FIJI, "place"),
        ({"country": "TD"}, reading.Scope(None, frozenset()), ""),
        ({"sector": "11220"}, FIJI, "topic"),
        ({"sector": "11220", "more": MARKER.format(1)}, FIJI, ""),
        ({"sector": "11220", "more": MARKER.format(0)}, FIJI, "topic"),
        ({"country": "", "more": '<recipient-region code="889"/>'}, FIJI, ""),
        ({"country": "", "more": '<recipient-region code="298"/>'}, FIJI, "place"),
        ({"identifier": ""}, FIJI, "no_identifier"),
        ({}, OLD, "ended"),
    ],
)
def test_what_concerns_a_centre(fields, scope, reason):
    found = book(file(activity(**fields)), scope)
    assert (len(found.found), dict(found.others)) == ((0, {reason: 1}) if reason else (1, {}))


def test_our_own_activities_are_not_somebody_elses(settings):
    settings.IATI_REPORTING_ORG = "XM-DONOR"
    assert dict(book(file(activity())).others) == {"own": 1}


OF_VERSION_1 = """<iati-activity default-currency="GBP">
  <reporting-org ref="GB-0" type="10">A department</reporting-org>
  <participating-org role="Funding">United Kingdom</participating-org>
  <recipient-country code="FJ">Fiji</recipient-country>
  <iati-identifier>GB-0-1</iati-identifier><title>Small islands</title>
  <sector code="41030" percentage="70">Bio-diversity</sector>
  <activity-date type="end-planned">2029-03-31Z</activity-date>
  <activity-date type="start-actual" iso-date="2025-02-01Z"/>
  <transaction><value>85,000</value><transaction-type code="C">Commitment</transaction-type></transaction>
  </iati-activity>"""


def test_a_file_of_version_one_is_read_as_far_as_it_says_the_same():
    found = book(file(OF_VERSION_1, version="1.01"))
    assert found.is_old
    [one] = found.found
    assert (one.title, one.funders, one.amounts) == (
        "Small islands",
        ["United Kingdom"],
        {"commitment": {"GBP": "85000.00"}},
    )
    assert (str(one.starts_on), str(one.ends_on)) == ("2025-02-01", "2029-03-31")


BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<iati-activities version="2.03"><iati-activity><title>&b;</title></iati-activity></iati-activities>"""
OUTSIDE = (
    b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><iati-activities><title>&a;</title></iati-activities>"""
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "entities"),
        (OUTSIDE, "entities"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><iati-activities/>', "entities"),
        (b"", "not XML"),
        (b"PK\x03\x04", "not XML"),
        (b'<?xml version="1.0" encoding="no-such-thing"?><iati-activities/>', "not XML"),
        (file(activity())[:-40], "not XML"),
        (b"<iati-organisations/>", "begins with"),
    ],
)
def test_what_is_no_file_of_activities_gets_a_sentence(content, sentence):
    assert sentence in book(content).wrong


def test_values_of_strangers_are_bounded():
    """Broken days and amounts are left out, texts cut and cleaned; nothing of it breaks the reading."""
    strange = activity(amount="1e400", updated="yesterday").replace("2025-02-01", "2025-13-99")
    strange = strange.replace("Two reefs", "\u202eTwo " + "x" * 9000).replace(
        "Reefs of the lagoon", "y" * 900 + "\u200b"
    )
    [found] = book(file(strange)).found
    assert (found.starts_on, found.last_updated_at, found.amounts.get("commitment")) == (None, None, None)
    assert (len(found.title), len(found.description)) == (300, 4000)
    assert "\u202e" not in found.description
    assert reading.read(BytesIO(b""), FIJI, size=reading.LARGEST_FILE + 1).wrong
    many = file(*(activity(f"XM-{number}") for number in range(reading.MOST_PROPOSED + 2)))
    assert dict(book(many).others) == {"too_many": 2}


# What a centre does with it -------------------------------------------------------------------------------------------


@pytest.fixture
def made():
    return fw.version_in("finalized")


def proposed(made, **fields):
    co_funding.propose(made.known.centre, book(file(activity(**fields))).found, by=made.officer)
    return CoFunding.objects.get()


def test_the_same_file_changes_nothing_and_an_older_one_undoes_nothing(made):
    def read(**fields):
        return dict(co_funding.propose(made.known.centre, book(file(activity(**fields))).found, by=made.officer))

    assert read() == {"new": 1}
    assert read() == {"same": 1}
    assert read(amount="900", updated="2026-04-01T00:00:00Z") == {"same": 1}
    assert read(amount="900", updated="2026-06-01T00:00:00Z") == {"changed": 1}
    row = CoFunding.objects.get()
    assert (row.amounts["commitment"], row.changed_at) == ({"USD": "900.00"}, None)
    co_funding.dismiss(row, by=made.officer, text="It pays for roads.")
    assert read(amount="950", updated="2026-07-01T00:00:00Z") == {"changed": 1}
    row.refresh_from_db()
    assert (row.status, row.changed_at is not None) == ("dismissed", True)


def test_steps_follow_the_table(made):
    activity_of_plan = fw.identity_of(made.version.activities.get())
    acts = {
        "accept": lambda row, by: co_funding.accept(row, by=by, part=activity_of_plan),
        "dismiss": lambda row, by: co_funding.dismiss(row, by=by, text="No."),
        "reopen": lambda row, by: co_funding.reopen(row, by=by),
    }
    assert set(acts) == set(CO_FUNDING_STEPS)
    paths = {"proposed": (), "accepted": ("accept",), "dismissed": ("dismiss",)}
    row = proposed(made)
    for name, step in CO_FUNDING_STEPS.items():
        for status in CoFundingStatus.values:
            if row.status != "proposed":
                co_funding.reopen(row, by=made.officer)
            for before in paths[status]:
                acts[before](row, made.officer)
            with pytest.raises(NotAllowed):
                acts[name](row, f.officer_of(f.centre()))
            if status in step.sources:
                assert acts[name](row, made.officer).status == step.target
            else:
                with pytest.raises(IllegalStep):
                    acts[name](row, made.officer)


def test_it_stands_beside_the_plan_and_changes_no_gap(made, client):
    before, row = plan_sums(made.workplan), proposed(made)
    page, donors = made.workplan.get_absolute_url(), reverse("donors")
    assert "Lagoon agency" not in client.get(page).content.decode() + client.get(donors).content.decode()
    assert client.get(row.get_absolute_url()).status_code == 404
    co_funding.accept(row, by=made.officer, part=fw.identity_of(made.version.activities.get()), text="A note inside.")
    assert plan_sums(made.workplan) == before
    for address in (page, donors):
        text = client.get(address).content.decode()
        assert "Reported elsewhere, not counted" in text
        assert "Lagoon agency" in text
    text = client.get(row.get_absolute_url()).content.decode()
    assert "XM-DONOR-1" in text
    assert "A note inside." not in text
    assert "Canary" not in text


def test_only_a_plan_of_the_centre_that_is_public_takes_it(made):
    row, draft = proposed(made), fw.plan_with(made.known, centre=None).workplan
    with pytest.raises(DomainError, match="finalized plan of your centre"):
        co_funding.accept(row, by=made.officer, part=draft)
    with pytest.raises(DomainError, match="few words"):
        co_funding.dismiss(row, by=made.officer, text=" ")
    for broken in ({"status": "accepted"}, {"status": "lost"}, {"workplan": made.workplan}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CoFunding.objects.filter(pk=row.pk).update(**broken)


def test_an_officer_uploads_accepts_and_dismisses_at_the_browser(made):
    client, address = Client(), reverse("co_funding")
    client.force_login(made.officer)
    assert client.get(address).status_code == 200
    files = [
        SimpleUploadedFile("one.xml", file(activity(), activity("XM-2", country="TD"))),
        SimpleUploadedFile("two.xml", file(activity("XM-3"), version="1.05")),
    ]
    data = {"centre": made.known.centre.slug, "chosen": files}
    page = client.post(address, data, follow=True).content.decode()
    assert "2 activities are new here." in page
    assert "1 is in no country of the centre." in page
    assert "version 1 of the standard" in page
    bad = client.post(address, data | {"chosen": [SimpleUploadedFile("bomb.xml", BOMB)]})
    assert (bad.status_code, "bomb.xml" in bad.content.decode()) == (422, True)
    first, second = CoFunding.objects.order_by("pk")
    accept = reverse("co_funding_step", args=[first.reference, "accept"])
    form = client.get(accept).context["form"]
    part = made.version.activities.get().reference
    assert form.initial["part"] == part  # the activity in the same country
    client.post(accept, {"part": part})
    client.post(reverse("co_funding_step", args=[second.reference, "dismiss"]), {"text": "Not ours."})
    assert list(CoFunding.objects.order_by("pk").values_list("status", flat=True)) == ["accepted", "dismissed"]
    for status in CoFundingStatus.values:
        assert client.get(address, {"status": status}).status_code == 200
    assert client.get(reverse("co_funding_step", args=[first.reference, "reopen"])).status_code == 200
    assert client.get(reverse("co_funding_step", args=[first.reference, "sell"])).status_code == 404


@pytest.mark.parametrize(
    ("who", "seen", "may"),
    [("stranger", 404, 404), ("donor", 404, 404), ("focal_point", 404, 404), ("coordinator", 200, 403)],
)
def test_others_see_nothing_of_what_is_only_proposed(made, who, seen, may):
    row, client = proposed(made), Client()
    client.force_login(getattr(made.known, who))
    assert client.get(row.get_absolute_url()).status_code == seen
    step = reverse("co_funding_step", args=[row.reference, "dismiss"])
    assert client.post(step, {"text": "No."}).status_code == may
    with pytest.raises(NotAllowed):
        co_funding.propose(made.known.centre, [], by=getattr(made.known, who))


def test_the_scope_of_a_centre(made):
    scope = scope_of(made.known.centre)
    assert "FJ" in scope.countries
    assert (scope.regions, scope.since.year) == ({"889"}, 2025)
    assert scope_of(None, with_ended=True) == reading.Scope(None, frozenset(), None)
