"""Intake: who stands behind a request, where else it was filed, whether it was filed before, and pages that save
themselves.
"""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from accounts.permissions import Permission
from accounts.sheets.files import BadFile
from requests_offers.actions import drafts, endorsement_letters, endorsements, filings, requests
from requests_offers.actions.imports.run import import_requests
from requests_offers.audience import audience
from requests_offers.models import Attachment, CooperationRequest, Endorsement, Filing
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
FILED = {"mechanism": "ctcn", "name": "", "external_id": "2024-12", "status": "filed", "url": ""}


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def other(db):
    return f.party("TV")


def page(name, record, *more):
    return reverse(name, args=[record.reference, *more])


def letter(name="letter.pdf", more=b""):
    return SimpleUploadedFile(name, PDF + more)


def status_of(record, party):
    return Endorsement.objects.get(request=record, party=party).status


# Joint requests -------------------------------------------------------------------------------------------------------


def test_an_office_that_is_asked_sees_the_draft_and_joins(client, known, other):
    draft = f.draft_request(known.party, co_parties=[other], contact="A. Person")
    asked = f.focal_point_of(other)
    client.force_login(asked)
    assert client.get(draft.get_absolute_url()).status_code == 404
    endorsements.ask_to_join(draft, by=known.drafter)
    assert client.get(draft.get_absolute_url()).status_code == 200
    assert audience(draft, asked) == "side"
    assert Notice.objects.filter(recipient=asked, kind="request_ask_to_join").count() == 1
    text = client.get(page("request_endorsement", draft)).content.decode()
    assert "has not confirmed yet" in text
    own = Endorsement.objects.get(request=draft, party=other)
    client.post(page("request_endorsement", draft), {"join": own.pk})
    assert (status_of(draft, other), audience(draft, asked)) == ("given", "full")
    assert Notice.objects.filter(recipient=known.focal_point, kind="request_join").count() == 1
    assert client.get(reverse("request_edit", args=[draft.reference])).status_code == 403


def test_submitting_endorses_and_asks_whoever_was_not_asked(client, known, other):
    request = f.request_in("submitted", known.party, co_parties=[other])
    assert {row.party.iso2: row.status for row in request.endorsements.all()} == {"FJ": "given", "TV": "asked"}
    text = client.get(f.request_in("matching", known.party, co_parties=[other]).get_absolute_url()).content.decode()
    assert "Tuvalu (has not confirmed yet)" in text


def test_who_does_not_join_is_asked_for_no_more_and_can_change_its_mind(known, other):
    request = f.request_in("matching", known.party, co_parties=[other])
    own, office = request.endorsements.get(party=other), f.focal_point_of(other)
    endorsements.decline(own, by=office, reason="Not this year.")
    assert (list(request.co_parties.all()), status_of(request, other)) == ([], "declined")
    endorsements.endorse(own, by=office)
    assert (list(request.co_parties.all()), status_of(request, other)) == ([other], "given")


def test_the_office_that_files_cannot_leave_and_nobody_speaks_for_another(known, other):
    request = f.request_in("submitted", known.party, co_parties=[other])
    with pytest.raises(DomainError, match="cannot leave"):
        endorsements.decline(request.endorsements.get(party=known.party), by=known.focal_point)
    for person in (known.focal_point, known.officer, known.coordinator, f.drafter_of(other)):
        with pytest.raises(NotAllowed):
            endorsements.endorse(request.endorsements.get(party=other), by=person)
    ended = f.request_in("withdrawn", known.party, co_parties=[other])
    with pytest.raises(IllegalStep):
        endorsements.endorse(ended.endorsements.get(party=other), by=f.focal_point_of(other))


def test_a_party_that_is_left_out_again_sees_the_draft_no_more(known, other):
    draft = f.draft_request(known.party, co_parties=[other])
    endorsements.ask_to_join(draft, by=known.drafter)
    drafts.save_request(draft, by=known.drafter, data={"co_parties": []})
    assert not CooperationRequest.objects.visible_to(f.focal_point_of(other)).exists()


def test_what_a_strange_office_may_not_see_it_may_not_join(client, known, other):
    draft = f.draft_request(known.party, co_parties=[other])
    endorsements.ask_to_join(draft, by=known.drafter)
    client.force_login(f.focal_point_of(f.party("TD")))
    own = Endorsement.objects.get(request=draft, party=other)
    assert client.post(page("request_endorsement", draft), {"join": own.pk}).status_code == 404
    assert status_of(draft, other) == "asked"


