"""Every page × every role: who gets it, who is sent to sign in, for whom it is not there.

No page is missing from the table.
"""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from requests_offers.models import Match
from tests import factories as f
from tests import worlds
from tests.knowledge.compendium import practice_in, source_in

pytestmark = pytest.mark.django_db

ROLES = (
    "anonymous", "stranger", "focal_point", "drafter", "officer", "head", "provider", "donor", "coordinator",
    "other_focal_point", "other_officer", "other_provider",
)  # fmt: skip
OFFICE = {"focal_point", "drafter"}
CENTRE = {"officer", "head"}
NETWORK = {"donor", "other_officer", "other_provider"}
SIGN_IN, GONE, NO = 302, 404, 403

# Everybody, signed in or not.
PUBLIC = {
    "home", "about", "help", "terms", "privacy", "accessibility", "search", "request_list", "offer_list", "party_list",
    "party_detail",
    "centre_list", "centre_detail", "institution_detail", "organization_list", "organization_detail", "healthz",
    "readyz",
    "how_the_score_works", "call_list", "clock", "triage_criteria", "priority_list", "api_docs", "account_login",
    "account_signup", "account_reset_password",
    "workplan_list", "donors", "donors_compare", "donors_network", "host_documents", "unmet_needs", "feed_publications",
    "feed_gaps", "needs",
    "knowledge", "coverage", "question_list", "practice_list",
    "project_list", "project_submit", "project_sent", "programme_list", "opportunity_list", "opportunity_calendar",
    "opportunity_feed", "country_records",
    "achievements", "robots", "favicon", "security_txt", "network_results", "centre_results",
}  # fmt: skip
# Whoever is signed in; their own things only.
OWN = {
    "my",
    "account_home",
    "notice_list",
    "token_list",
    "claim_list",
    "claim_new",
    "account_email",
    "mfa_index",
    "usersessions_list",
    "saved_search_list",
    "own_data_file",
    "account_erase",
    "my_calendar",
    "import_list",
    "partner_page",
    "webhook_new",
    "source_new",
    "question_new",
    "review_rounds",
}

