"""The page of one match, the conversation on the record, answers that come by mail, and who is asked next."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import notices
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import MailLink, Membership, Notice
from requests_offers.actions import conversation, matches, requests, ticking
from requests_offers.actions.computed import BY_MAIL
from requests_offers.models import Match, Message, MessageFile, Offer
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db
CANARY = "canary-4711"


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def need(known):
    return f.request_in("matching", known.party).components.get()


@pytest.fixture
def offer(known):
    return f.offer_in("published", known.organization, contact=CANARY)


@pytest.fixture
def offered(need, offer):
    return f.match_in("offered", component=need, offer=offer)


def get(who, name, *args, **query):
    client = Client()
    if who:
        client.force_login(who)
    return client.get(reverse(name, args=args), query)


def post(who, name, *args, **data):
    client = Client()
    if who:
        client.force_login(who)
    return client.post(reverse(name, args=args), data, follow=True)


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


# Who sees what --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "heading"),
    [
        ("focal_point", "Why they fit your need"),
        ("drafter", "Why they fit your need"),
        ("provider", "Why you fit their need"),
        ("officer", "Why the two fit"),
        ("coordinator", "Why the two fit"),
    ],
)
def test_each_side_reads_why_from_where_it_stands(known, offered, person, heading):
    page = text(get(getattr(known, person), "match_detail", offered.reference))
    assert heading in page
    assert "Words that link both texts" in page


@pytest.mark.parametrize("person", [None, "stranger", "donor"])
def test_nobody_else_sees_an_offered_match(known, offered, person):
    who = getattr(known, person) if person else None
    assert get(who, "match_detail", offered.reference).status_code == 404


def test_what_only_the_centre_sees_is_not_there_for_the_sides(known, need, offer):
    match = f.match_in("shortlisted", component=need, offer=offer)
    for person in (known.focal_point, known.provider, known.stranger):
        assert get(person, "match_detail", match.reference).status_code == 404
    assert "On the short list" in text(get(known.officer, "match_detail", match.reference))


def test_the_sentence_of_a_no_is_read_by_the_centre_only_as_its_form_says(known, offered):
    matches.decline(offered, by=known.provider, reason_code="no_capacity", reason="The boat is in the yard.")
    for person in (known.officer, known.coordinator):
        assert "The boat is in the yard." in text(get(person, "match_detail", offered.reference))
    for person in (known.focal_point, known.provider):
        page = text(get(person, "match_detail", offered.reference))
        assert "No capacity at this time" in page
        assert "The boat is in the yard." not in page


def test_the_public_sees_that_it_is_agreed_and_nothing_of_why_and_what_was_said(known, offered):
    conversation.say(offered, by=known.provider, text=f"Secret {CANARY}", language="en")
    conversation.name_translator(offered, by=known.officer, translator=f"Mr {CANARY}", since=timezone.now().date())
    matches.accept(offered, by=known.provider, publish=True)
    matches.accept(offered, by=known.focal_point, publish=True)
    inside = text(get(known.focal_point, "match_detail", offered.reference))
    assert inside.count(CANARY) >= 3
    for person in (None, known.stranger, known.donor, f.officer_of(f.centre(f.party("TD")))):
        page = text(get(person, "match_detail", offered.reference))
        assert "Both sides have said yes" in page
        assert CANARY not in page
        assert "Why" not in page
        listed = text(get(person, "request_matches", offered.component.request.reference))
        assert CANARY not in listed
        assert "Words that link both texts" not in listed


def test_the_contact_of_the_other_side_is_read_once_it_is_agreed(known, offered):
    assert CANARY not in text(get(known.focal_point, "match_detail", offered.reference))
    matches.accept(offered, by=known.provider)
    matches.accept(offered, by=known.focal_point)
    assert CANARY in text(get(known.focal_point, "match_detail", offered.reference))


# The conversation -----------------------------------------------------------------------------------------------------


def pdf(name="plan.pdf", words=b""):
    return SimpleUploadedFile(name, b"%PDF-1.4\n" + words + b"\n%%EOF\n")


def test_both_sides_and_the_centre_write_to_each_other(known, offered):
    for person, words, side in [
        (known.focal_point, "When can you come?", "Party"),
        (known.provider, "في مايو", "Provider"),
        (known.officer, "Shall we talk?", "Centre"),
    ]:
        data = {"text": words, "language": "ar" if side == "Provider" else "en"}
        page = post(person, "match_message", offered.reference, **data)
        assert page.redirect_chain
    assert list(Message.objects.order_by("pk").values_list("side", flat=True)) == ["party", "provider", "centre"]
    page = text(get(known.provider, "match_detail", offered.reference))
    assert '<div lang="ar" dir="auto"><p>في مايو</p></div>' in page
    told = Notice.objects.filter(kind="match_message", text__contains="When can you come?")
    assert {notice.recipient for notice in told} == {known.deputy, known.provider, known.officer, known.head}


def test_files_come_with_a_message_and_are_read_inside_only(known, offered):
    conversation.say(offered, by=known.provider, text="Our plan", language="en", files=[pdf(), pdf("again.pdf")])
    kept = MessageFile.objects.get()
    address = reverse("message_file", args=[offered.reference, kept.pk])
    for person, status in [(known.focal_point, 200), (known.officer, 200), (known.stranger, 404), (known.donor, 404)]:
        client = Client()
        client.force_login(person)
        answer = client.get(address)
        assert answer.status_code == status
        if status == 200:
            assert b"".join(answer.streaming_content).startswith(b"%PDF")
            assert answer["Content-Disposition"].startswith("attachment")
    assert Client().get(address).status_code == 302
    assert get(known.officer, "message_file", f.match_in("offered").reference, kept.pk).status_code == 404


def test_a_file_that_is_not_what_it_says_is_refused_and_the_words_stay(known, offered):
    fake = SimpleUploadedFile("plan.pdf", b"<html>no</html>")
    page = post(known.provider, "match_message", offered.reference, text="Here", language="en", attached=fake)
    assert "is not a .pdf file inside" in text(page)
    assert ">\nHere</textarea>" in text(page)
    assert not Message.objects.exists()


def test_the_same_form_sent_twice_is_one_message(known, offered):
    form = get(known.provider, "match_detail", offered.reference).context["message_form"]
    key = str(form["form_key"].value())
    for _ in range(2):
        post(
            known.provider, "match_message", offered.reference, text="Once", language="en", form_key=key, attached=pdf()
        )
    assert Message.objects.count() == 1
    assert MessageFile.objects.count() == 1
    assert Notice.objects.filter(kind="match_message", recipient=known.officer).count() == 1


@pytest.mark.parametrize("person", ["drafter", "coordinator", "stranger"])
def test_nobody_writes_for_a_side_that_is_not_theirs(known, offered, person):
    with pytest.raises(NotAllowed):
        conversation.say(offered, by=getattr(known, person), text="Hello", language="en")
    with pytest.raises(NotAllowed):
        conversation.say(offered, by=known.provider, text="Hello", language="en", side="party")


def test_when_the_match_has_ended_it_is_read_and_not_written(known, offered):
    conversation.say(offered, by=known.provider, text="Before the end", language="en")
    matches.decline(offered, by=known.provider, reason_code="timing")
    with pytest.raises(IllegalStep, match="ended"):
        conversation.say(offered, by=known.provider, text="After", language="en")
    page = text(get(known.focal_point, "match_detail", offered.reference))
    assert "Before the end" in page
    assert "The conversation has ended" in page


def test_an_empty_message_and_too_many_files_are_refused(known, offered):
    with pytest.raises(DomainError, match="Write the message"):
        conversation.say(offered, by=known.provider, text=" ", language="en")
    files = [pdf(words=str(number).encode()) for number in range(6)]
    with pytest.raises(DomainError, match="at most 5 files"):
        conversation.say(offered, by=known.provider, text="Many", language="en", files=files)


# Languages ------------------------------------------------------------------------------------------------------------


def test_without_a_language_in_common_the_officer_writes_down_who_translates(known):
    component = f.request_in("matching", known.party, needs=[f.need(languages=["fr"])]).components.get()
    match = f.match_in(
        "offered", component=component, offer=f.offer_in("published", known.organization, languages=["zh", "ar"])
    )
    assert match.common_languages == []
    sentence = "The two sides have no working language in common."
    for person in (known.focal_point, known.provider, known.officer):
        assert sentence in text(get(person, "match_detail", match.reference))
    assert "Write down who translates" not in text(get(known.provider, "match_detail", match.reference))
    answer = post(known.officer, "match_translator", match.reference, translator="The University of the South Pacific")
    assert "Say from which day" in text(answer)
    post(known.officer, "match_translator", match.reference, translator="Ms Lanuola", since="2026-12-01")
    page = text(get(known.provider, "match_detail", match.reference))
    assert "Ms Lanuola" in page
    assert {notice.recipient for notice in Notice.objects.filter(kind="match_translator")} == {
        known.focal_point, known.deputy, known.provider, known.head,
    }  # fmt: skip
    assert post(known.provider, "match_translator", match.reference, translator="Me").status_code == 403


@pytest.mark.parametrize(
    ("ours", "theirs", "common"),
    [(["fr", "en"], ["en"], ["en"]), (["pt-BR"], ["pt"], ["pt-BR"]), (["fr"], ["en"], []), ([], [], ["en"])],
)
def test_languages_in_common_are_found_by_their_main_tag(known, ours, theirs, common):
    match = f.suggest(
        f.request_in("matching", known.party, needs=[f.need(languages=ours)]).components.get(),
        f.offer_in("published", known.organization, languages=theirs),
    )
    assert match.common_languages == common


# By mail --------------------------------------------------------------------------------------------------------------


def link_of(person, match):
    return MailLink.objects.get(user=person, purpose=BY_MAIL, subject=match.reference)


def by_mail(link, **data):
    address = reverse("match_by_mail", args=[link.token])
    return Client().post(address, data, follow=True) if data else Client().get(address)


def test_everybody_who_may_answer_gets_a_link_and_nobody_else(known, offered):
    people = {link.user for link in MailLink.objects.filter(subject=offered.reference)}
    assert people == {known.focal_point, known.deputy, known.provider}
    link = link_of(known.provider, offered)
    notices.send_notice(link.notice.pk)
    assert link.path in mail.outbox[-1].body


@pytest.mark.parametrize("order", [("provider", "focal_point"), ("focal_point", "provider")])
def test_both_say_yes_by_mail_without_signing_in(known, offered, order):
    for name in order:
        link = link_of(getattr(known, name), offered)
        before = Match.objects.values().get()
        page = text(by_mail(link))
        assert CANARY not in page
        assert Match.objects.values().get() == before
        by_mail(link, answer="yes", publish="on")
    offered.refresh_from_db()
    assert (offered.status, offered.publish_by_party, offered.publish_by_provider) == ("agreed", True, True)
    assert "used already" in text(by_mail(link))
    assert "no longer works" in text(by_mail(link_of(known.deputy, offered)))


def test_a_no_by_mail_needs_a_reason_of_its_side(known, offered):
    link = link_of(known.focal_point, offered)
    page = text(by_mail(link, answer="no", reason_code="no_capacity", reason="Kept"))
    assert "Kept</textarea>" in page
    by_mail(link, answer="no", reason_code="other_partner", reason="We have one.")
    offered.refresh_from_db()
    assert (offered.status, offered.declined_by, offered.reason_code) == ("declined", "party", "other_partner")


@pytest.mark.parametrize("how", ["used", "expired", "role ended", "retracted", "lapsed", "request withdrawn"])
def test_a_dead_link_changes_nothing(known, offered, how):
    link = link_of(known.provider, offered)
    later = timezone.now()
    if how == "used":
        by_mail(link, answer="yes")
    elif how in {"expired", "lapsed"}:
        later += timedelta(days=40)
    elif how == "role ended":
        Membership.objects.filter(user=known.provider).delete()
    elif how == "retracted":
        matches.retract(offered, by=known.officer, reason_code="mistake")
    else:
        requests.withdraw(offered.component.request, by=known.focal_point, reason_code="solved")
    with time_machine.travel(later):
        if how == "lapsed":
            ticking.tick()
        before = Match.objects.values().get()
        if how == "role ended":  # the link went with the membership
            assert by_mail(link).status_code == 404
            assert by_mail(link, answer="yes").status_code == 404
        else:
            by_mail(link, answer="no", reason_code="timing")
        assert Match.objects.values().get() == before


def test_somebody_who_moved_to_another_organization_no_longer_answers(known, offered):
    link = link_of(known.provider, offered)
    Membership.objects.filter(user=known.provider).update(organization=f.organization(f.party("TV")))
    by_mail(link, answer="yes")
    assert Match.objects.get().accepted_by_provider_at is None


@pytest.mark.parametrize("token", ["x", "0" * 64])
def test_a_guessed_link_is_not_there(offered, token):
    for name in ("match_by_mail", "approach_by_mail"):
        assert Client().get(reverse(name, args=[token])).status_code == 404


def test_an_invitation_is_answered_by_mail(known, need, offer):
    asked = f.invitation(need, known.organization)
    link = MailLink.objects.get(subject=asked.reference)
    address = reverse("approach_by_mail", args=[link.token])
    page = text(Client().get(address))
    assert offer.title in page
    assert not Match.objects.exists()
    Client().post(address, {"answer": "yes", "offer": offer.reference, "note": "Gladly."})
    assert (Match.objects.get().origin, Match.objects.get().note) == ("invitation", "Gladly.")
    assert "used already" in text(Client().get(address))


def test_an_invitation_is_declined_by_mail(known, need):
    asked = f.invitation(need, known.organization)
    link = MailLink.objects.get(subject=asked.reference)
    address = reverse("approach_by_mail", args=[link.token])
    Client().post(address, {"answer": "no", "reason_code": "no_capacity"})
    asked.refresh_from_db()
    assert (asked.status, asked.reason_code) == ("declined", "no_capacity")


# Who comes next -------------------------------------------------------------------------------------------------------


def alternates(need, known, count=4):
    return [
        f.suggest(
            need,
            f.offer_in("published", known.organization, title=f"Offer {number}"),
            score=0.6 - number / 10,
            rank=number + 2,
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["decline", "lapse"])
def test_after_a_no_or_a_silence_the_officer_is_named_the_next_three(known, need, offered, how):
    first, second, third, _fourth = alternates(need, known)
    matches.shortlist(third, by=known.officer)
    if how == "decline":
        matches.decline(offered, by=known.provider, reason_code="timing")
    else:
        f._let_lapse(offered)
    said = Notice.objects.get(kind=f"match_{how}", recipient=known.officer).text
    assert [line for line in said.splitlines() if line[:2] in {"1.", "2.", "3.", "4."}] == [
        f"{place}. {one.offer.title} (Marine Laboratory)" for place, one in enumerate([third, first, second], 1)
    ]
    assert "Offer 0" not in Notice.objects.get(kind=f"match_{how}", recipient=known.focal_point).text


def test_one_click_offers_to_the_next(known, need, offered):
    first, *_others = alternates(need, known)
    matches.decline(offered, by=known.provider, reason_code="timing")
    page = text(get(known.officer, "match_detail", offered.reference))
    assert page.count("Offer this one to both sides") == 3
    post(known.officer, "match_next", offered.reference, match=first.reference)
    first.refresh_from_db()
    assert first.status == "offered"
    assert "Offer this one to both sides" not in text(get(known.focal_point, "match_detail", offered.reference))


def test_an_offer_that_was_filled_meanwhile_is_not_offered_next(known, need, offered):
    first, *_others = alternates(need, known)
    matches.decline(offered, by=known.provider, reason_code="timing")
    Offer.objects.filter(pk=first.offer_id).update(places_taken=3)
    answer = post(known.officer, "match_next", offered.reference, match=first.reference)
    assert "no longer among the next ones" in answer.content.decode()
    first.refresh_from_db()
    assert first.status == "suggested"
    assert post(known.provider, "match_next", offered.reference, match=first.reference).status_code == 403