# Official letters -----------------------------------------------------------------------------------------------------


def test_an_officer_records_the_letter_of_an_office_for_a_request_that_came_in_a_file(client, known):
    draft = f.draft_request(known.party)
    requests.submit(draft, by=known.coordinator, permission=Permission.REQUEST_IMPORT)
    assert status_of(draft, known.party) == "asked"
    client.force_login(f.again(f.officer_of(draft.centre)) if draft.centre else known.coordinator)
    data = {"letter_recorded": "1", "party": known.party.pk, "file": letter()}
    assert client.post(page("request_endorsement", draft), data).status_code == 302
    row = Endorsement.objects.get(request=draft, party=known.party)
    assert (row.status, row.letter.kind, row.letter.name) == ("given", "endorsement_letter", "letter.pdf")


def test_a_letter_that_is_attached_speaks_for_a_party_that_asks_together(known, other):
    request = f.draft_request(known.party, co_parties=[other])
    scan = endorsement_letters.attach_letter(request, by=known.focal_point, file=letter(), name="letter.pdf")
    endorsement_letters.endorse_by_letter(request, other, by=known.focal_point, letter=scan)
    assert status_of(request, other) == "given"
    assert AuditEvent.objects.of(request).filter(action="endorse_by_letter").count() == 1
    plain = Attachment.objects.create(
        request=request, name="map.pdf", stored_as="x", content_type="application/pdf", size=1, sha256="0" * 64
    )
    for wrong in ({"letter": plain}, {}):
        with pytest.raises(DomainError):
            endorsement_letters.endorse_by_letter(request, other, by=known.focal_point, **wrong)
    with pytest.raises(DomainError, match="not named"):
        endorsement_letters.endorse_by_letter(request, f.party("TD"), by=known.focal_point, letter=scan)


@pytest.mark.parametrize("person", ["drafter", "provider", "stranger", "donor"])
def test_only_the_office_and_the_centre_record_letters(known, person):
    request = f.request_in("submitted", known.party)
    with pytest.raises(NotAllowed):
        endorsement_letters.endorse_by_letter(request, known.party, by=getattr(known, person), file=letter())
    assert Attachment.objects.count() == 0


# Filed elsewhere ------------------------------------------------------------------------------------------------------


def test_a_filing_is_listed_once_brought_up_to_date_and_taken_out(client, known):
    draft = f.draft_request(known.party)
    client.force_login(known.drafter)
    for _ in range(50):
        client.post(page("request_filings", draft), FILED)
    filing = Filing.objects.get()
    client.post(page("request_filing", draft, filing.pk), FILED | {"status": "accepted"})
    assert Filing.objects.get().status == "accepted"
    text = client.get(draft.get_absolute_url()).content.decode()
    assert "Climate Technology Centre" in text
    client.post(page("request_filing", draft, filing.pk), {"remove": "1"})
    assert Filing.objects.count() == 0


def test_another_mechanism_has_a_name(client, known):
    draft = f.draft_request(known.party)
    client.force_login(known.drafter)
    text = client.post(page("request_filings", draft), FILED | {"mechanism": "other"}).content.decode()
    assert "Write the name of the mechanism." in text
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.create(request=draft, mechanism="other")


def test_a_request_is_found_by_mechanism_and_reference(client, known):
    found, other = f.request_in("matching", known.party), f.request_in("matching", known.party)
    filings.add_filing(found, by=known.officer, data=FILED)
    filings.add_filing(other, by=known.officer, data=FILED | {"mechanism": "gef"})
    filings.add_filing(other, by=known.officer, data=FILED | {"external_id": "2024-13"})
    for query in ("mechanism=ctcn&filed_as=2024-12", "filed_as=2024-12&mechanism=ctcn"):
        rows = client.get(f"/api/v1/requests/?{query}").json()["results"]
        assert [row["reference"] for row in rows] == [found.reference]
        assert found.reference in client.get(f"/requests/?{query}").content.decode()
        assert other.reference not in client.get(f"/requests/?{query}").content.decode()
    assert rows[0]["filings"] == [
        {
            "mechanism": "ctcn",
            "name": "Climate Technology Centre and Network (CTCN)",
            "external_id": "2024-12",
            "url": "",
        }
    ]