# (page, record): the roles that get 200; everybody else signed in gets the other answer.
RECORDS = {
    ("project_detail", "listed_project"): (set(ROLES), GONE),
    ("project_detail", "new_project"): ({"focal_point", "donor"}, GONE),
    ("source_detail", "source"): (set(ROLES), GONE),
    ("source_detail", "suggested_source"): ({"stranger"} | CENTRE | {"coordinator", "other_officer"}, GONE),
    ("practice_detail", "practice"): (set(ROLES), GONE),
    ("practice_detail", "practice_draft"): ({"focal_point", "officer", "head", "coordinator"}, GONE),
    ("opportunity_detail", "suggested"): ({"donor", "coordinator"}, GONE),
    ("request_detail", "public"): (set(ROLES), GONE),
    ("request_detail", "draft"): (OFFICE, GONE),
    ("request_detail", "submitted"): (OFFICE | CENTRE | {"coordinator"}, GONE),
    ("request_detail", "network"): (set(ROLES) - {"anonymous", "stranger", "other_focal_point"}, GONE),
    ("request_detail", "restricted"): (OFFICE | CENTRE | {"coordinator", "provider"}, GONE),
    ("request_matches", "public"): (set(ROLES), GONE),
    ("request_matches", "restricted"): (OFFICE | CENTRE | {"coordinator", "provider"}, GONE),
    ("request_edit", "draft"): (OFFICE, GONE),
    ("match_detail", "match"): (OFFICE | CENTRE | {"coordinator", "provider"}, GONE),
    ("call_detail", "call"): (set(ROLES), GONE),
    ("offer_detail", "published"): (set(ROLES), GONE),
    ("offer_detail", "unpublished"): ({"provider"}, GONE),
    ("offer_edit", "unpublished"): ({"provider"}, GONE),
    ("engagement_detail", "engagement"): (OFFICE | CENTRE | {"coordinator", "provider"}, GONE),
    ("proposal_detail", "proposal"): (OFFICE | CENTRE | {"coordinator", "provider"}, GONE),
    ("proposal_file", "proposal"): (OFFICE | CENTRE | {"coordinator", "provider"}, GONE),
    ("proposal_detail", "approved"): (OFFICE | CENTRE | NETWORK | {"coordinator", "provider"}, GONE),
}
SIGNED_IN = {"request_edit", "offer_edit", "proposal_detail", "proposal_file"}
OTHERS = {"other_focal_point", "other_officer", "other_provider"}
CLOSED = {  # pages of the coordinator: the others see that they may not
    "coordination": {"coordinator"},
    "review_round_new": {"coordinator"},
    "practice_new": {"focal_point", "officer", "head", "coordinator", "provider", *OTHERS},
    "status": {"coordinator"},
    "style": {"coordinator"},
    "match_weights": {"coordinator"},
    "match_calibration": {"coordinator"},
    "round_list": {"coordinator", "head", "other_head"},
    "criteria_edit": {"coordinator"},
    "request_queue": {"officer", "head", "coordinator", "other_officer"},
    "reply_template_list": {"officer", "head", "coordinator", "other_officer"},
    "reply_template_new": {"officer", "head", "coordinator", "other_officer"},
    "verification_list": {"coordinator", "head"},
    "organization_merge": {"coordinator"},
    "own_declines": {"provider", "other_provider"},
    "workplan_new": {"officer", "head", "coordinator", "other_officer"},
    "workplan_periods": {"coordinator"},
    "pledge_list": {"donor", "officer", "head", "coordinator", "other_officer"},
    "co_funding": {"officer", "head", "coordinator", "other_officer"},
}
# Pages that only act, need a key, or are tried in the tests of their own app.
ELSEWHERE = {
    "project_submission", "project_change_by_mail", "project_confirm_by_mail", "project_edit", "project_step",
    "source_edit", "source_step", "question_detail", "question_withdraw", "question_publish", "review_round",
    "review_round_close", "review_answer", "review_decide", "practice_edit", "practice_step",
    "programme_detail", "programme_edit", "opportunity_new", "opportunity_edit", "opportunity_step",
    "country_record_new", "country_record", "country_record_remove",
    "status_try_again", "help_task",
    "import_detail",
    "offer_by_mail",
    "need_brief", "calendar_file", "my_calendar_open", "my_calendar_close", "host_document_new", "host_document",
    "host_document_withdraw",
    "workplan_detail", "workplan_version", "version_step", "workplan_edit", "workplan_undo", "workplan_present",
    "workplan_delete_draft", "workplan_from_need", "workplan_from", "workplan_activity_new", "workplan_activity",
    "workplan_activity_move",
    "workplan_activity_remove", "workplan_result", "workplan_line_new", "workplan_line", "workplan_line_remove",
    "workplan_progress", "workplan_progress_edit", "workplan_progress_step", "workplan_consultation",
    "workplan_comment_new", "workplan_answer", "workplan_comment", "workplan_comment_withdraw",
    "workplan_comment_publish", "workplan_ledger", "workplan_dispose",
    "pledge_new", "pledge_detail", "pledge_say", "pledge_above_gap", "pledge_document", "pledge_step",
    "workplan_compare", "workplan_sheet", "workplan_import", "workplan_report", "workplan_report_pdf", "workplan_pdf",
    "workplan_xlsx", "workplan_print", "workplan_charts",
    "iati", "iati_organisation", "iati_centre", "iati_workplan", "co_funding_detail", "co_funding_step",
    "reply_template_edit", "reply_template_retire", "clarification_by_mail", "request_assign", "request_note",
    "request_assessment", "saved_search_new", "saved_search_open", "saved_search_change", "saved_search_delete",
    "engagement_plan", "milestone_new", "milestone_edit", "milestone_done", "milestone_act", "result_new",
    "result_file",
    "result_remove", "engagement_beneficiaries", "engagement_lessons", "engagement_story", "story_act",
    "proposal_begin",
    "proposal_edit", "proposal_step", "offer_extend", "conflict_list", "conflict_end", "organization_profile",
    "renewal_ask",
    "profile_part_new", "profile_part", "profile_part_remove", "verification_renew", "verification_refuse",
    "mailbox", "mailbox_mail", "mailbox_html", "request_new", "request_delete", "request_step", "match_propose",
    "match_compare",
    "match_step", "engagement_step", "offer_new", "offer_step", "claim_verify", "claim_refuse", "membership_list",
    "membership_new", "membership_end", "notice_read", "token_revoke", "round_detail", "round_compare", "round_step",
    "request_offline", "request_offline_form", "request_offline_of", "request_offline_form_of", "request_letter",
    "request_attachments", "attachment_download", "attachment_remove", "clock_lengths", "late_list", "late_hand_over",
    "office",
    "match_board", "offer_search", "approach_new", "call_new", "call_step", "need_offer", "match_by_mail",
    "match_message",
    "message_file", "match_translator", "match_next", "approach_by_mail", "approach_detail", "approach_answer",
    "approach_step", "offer_delete", "absence_new", "absence_cancel", "priority_new", "priority_edit", "priority_end",
    "request_endorsement", "request_filings", "request_filing", "helpdesk", "ticket_new", "ticket_detail",
    "ticket_step", "invitation",
    "service_account_new", "service_account", "service_account_end", "service_token_revoke", "webhook_detail",
    "webhook_change", "webhook_step", "delivery_replay", "widget", "widget_feed",
}  # fmt: skip
OTHERS_CODE = ("account_", "mfa_", "usersessions_", "api-", "admin", "invitation_", "socialaccount_", "openid_connect_")


