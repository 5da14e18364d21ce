"""The pages of the offline form: the preview, the saving, who may, and what is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_offers.actions import drafts
from requests_offers.models import CooperationRequest
from requests_offers.offline import words
from tests import factories as f
from tests.requests_offers.offline_forms import (
    KINDS,
    SHORT,
    apply,
    edited,
    form_of,
    in_full,
    make_words,
    read,
    upload,
    written,
)

pytestmark = pytest.mark.django_db
PREVIEW_QUERIES = 21


@pytest.fixture(autouse=True)
def words_of_the_form():
    make_words()


@pytest.fixture
def office(client):
    client.force_login(f.focal_point_of(f.party("FJ")))
    return client


# From the preview to the draft ----------------------------------------------------------------------------------------


def test_a_new_form_becomes_one_draft_however_often_it_is_sent(office):
    preview = upload(office, written("docx", SHORT))
    assert CooperationRequest.objects.count() == 0
    addresses = {apply(office, preview).url for _ in range(5)}
    assert addresses == {CooperationRequest.objects.get().get_absolute_url()}


def test_what_somebody_else_saved_is_shown_before_it_is_replaced(office):
    draft = f.draft_request(f.party("FJ"))
    content = edited(form_of(draft, "docx"), ("Floating plants close the landing places.", "From the file"))
    drafts.save_request(draft, by=f.deputy_of(draft.party), data={"summary": "From the deputy"})
    preview = upload(office, content, draft)
    assert preview.context["stale"]
    assert "From the deputy" in preview.text
    assert "From the file" in preview.text
    again = apply(office, preview, draft)
    assert again.context["unticked"]
    assert in_full(draft).summary == "From the deputy"
    assert apply(office, preview, draft, replace="on").status_code == 302
    assert in_full(draft).summary == "From the file"


def test_what_is_saved_between_preview_and_saving_is_not_overwritten(office):
    draft = f.draft_request(f.party("FJ"))
    content = edited(form_of(draft, "docx"), ("Floating plants close the landing places.", "From the file"))
    preview = upload(office, content, draft)
    drafts.save_request(draft, by=f.deputy_of(draft.party), data={"summary": "From the deputy"})
    again = apply(office, preview, draft)
    assert again.context["stale"]
    assert "From the deputy" in again.text
    assert in_full(draft).summary == "From the deputy"


def test_fields_that_the_file_leaves_alone_stay_as_they_are(office):
    draft = f.draft_request(f.party("FJ"), summary="Two  spaces stay ")
    preview = upload(office, edited(form_of(draft, "docx"), ("Invasive plants in our lagoons", "New title")), draft)
    assert preview.context["plan"].data == {"title": "New title"}
    apply(office, preview, draft)
    assert (in_full(draft).title, in_full(draft).summary) == ("New title", "Two  spaces stay ")


def test_an_unchanged_form_changes_nothing(office):
    draft = f.draft_request(f.party("FJ"))
    preview = upload(office, form_of(draft, "docx"), draft)
    assert "The draft says the same as the file." in preview.text
    assert '<input type="hidden" name="kept"' not in preview.text


def test_an_empty_form_uploaded_to_a_draft_speaks_of_its_needs_in_their_order(office):
    draft = f.draft_request(f.party("FJ"))
    content = written("docx", SHORT | {"N1.1": "Another title"})
    apply(office, upload(office, content, draft), draft)
    assert [need.title for need in words.components_of(in_full(draft))] == ["Another title"]


def test_a_page_that_was_tampered_with_or_belongs_to_another_is_refused(office):
    draft = f.draft_request(f.party("FJ"))
    url = reverse("request_offline_of", args=[draft.reference])
    assert office.post(url, {"kept": "nonsense"}).status_code == 302
    preview = upload(office, edited(form_of(draft, "docx"), ("Invasive plants in our lagoons", "New title")), draft)
    office.force_login(f.deputy_of(draft.party))
    assert apply(office, preview, draft).status_code == 400
    assert in_full(draft).title == "Invasive plants in our lagoons"


# Who may --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "head", "provider", "donor", "coordinator", "stranger"])
def test_only_an_office_uses_the_form(client, who):
    people = f.everyone_known()
    client.force_login(getattr(people, who))
    for name in ("request_offline", "request_offline_form"):
        assert client.get(reverse(name)).status_code == 403
    assert upload(client, written("docx", SHORT)).status_code == 403
    draft = f.draft_request(people.party)
    for name in ("request_offline_of", "request_offline_form_of"):
        assert client.get(reverse(name, args=[draft.reference])).status_code == 404


def test_an_officer_sees_a_submitted_request_but_may_not_fill_it_in(client):
    record = f.request_in("submitted")
    client.force_login(f.officer_of(record.centre))
    assert client.get(reverse("request_offline_of", args=[record.reference])).status_code == 403


def test_a_form_of_another_office_is_not_found_and_its_party_not_taken(office):
    other = f.draft_request(f.party("TV"))
    (fault,) = [fault for _, fault in upload(office, form_of(other, "docx")).context["faults"] if fault.code == ""]
    assert (fault.found, fault.detail[:24]) == (other.reference, "Your office has no draft")
    (fault,) = [fault for _, fault in upload(office, written("docx", SHORT | {"P": "TV"})).context["faults"]]
    assert (fault.code, fault.detail) == ("P", "Write the code of a Party for which you write: FJ.")


def test_a_form_of_another_draft_is_refused_on_this_ones_page(office):
    draft, other = f.draft_request(f.party("FJ")), f.draft_request(f.party("FJ"))
    (fault,) = [fault for _, fault in upload(office, form_of(other, "docx"), draft).context["faults"]]
    assert fault.detail == "This form belongs to another request. Upload it on the page of that request."


def test_a_request_stays_with_its_party(office):
    draft = f.draft_request(f.party("FJ"))
    content = edited(form_of(draft, "docx"), ("<w:t>FJ</w:t>", "<w:t>TV</w:t>"))
    (fault,) = [fault for _, fault in upload(office, content, draft).context["faults"]]
    assert (fault.code, fault.detail) == ("P", "A request stays with its Party. Write FJ here.")


def test_a_submitted_request_is_not_changed_by_a_file(office):
    draft = f.draft_request(f.party("FJ"))
    content = form_of(draft, "docx")
    record = f.request_in("submitted", draft=draft)
    response = upload(office, content, record)
    assert (response.status_code, response.url) == (302, record.get_absolute_url())


# Pages ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_the_empty_form_is_downloaded_in_the_chosen_language(office, kind, language):
    response = office.get(reverse("request_offline_form"), {"language": language, "format": kind})
    assert response["Content-Disposition"] == f'attachment; filename="tsc-request-{language}.{kind}"'
    form = read(response.content)
    assert form.meta["FORM"] == f"2 {'zh-hans' if language == 'zh' else language}"
    assert (form.answers["P"], form.answers["Q3"]) == ("FJ", language)


def test_the_form_of_a_draft_is_downloaded_filled_in(office):
    draft = f.draft_request(f.party("FJ"))
    url = reverse("request_offline_form_of", args=[draft.reference])
    form = read(office.get(url, {"language": "fr", "format": "xlsx"}).content)
    assert (form.meta["REF"], form.answers["Q1"]) == (draft.reference, draft.title)


@pytest.mark.parametrize("said", [{}, {"language": "xx", "format": "docx"}, {"language": "en", "format": "pdf"}])
def test_a_choice_that_is_none_gets_the_page_again(office, said):
    assert office.get(reverse("request_offline_form"), said).status_code == 400
    draft = f.draft_request(f.party("FJ"))
    assert office.get(reverse("request_offline_form_of", args=[draft.reference]), said).status_code == 400


def test_the_page_offers_both_ways(office):
    page = office.get(reverse("request_offline")).text
    assert f'action="{reverse("request_offline_form")}"' in page
    assert 'enctype="multipart/form-data"' in page


def test_whoever_writes_for_two_parties_chooses_one(client):
    both = f.focal_point_of(f.party("FJ"))
    f.member("drafter", who=both, party=f.party("TV"))
    client.force_login(f.again(both))
    url = reverse("request_offline_form")
    form = read(client.get(url, {"language": "en", "format": "xlsx", "party": "TV"}).content)
    assert form.answers["P"] == "TV"
    (fault,) = [fault for _, fault in upload(client, written("docx", SHORT | {"P": ""})).context["faults"]]
    assert fault.detail == "Write the code of a Party for which you write: FJ, TV."


def test_no_answer_is_read_as_markup(office):
    content = written("docx", SHORT | {"Q1": "<script>alert(1)</script>", "Q3": "<b>x"})
    assert "<script>alert(1)" not in upload(office, content).text
    assert "<script>alert(1)" not in upload(office, written("docx", SHORT | {"Q1": "<script>alert(1)</script>"})).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_asks_the_same_number_of_questions_for_any_number_of_needs(office, count):
    draft = f.draft_request(f.party("FJ"), needs=[f.need(title=f"Need {number}") for number in range(count)])
    content = edited(form_of(draft, "docx"), ("Invasive plants in our lagoons", "New title"))
    with CaptureQueriesContext(connection) as queries:
        assert upload(office, content, draft).status_code == 200
    assert len(queries) == PREVIEW_QUERIES, [query["sql"] for query in queries]