@pytest.mark.parametrize(
    ("person", "may"), [("drafter", True), ("officer", True), ("donor", False), ("provider", False)]
)
def test_who_writes_down_filings(known, person, may):
    request = f.request_in("matching", known.party)
    assert filings.may_change_filings(request, getattr(known, person)) is may


# Filed before ---------------------------------------------------------------------------------------------------------

WORDS = {
    "title": "Biological control of water hyacinth on the lake",
    "summary": "Floating plants close the landing places of the lake and fishers cannot work. We look for weevils.",
}
SAME_IN_FRENCH = {
    "title": "Lutte biologique contre la jacinthe d’eau du lac",
    "summary": "Des plantes flottantes ferment les débarcadères du lac et les pêcheurs ne peuvent travailler. Nous "
    "cherchons "
    "des charançons.",
    "language": "fr",
}


def test_a_need_that_was_filed_before_is_shown_and_can_be_told_apart(client, known):
    earlier = f.request_in("refused", known.party, **WORDS)
    draft = f.draft_request(known.party, **SAME_IN_FRENCH)
    client.force_login(known.drafter)
    for step in ("2", "7"):
        text = client.get(page("request_edit", draft) + f"?step={step}").content.decode()
        assert earlier.reference in text
        assert "Refused" in text
    client.post(page("request_edit", draft) + "?step=7", {"another": earlier.reference})
    text = client.get(page("request_edit", draft) + "?step=7").content.decode()
    assert earlier.reference not in text
    assert list(draft.not_the_same_as.all()) == [earlier]


def test_this_is_another_need_keeps_what_was_typed(client, known):
    earlier = f.request_in("submitted", known.party, **WORDS)
    draft = f.draft_request(known.party, **WORDS)
    client.force_login(known.drafter)
    url = page("request_edit", draft) + "?step=2&component=1"
    client.post(url, {"version": "1", "title": "Typed", "text": "", "another": earlier.reference})
    assert draft.components.get().title == "Typed"
    assert draft.not_the_same_as.count() == 1


def test_other_needs_and_those_of_other_countries_are_not_shown(client, known, other):
    f.request_in("matching", other, **WORDS)
    f.request_in("matching", known.party)
    draft = f.draft_request(known.party, **WORDS)
    client.force_login(known.drafter)
    assert client.get(page("request_edit", draft) + "?step=7").context["earlier"] == []


# Pages that save themselves -------------------------------------------------------------------------------------------

SCRIPT = {"HTTP_X_AUTOSAVE": "1"}
SHORT = {"version": "1", "title": "Lake plants", "summary": "They close the lake.", "language": "en"}


def test_the_first_page_begins_a_request_once_and_goes_on_as_its_page(client, known):
    client.force_login(known.drafter)
    form = SHORT | {"form_key": str(uuid.uuid4())}
    first = client.post(reverse("request_new"), form, **SCRIPT).json()
    again = client.post(reverse("request_new"), form | {"title": "Lake plants, more"}, **SCRIPT).json()
    made = CooperationRequest.objects.get()
    assert first["url"] == again["url"] == page("request_edit", made) + "?step=1"
    assert (made.title, again["version"], first["earlier"]) == ("Lake plants, more", 2, [])


def test_an_empty_page_begins_nothing(client, known):
    client.force_login(known.drafter)
    answer = client.post(reverse("request_new"), {"version": "1", "language": "en", "title": " "}, **SCRIPT)
    assert (answer.status_code, CooperationRequest.objects.count()) == (200, 0)


def test_what_can_be_kept_is_saved_and_the_rest_is_named(client, known):
    draft = f.draft_request(known.party)
    client.force_login(known.drafter)
    form = {"version": "1", "title": "Typed", "text": "Words", "starts_on": "soon", "partners_wanted": "1"}
    answer = client.post(page("request_edit", draft) + "?step=2&component=1", form, **SCRIPT).json()
    need = draft.components.get()
    assert (need.title, need.starts_on, answer["version"]) == ("Typed", None, 2)
    assert "Not before" in answer["saved"]


