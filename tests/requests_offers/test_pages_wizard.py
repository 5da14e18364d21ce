"""Writing a request: page by page, saved at any moment, never twice, never over somebody else's text."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import Notice
from requests_offers.actions import drafts
from requests_offers.models import CooperationRequest
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db

SHORT = {"version": "1", "title": "Lake plants", "summary": "They close the lake.", "language": "en"}
NEED = {"title": "Control", "text": "Without herbicide.", "languages": ["en"], "partners_wanted": "2"}


built, office = worlds.shared(lambda: f.party("FJ"))


@pytest.fixture
def writer(client, office):
    """A browser of the focal point."""
    client.force_login(f.focal_point_of(office))
    return client


def edit(request, step, component=""):
    url = reverse("request_edit", args=[request.reference]) + f"?step={step}"
    return f"{url}&component={component}" if component else url


def only():
    return CooperationRequest.objects.get()


def sent(request, **answers):
    return answers | {"version": str(CooperationRequest.objects.get(pk=request.pk).version)}


# A new request --------------------------------------------------------------------------------------------------------


def test_a_request_grows_page_by_page_until_it_is_submitted(writer, office):
    response = writer.post(reverse("request_new"), SHORT | {"form_key": str(uuid.uuid4()), "next": "1"})
    assert response.url == edit(only(), 2, "new")
    response = writer.post(response.url, sent(only(), **NEED, next="1"))
    assert response.url == edit(only(), 3, 1)
    tags = {"targets": [f.target(6).pk], "subjects": [f.subject().pk]}
    response = writer.post(response.url, sent(only(), **tags, next="1"))
    assert response.url == edit(only(), 4)
    priority = f.priority(office, code="NT 6", title="Fewer invasive plants")
    why = {"constraints_addressed": [f.constraint().pk], "priorities": [priority.pk]}
    why |= {"beneficiary_groups": [f.beneficiary_group().pk], "beneficiaries_note": "Fishing families"}
    response = writer.post(response.url, sent(only(), **why, next="1"))
    assert response.url == edit(only(), 5)
    circle = {"contact": "A. Person", "co_parties": [f.party("TV").pk]}
    response = writer.post(response.url, sent(only(), **circle, next="1"))
    assert response.url == edit(only(), 6)
    response = writer.post(response.url, sent(only(), visibility="network", next="1"))
    assert response.url == edit(only(), 7)
    text = writer.get(response.url).content.decode()
    for words in (
        *("Lake plants", "Without herbicide.", "Reduce invasive alien species", "Tuvalu", "A. Person"),
        *("Fewer invasive plants", "Women and girls", "Fishing families", "has not been asked yet"),
    ):
        assert words in text
    f.centre(office)
    writer.post(reverse("request_step", args=[only().reference, "submit"]))
    made = only()
    need = made.components.get()
    assert (made.status, made.visibility, need.partners_wanted) == ("submitted", "network", 2)
    assert [target.number for target in need.targets.all()] == [6]
    assert [one.code for one in made.constraints_addressed.all()] == ["access_to_technology"]


def test_the_same_form_sent_twice_makes_one_request(writer):
    data = SHORT | {"form_key": str(uuid.uuid4()), "next": "1"}
    first, second = writer.post(reverse("request_new"), data), writer.post(reverse("request_new"), data)
    assert first.url == second.url
    assert CooperationRequest.objects.count() == 1


def test_going_on_asks_for_what_is_needed_and_keeps_what_was_typed(writer):
    response = writer.post(reverse("request_new"), SHORT | {"title": "", "next": "1"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error: " in text
    assert "Give an answer to “Title”." in text
    assert "They close the lake." in text
    assert CooperationRequest.objects.count() == 0


def test_stopping_saves_an_incomplete_draft(writer):
    response = writer.post(reverse("request_new"), SHORT | {"title": "", "later": "1"})
    assert response.url == only().get_absolute_url()
    assert only().summary == "They close the lake."


def test_who_speaks_for_several_parties_says_for_which(client, office):
    person = f.focal_point_of(office)
    f.member("focal_point", who=person, party=f.party("TV"))
    client.force_login(f.again(person))
    assert client.post(reverse("request_new"), SHORT | {"next": "1"}).status_code == 200
    client.post(reverse("request_new"), SHORT | {"next": "1", "party": "TV"})
    assert only().party.iso2 == "TV"


def test_a_party_of_somebody_else_cannot_be_chosen(writer):
    f.party("TV")
    writer.post(reverse("request_new"), SHORT | {"next": "1", "party": "TV"})
    assert only().party.iso2 == "FJ"


def test_without_an_office_nobody_begins_a_request(client):
    client.force_login(f.user())
    response = client.get(reverse("request_new"))
    assert response.status_code == 403
    assert "Claim your office first" in response.content.decode()


# A draft --------------------------------------------------------------------------------------------------------------


def test_the_three_exits(writer, office):
    draft = f.draft_request(office, needs=[f.need(), f.need(title="Second")])
    urls = []
    for leaving in ("next", "back", "later", "add"):
        answers = sent(draft, **NEED, **{leaving: "1"})
        urls.append(writer.post(edit(draft, 2, 2), answers).url)
    assert urls == [edit(draft, 3, 1), edit(draft, 2, 1), draft.get_absolute_url(), edit(draft, 2, "new")]


def test_each_need_has_its_own_page_and_the_others_stay_as_they_are(writer, office):
    draft = f.draft_request(office, needs=[f.need(), f.need(title="Second")])
    writer.post(edit(draft, 2, 2), sent(draft, **NEED | {"title": "Changed"}, next="1"))
    assert [need.title for need in draft.components.order_by("number")] == ["Control of invasive plants", "Changed"]
    assert draft.components.get(number=1).targets.count() == 1
    assert draft.components.get(number=2).targets.count() == 1


def test_a_need_is_added_and_taken_out(writer, office):
    draft = f.draft_request(office)
    writer.post(edit(draft, 2, "new"), sent(draft, **NEED, next="1"))
    assert draft.components.count() == 2
    writer.post(edit(draft, 2, 1), sent(draft, remove="1"))
    assert [need.title for need in draft.components.all()] == ["Control"]


def test_an_empty_page_for_one_more_need_adds_nothing(writer, office):
    draft = f.draft_request(office)
    response = writer.post(edit(draft, 2, "new"), sent(draft, partners_wanted="1", back="1"))
    assert response.status_code == 302
    assert draft.components.count() == 1


def test_a_national_priority_is_named_or_a_reason_is_given(writer, office):
    draft = f.draft_request(office, priority_reason="")
    priority, of_another = f.priority(office), f.priority(f.party("TV"))
    text = writer.post(edit(draft, 4), sent(draft, next="1")).content.decode()
    assert "Tick a national priority, or say here why none is named." in text
    assert writer.post(edit(draft, 4), sent(draft, later="1")).status_code == 302
    assert writer.post(edit(draft, 4), sent(draft, priorities=[of_another.pk], next="1")).status_code == 200
    assert writer.post(edit(draft, 4), sent(draft, priorities=[priority.pk], next="1")).url == edit(draft, 5)
    assert list(draft.priorities.all()) == [priority]


def test_where_a_country_lists_no_priority_only_the_reason_is_asked(writer, office):
    draft = f.draft_request(office)
    assert "priorities" not in writer.get(edit(draft, 4)).context["form"].fields


def test_none_of_the_groups_excludes_the_others(writer, office):
    draft = f.draft_request(office)
    groups = [f.beneficiary_group("none").pk, f.beneficiary_group().pk]
    text = writer.post(edit(draft, 4), sent(draft, beneficiary_groups=groups, next="1")).content.decode()
    assert "not both" in text


@pytest.mark.parametrize(
    ("answers", "status", "kept"),
    [
        ({"consent_required": "1", "visibility": "public"}, 200, "public"),
        ({"consent_required": "1", "consent_given": "1", "visibility": "public"}, 302, "public"),
        ({"consent_required": "1", "visibility": "network"}, 302, "network"),
        ({"visibility": "public"}, 302, "public"),
    ],
)
def test_consent_decides_whether_a_request_about_knowledge_of_others_is_public(writer, office, answers, status, kept):
    draft = f.draft_request(office)
    response = writer.post(edit(draft, 6), sent(draft, **answers, next="1"))
    draft.refresh_from_db()
    assert (response.status_code, draft.visibility) == (status, kept)
    assert (status == 302) == (draft.version == 2)


def test_a_day_that_is_none_gets_a_sentence_and_everything_stays(writer, office):
    draft = f.draft_request(office)
    answers = NEED | {"starts_on": "2027-05-01", "ends_on": "2027-04-01", "partners_wanted": "99"}
    text = writer.post(edit(draft, 2, 1), sent(draft, **answers, next="1")).content.decode()
    assert "Choose a last day that is not before the first day." in text
    assert "Write a number from 1 to 9." in text
    assert "Without herbicide." in text


def test_who_saved_first_is_not_overwritten_and_both_texts_are_shown(writer, office):
    draft = f.draft_request(office)
    drafts.save_request(draft, by=f.deputy_of(office), data={"title": "Title of the deputy"}, version=1)
    response = writer.post(edit(draft, 1), SHORT | {"title": "My title", "next": "1"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Title of the deputy" in text
    assert "My title" in text
    draft.refresh_from_db()
    assert draft.title == "Title of the deputy"
    again = {name: field.value() or "" for name, field in ((f.name, f) for f in response.context["form"])}
    assert writer.post(edit(draft, 1), again | {"title": "My title", "next": "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "My title"


def test_a_second_click_on_the_same_text_simply_goes_on(writer, office):
    draft = f.draft_request(office)
    answers = SHORT | {"next": "1"}
    first, second = writer.post(edit(draft, 1), answers), writer.post(edit(draft, 1), answers)
    assert first.url == second.url == edit(draft, 2, 1)


def test_a_second_click_on_a_new_need_adds_it_once(writer, office):
    draft = f.draft_request(office)
    answers = sent(draft, **NEED, next="1")
    for _ in range(2):
        writer.post(edit(draft, 2, "new"), answers)
    assert draft.components.count() == 2


def test_a_new_need_is_not_lost_when_somebody_else_saved_another_page(writer, office):
    draft = f.draft_request(office)
    answers = sent(draft, **NEED, next="1")
    drafts.save_request(draft, by=f.deputy_of(office), data={"title": "Title of the deputy"})
    writer.post(edit(draft, 2, "new"), answers)
    draft.refresh_from_db()
    assert draft.title == "Title of the deputy"
    assert [need.title for need in draft.components.order_by("number")][-1] == "Control"


def test_what_was_typed_about_a_need_that_somebody_took_out_becomes_a_new_one(writer, office):
    draft = f.draft_request(office, needs=[f.need(), f.need(title="Second")])
    answers = sent(draft, **NEED | {"title": "Kept"}, next="1")
    drafts.save_request(draft, by=f.deputy_of(office), data={"components": [{"number": 1}]})
    writer.post(edit(draft, 2, 2), answers)
    assert [need.title for need in draft.components.order_by("number")] == ["Control of invasive plants", "Kept"]


def test_targets_of_a_need_that_somebody_took_out_go_to_no_other(writer, office):
    draft = f.draft_request(office, needs=[f.need(), f.need(title="Second")])
    drafts.save_request(draft, by=f.deputy_of(office), data={"components": [{"number": 1}]})
    response = writer.post(edit(draft, 3, 2), sent(draft, targets=[f.target(11).pk], next="1"), follow=True)
    assert "has taken this need out" in response.content.decode()
    assert [target.number for target in draft.components.get().targets.all()] == [6]


def test_the_review_says_what_is_missing_and_where(writer, office):
    draft = f.draft_request(office, title="", priority_reason="", needs=[f.need(text="")])
    gaps = writer.get(edit(draft, 7)).context["gaps"]
    assert [url for _sentence, url in gaps] == [edit(draft, 1), edit(draft, 2, 1), edit(draft, 4)]
    assert "disabled" in writer.get(edit(draft, 7)).content.decode()


def test_a_drafter_hands_the_draft_to_the_office(client, office):
    draft, focal_point = f.draft_request(office), f.focal_point_of(office)
    client.force_login(f.drafter_of(office))
    text = client.get(edit(draft, 7)).content.decode()
    assert "Submit the request" not in text
    client.post(edit(draft, 7))
    assert Notice.objects.filter(recipient=focal_point, kind="request_handed").count() == 1


def test_drafts_of_others_do_not_exist_and_those_of_the_office_are_its_own(client, office):
    draft = f.draft_request(office)
    client.force_login(f.focal_point_of(f.party("TV")))
    assert client.get(edit(draft, 1)).status_code == 404


def test_the_centre_sees_a_request_but_does_not_write_in_it(client, office):
    request = f.request_in("clarification", office)
    client.force_login(f.officer_of(request.centre))
    assert client.get(edit(request, 1)).status_code == 403


def test_a_request_can_be_changed_while_a_question_is_open_and_not_later(writer, office):
    asked, matching = f.request_in("clarification", office), f.request_in("matching", office)
    assert writer.get(edit(asked, 2)).status_code == 200
    assert "Answer the question" in writer.get(edit(asked, 7)).content.decode()
    assert writer.get(edit(matching, 2)).url == matching.get_absolute_url()


@pytest.mark.parametrize("query", ["?step=9", "?step=x", "?step=2&component=77", "?step=-1", "?step=³"])
def test_an_address_that_names_no_page_leads_to_the_nearest(writer, office, query):
    draft = f.draft_request(office)
    assert writer.get(reverse("request_edit", args=[draft.reference]) + query).status_code == 200


def test_languages_other_than_the_six_survive_the_form(writer, office):
    draft = f.draft_request(office, language="pt-BR", needs=[f.need(languages=["pt-BR", "en"])])
    form = writer.get(edit(draft, 2, 1)).context["form"]
    assert ("pt-BR", "pt-BR") in form.fields["languages"].choices
    assert writer.get(edit(draft, 1)).context["form"].initial["language"] == "pt-BR"


def test_the_party_that_files_the_request_does_not_ask_together_with_itself(writer, office):
    draft = f.draft_request(office)
    answers = sent(draft, co_parties=[office.pk], next="1")
    assert "asks already" in writer.post(edit(draft, 5), answers).content.decode()