def routes(patterns=None):
    """The names of all addresses."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        elif str(pattern.pattern) != "admin/":
            yield from routes(pattern.url_patterns)


def test_no_page_is_missing_from_the_table():
    known = PUBLIC | OWN | ELSEWHERE | set(CLOSED) | {page for page, _ in RECORDS}
    missing = {name for name in routes() if name and name not in known and not name.startswith(OTHERS_CODE)}
    assert missing == set()
    assert known <= set(routes())


def _world():
    people = f.everyone_known()
    other_party, other_organization = f.party("TD"), f.organization(None, "Another Laboratory")
    other_centre = f.centre(other_party, name="Another Centre")
    signed_in = {
        name: getattr(people, name)
        for name in ("stranger", "focal_point", "drafter", "officer", "head", "provider", "donor", "coordinator")
    }
    signed_in |= {
        "other_focal_point": f.focal_point_of(other_party),
        "other_officer": f.officer_of(other_centre),
        "other_provider": f.provider_of(other_organization),
    }
    restricted = f.request_in("matching", people.party, visibility="restricted")
    offer = f.offer_in("published", people.organization)
    match = f.match_in("offered", component=restricted.components.get(), offer=offer)
    public = f.request_in("matching", people.party)
    work = _work(people, offer)
    return SimpleNamespace(
        people=people,
        signed_in=signed_in,
        records={
            "public": public,
            "match": match,
            **work,
            **_registry(people),
            **_compendium(people),
            "call": f.open_call(public.components.get()),
            "draft": f.draft_request(people.party),
            "submitted": f.request_in("submitted", people.party),
            "network": f.request_in("matching", people.party, visibility="network"),
            "restricted": restricted,
            "published": offer,
            "unpublished": f.draft_offer(people.organization),
        },
        names={
            "party_detail": people.party.iso2,
            "priority_list": people.party.iso2,
            "country_records": people.party.iso2,
            "centre_detail": people.centre.slug,
            "centre_results": people.centre.slug,
            "organization_detail": people.organization.slug,
            "institution_detail": people.centre.hosts.get().slug,
        },
    )


def _registry(people):
    """A project that the office has published and one that it has not, and an opportunity that is only suggested."""
    return {
        "listed_project": f.project_in("published", people.party, by=people.donor),
        "new_project": f.project_in("submitted", people.party, by=people.donor),
        "suggested": f.opportunity(by=people.donor),
    }


def _compendium(people):
    """A source and a practice that everybody finds, and one of each that nobody has decided on."""
    return {
        "source": source_in(),
        "suggested_source": source_in("suggested", by=people.stranger),
        "practice": practice_in(),
        "practice_draft": practice_in("draft", party=people.party, centre=people.centre),
    }


def _work(people, offer):
    """Work that nobody publishes, a joint proposal of both sides, and one that is shared with the network."""
    made = []
    for state in ("proposed", "approved"):
        need = f.request_in("matching", people.party, visibility="restricted").components.get()
        made.append(f.proposal_in(state, match=f.match_in("agreed", component=need, offer=offer)))
    Match.objects.filter(status="agreed").update(publish_by_party=False)
    proposed, approved = made
    approved.current.is_shared = True
    approved.current.save()
    return {"engagement": proposed.match.engagement, "proposal": proposed, "approved": approved}


built, world = worlds.shared(_world)


def browser(world, role):
    client = Client()
    if role != "anonymous":
        client.force_login(world.signed_in[role])
    return client


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_which_page(world, role):
    client = browser(world, role)
    found, expected = {}, {}
    for page in sorted(PUBLIC | OWN | set(CLOSED)):
        address = reverse(page, args=[world.names[page]] if page in world.names else [])
        found[page] = client.get(address).status_code
        expected[page] = _expected(page, role)
    for (page, record), (allowed, otherwise) in RECORDS.items():
        found[page, record] = client.get(reverse(page, args=[world.records[record].reference])).status_code
        expected[page, record] = 200 if role in allowed else _otherwise(page, role, otherwise)
    assert found == expected


def _expected(page, role):
    if page in {"account_login", "account_signup"}:
        return 200 if role == "anonymous" else SIGN_IN
    if page in PUBLIC:
        return 200
    if role == "anonymous":
        return SIGN_IN
    return 200 if page in OWN or role in CLOSED[page] else NO


def _otherwise(page, role, answer):
    """What is not public is not there; a page that is for people who are signed in sends the others to sign in
    first.
    """
    return SIGN_IN if role == "anonymous" and page in SIGNED_IN else answer


def test_a_get_changes_nothing_but_what_it_may(world):
    """Every page, opened by everybody, writes no row of requests, offers and matches."""
    before = [record.__class__.objects.filter(pk=record.pk).values().get() for record in world.records.values()]
    matches = list(Match.objects.order_by("pk").values())
    for role in ROLES:
        client = browser(world, role)
        for page, record in RECORDS:
            client.get(reverse(page, args=[world.records[record].reference]))
    after = [record.__class__.objects.filter(pk=record.pk).values().get() for record in world.records.values()]
    assert after == before
    assert list(Match.objects.order_by("pk").values()) == matches


CANARY = "canary-4711"


def test_contact_persons_appear_nowhere_outside(world):
    """Page and API, for everybody outside the office, its centre and the coordinator; inside it is there."""
    record = world.records["public"]
    record.contact = CANARY
    record.save()
    offer = world.records["published"]
    offer.contact = CANARY
    offer.save()
    addresses = [
        reverse("request_detail", args=[record.reference]),
        reverse("request_list"),
        reverse("request_matches", args=[record.reference]),
        reverse("offer_detail", args=[offer.reference]),
        f"/api/v1/requests/{record.reference}/",
        f"/api/v1/offers/{offer.reference}/",
        "/api/v1/requests/",
        "/api/v1/offers/",
    ]
    inside = browser(world, "focal_point").get(addresses[0]).content.decode()
    assert CANARY in inside
    for role in ("anonymous", "stranger", "donor", "other_focal_point", "other_officer", "other_provider"):
        client = browser(world, role)
        for address in addresses:
            assert CANARY not in client.get(address).content.decode(), (role, address)


@pytest.mark.parametrize("page", ["my", "request_list", "account_home"])
def test_pages_of_signed_in_people_are_kept_by_no_cache_on_the_way(world, page):
    answer = browser(world, "focal_point").get(reverse(page))
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]


def test_every_page_switches_off_what_the_portal_never_uses(world):
    for role in ("anonymous", "focal_point"):
        assert "geolocation=()" in browser(world, role).get(reverse("home")).headers["Permissions-Policy"]