def test_a_page_that_saves_itself_never_writes_over_somebody_else(client, known):
    draft = f.draft_request(known.party)
    drafts.save_request(draft, by=known.focal_point, data={"title": "Theirs"})
    client.force_login(known.drafter)
    url = page("request_edit", draft) + "?step=1"
    answer = client.post(url, SHORT | {"title": "Mine"}, **SCRIPT)
    assert answer.status_code == 409
    shown = client.post(url, SHORT | {"title": "Mine"})  # what the script then does: send the form itself
    assert shown.status_code == 409
    assert "Theirs" in shown.content.decode()
    assert "Mine" in shown.content.decode()
    draft.refresh_from_db()
    assert draft.title == "Theirs"


def test_writing_leaves_one_trace_in_ten_minutes(client, known):
    draft = f.draft_request(known.party)
    client.force_login(known.drafter)
    url = page("request_edit", draft) + "?step=1"
    for version in (1, 2, 3):
        client.post(url, SHORT | {"version": str(version), "title": f"Title {version}"}, **SCRIPT)
    draft.refresh_from_db()
    assert (draft.title, draft.version) == ("Title 3", 4)
    assert AuditEvent.objects.of(draft).filter(action="save").count() == 1


def test_an_unchanged_page_is_not_saved_again(client, known):
    draft = f.draft_request(known.party)
    client.force_login(known.drafter)
    form = {"version": "1", "title": draft.title, "summary": draft.summary, "language": "en"}
    assert client.post(page("request_edit", draft) + "?step=1", form, **SCRIPT).json()["version"] == 1


def test_one_more_need_becomes_a_page_of_its_own(client, known):
    draft = f.draft_request(known.party)
    client.force_login(known.drafter)
    url = page("request_edit", draft) + "?step=2&component=new"
    answer = client.post(url, {"version": "1", "title": "Second", "partners_wanted": "1"}, **SCRIPT).json()
    assert answer["url"] == page("request_edit", draft) + "?step=2&component=2"
    form = {"version": str(answer["version"]), "title": "Second one", "partners_wanted": "1"}
    client.post(answer["url"], form, **SCRIPT)
    assert [need.title for need in draft.components.order_by("number")][1:] == ["Second one"]


def test_who_wrote_what_and_who_is_writing_now(client, known):
    draft = f.draft_request(known.party, by=known.drafter)
    drafts.save_request(draft, by=known.focal_point, data={"contact": "A. Person"})
    client.force_login(known.drafter)
    text = client.get(page("request_edit", draft) + "?step=1").content.decode()
    assert "is writing in this draft too" in text
    written = {
        one["page"]: one["person"] for one in client.get(page("request_edit", draft) + "?step=7").context["written"]
    }
    assert written == {"Who takes part?": str(known.focal_point), "The need in short": str(known.drafter)}


# Consent --------------------------------------------------------------------------------------------------------------


def test_without_consent_nothing_makes_a_request_public(known):
    draft = f.draft_request(known.party)
    with pytest.raises(DomainError, match="nobody has said yet"):
        drafts.save_request(draft, by=known.drafter, data={"consent_required": True, "visibility": "public"})
    drafts.save_request(draft, by=known.drafter, data={"consent_required": True})
    assert CooperationRequest.objects.get(pk=draft.pk).visibility == "network"
    with pytest.raises(IntegrityError), transaction.atomic():
        CooperationRequest.objects.filter(pk=draft.pk).update(visibility="public")
    drafts.save_request(draft, by=known.drafter, data={"consent_given": True, "visibility": "public"})


def test_a_notice_stands_beside_the_request_for_everybody_who_reads_it(client, known):
    notice = "Ask the elders before you use this."
    request = f.request_in("matching", known.party, consent_required=True, consent_given=True, consent_notice=notice)
    assert notice in client.get(request.get_absolute_url()).content.decode()
    assert client.get(f"/api/v1/requests/{request.reference}/").json()["consent_notice"] == notice


# By API ---------------------------------------------------------------------------------------------------------------


def test_the_api_takes_and_gives_the_later_pages(client, known, other):
    f.priority(known.party, code="NT 6"), f.beneficiary_group()
    client.force_login(known.drafter)
    body = {
        "party": "FJ", "title": "Lake plants", "co_parties": ["TV"], "priorities": [{"party": "FJ", "code": "NT 6"}],
        "beneficiary_groups": ["womenGirls"], "beneficiaries_note": "Two villages", "filings": [{"mechanism": "ctcn"}],
        "consent_required": True, "consent_notice": "Ask first.",
    }  # fmt: skip
    answer = client.post("/api/v1/requests/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 201, answer.json()
    record = answer.json()
    assert record["priorities"] == [{"party": "FJ", "code": "NT 6"}]
    assert (record["beneficiary_groups"], record["visibility"]) == (["womenGirls"], "network")
    assert record["filings"][0]["status"] == "filed"
    url = f"/api/v1/requests/{record['reference']}/"
    for wrong, field in (
        ({"visibility": "public"}, "visibility"),
        ({"priorities": [{"party": "TD", "code": "NT 6"}]}, "priorities"),
        ({"beneficiary_groups": ["farmers"]}, "beneficiary_groups"),
        ({"filings": [{"mechanism": "other"}]}, "filings.0.name"),
        ({"filings": [{"mechanism": "gef"}, {"mechanism": "gef"}]}, "filings"),
    ):
        refused = client.patch(url, json.dumps(wrong), content_type="application/json")
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    changed = client.patch(url, json.dumps({"filings": []}), content_type="application/json").json()
    assert (changed["filings"], changed["consent_notice"]) == ([], "Ask first.")


def test_what_is_inside_stays_inside(client, known):
    request = f.request_in("matching", known.party, priority_reason="Being revised.", beneficiaries_note="Two villages")
    filings.add_filing(request, by=known.officer, data=FILED)
    seen = client.get(f"/api/v1/requests/{request.reference}/").json()
    assert {"priority_reason", "beneficiaries_note"} & set(seen) == set()
    assert "status" not in seen["filings"][0]
    client.force_login(known.officer)
    seen = client.get(f"/api/v1/requests/{request.reference}/").json()
    assert (seen["priority_reason"], seen["filings"][0]["status"]) == ("Being revised.", "filed")


# By file --------------------------------------------------------------------------------------------------------------


def imported(tmp_path, *rows):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return import_requests(path).made


ROW = {"title": "Lake plants", "language": "en", "party": "FJ", "co_parties": ["TV"], "text": "They close the lake."}


def test_an_import_takes_the_later_pages(tmp_path, known, other):
    f.priority(known.party, code="NT 6"), f.priority(other, code="A1"), f.beneficiary_group()
    told = {"priorities": "NT 6; TV:A1", "beneficiary_groups": ["womenGirls"], "beneficiaries_note": "Two villages"}
    told |= {
        "consent_required": "yes",
        "consent_notice": "Ask first.",
        "filings": "ctcn, 2024-12; GEF fund, 7, accepted",
    }
    (made,) = imported(tmp_path, ROW | told)
    assert {row.code for row in made.priorities.all()} == {"NT 6", "A1"}
    assert (made.visibility, made.consent_notice, made.beneficiaries_note) == ("network", "Ask first.", "Two villages")
    filed = {(one.mechanism, one.name, one.external_id, one.status) for one in made.filings.all()}
    assert filed == {("ctcn", "", "2024-12", "filed"), ("other", "GEF fund", "7", "accepted")}


def test_an_import_lists_every_fault_of_the_later_pages(tmp_path, known, other):
    wrong = {"priorities": ["NT 99"], "beneficiary_groups": ["farmers"], "filings": [{"mechanism": "ctcn", "url": "x"}]}
    wrong |= {"consent_required": True, "visibility": "public"}
    with pytest.raises(BadFile) as refused:
        imported(tmp_path, ROW | wrong)
    assert {fault.field for fault in refused.value.faults} == {
        *("priorities", "beneficiary_groups", "filings", "visibility"),
    }


def test_a_request_that_came_in_a_file_waits_for_the_word_of_its_office(client, known):
    draft = f.draft_request(known.party)
    requests.submit(draft, by=known.coordinator, permission=Permission.REQUEST_IMPORT)
    client.force_login(known.focal_point)
    assert "Confirm that your office stands behind it" in client.get(reverse("my")).content.decode()
    endorsements.endorse(draft.endorsements.get(), by=known.focal_point)
    assert status_of(draft, known.party) == "given"


def test_the_pages_inside_are_not_there_for_those_outside(client, known):
    request = f.request_in("matching", known.party)
    client.force_login(known.donor)
    assert client.get(request.get_absolute_url()).status_code == 200
    for name in ("request_endorsement", "request_filings"):
        assert client.get(page(name, request)).status_code == 404
