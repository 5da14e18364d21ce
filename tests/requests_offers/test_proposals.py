"""Joint proposals: written by both sides of an agreed match, approved by both version by version, never overwritten."""

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import Notice
from requests_offers import lifecycle
from requests_offers.actions import proposals
from requests_offers.models import JointProposal, ProposalVersion
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db
WRITERS = {"focal_point", "deputy", "provider"}
PEOPLE = ("focal_point", "deputy", "drafter", "provider", "officer", "head", "coordinator", "donor", "stranger")
TABLE = {  # as it was agreed: from where, to where for the office that has just proposed, and for the provider
    "propose": ({"draft"}, "proposed", "proposed"),
    "approve": ({"proposed"}, "proposed", "approved"),
    "revise": ({"proposed", "approved"}, "draft", "draft"),
}


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def match(known):
    component = f.request_in("matching", known.party).components.get()
    return f.match_in("agreed", component=component, offer=f.offer_in("published", known.organization))


def test_the_table_is_as_agreed():
    assert {name: step.sources for name, step in lifecycle.PROPOSAL_STEPS.items()} == {
        name: line[0] for name, line in TABLE.items()
    }


@pytest.mark.parametrize("state", ["draft", "proposed", "approved"])
def test_every_step_in_every_state_by_everybody(known, match, state):
    made = f.proposal_in(state, match=match)
    for name in TABLE:
        for person in PEOPLE:
            with transaction.atomic():
                take_or_be_refused(JointProposal.objects.get(pk=made.pk), name, person, getattr(known, person), state)
                transaction.set_rollback(True)


def take_or_be_refused(proposal, name, person, by, state):
    sources, by_office, by_provider = TABLE[name]
    act = proposals.STEPS[name]
    if person not in WRITERS:
        with pytest.raises(NotAllowed):
            act(proposal, by=by)
    elif state not in sources:
        with pytest.raises(IllegalStep):
            act(proposal, by=by)
    else:
        act(proposal, by=by)
        reached = JointProposal.objects.get(pk=proposal.pk).status
        assert reached == (by_provider if person == "provider" else by_office), (name, person)


def test_it_grows_from_an_agreed_match_only_and_once(known, match):
    first = proposals.begin(match, by=known.provider)
    assert proposals.begin(match, by=known.focal_point) == first
    offered = f.match_in("offered", component=f.request_in("matching", known.party).components.get(), offer=match.offer)
    with pytest.raises(IllegalStep):
        proposals.begin(offered, by=known.focal_point)
    with pytest.raises(NotAllowed):
        proposals.begin(match, by=known.officer)


def test_what_is_proposed_is_complete(known, match):
    proposal = proposals.begin(match, by=known.focal_point)
    with pytest.raises(DomainError, match="Write a title, the concept"):
        proposals.propose(proposal, by=known.focal_point)


@pytest.mark.parametrize("state", ["proposed", "approved"])
def test_a_change_after_approval_makes_a_new_version_that_both_approve_again(known, match, state):
    proposal = f.proposal_in(state, match=match)
    first = proposal.current
    words, lines = first.concept, list(first.lines.values_list("title", "amount"))
    proposals.save(proposal, by=known.provider, data={"concept": "On one coast only."})
    assert (proposal.status, proposal.current.number) == ("draft", 2)
    assert proposal.current.approved_by_party_at is proposal.current.approved_by_provider_at is None
    first.refresh_from_db()
    assert (first.concept, list(first.lines.values_list("title", "amount"))) == (words, lines)
    assert list(proposal.current.lines.values_list("title", "amount")) == lines
    proposals.propose(proposal, by=known.provider)
    proposals.approve(proposal, by=known.focal_point)
    assert proposal.status == "approved"


def test_nobody_approves_a_version_that_was_replaced_while_they_read(known, match):
    proposal = f.proposal_in("proposed", match=match)
    read = proposal.current.number
    proposals.save(proposal, by=known.focal_point, data={"concept": "Something else."})
    proposals.propose(proposal, by=known.focal_point)
    with pytest.raises(IllegalStep, match="newer version"):
        proposals.approve(proposal, by=known.provider, number=read)
    assert not ProposalVersion.objects.filter(approved_by_provider_at__isnull=False).exists()


def test_two_people_in_one_proposal_do_not_overwrite_each_other(known, match):
    proposal = f.proposal_in("draft", match=match)
    read = proposal.version
    proposals.save(proposal, by=known.focal_point, data={"title": "Ours"}, version=read)
    with pytest.raises(StaleWrite):
        proposals.save(proposal, by=known.provider, data={"title": "Theirs"}, version=read)
    assert JointProposal.objects.get().title == "Ours"


def test_both_sides_are_told_and_the_centre_when_it_is_approved(known, match):
    Notice.objects.all().delete()
    f.proposal_in("approved", match=match)

    def told(kind):
        return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))

    assert told("proposal_propose") == {known.deputy.pk, known.provider.pk}  # the focal point proposed it
    approved = {known.focal_point.pk, known.deputy.pk, known.officer.pk, known.head.pk}
    assert told("proposal_approved") == approved  # the provider was the last to approve


# Pages ----------------------------------------------------------------------------------------------------------------


def page(proposal, name="proposal_detail", *more):
    return reverse(name, args=[proposal.reference, *more])


def lines(*rows):
    """The budget as a browser sends it."""
    sent = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}
    for number, (title, amount) in enumerate(rows):
        sent |= {f"lines-{number}-title": title, f"lines-{number}-amount": amount, f"lines-{number}-source": "sought"}
    return sent


def form(proposal, **more):
    words = {"title": "Open lagoons", "language": "en", "concept": "Weevils.", "partners": "", "currency": "USD"}
    return words | {"results": "Open landings", "version": str(proposal.version)} | lines() | more


def test_it_is_written_proposed_and_approved_by_the_pages(client, known, match):
    client.force_login(known.focal_point)
    begun = client.post(reverse("proposal_begin", args=[match.engagement.reference]))
    proposal = JointProposal.objects.get()
    assert begun.url == page(proposal)
    sent = form(proposal) | lines(("Rearing unit", "12000"), ("", ""))
    assert client.post(page(proposal, "proposal_edit"), sent).status_code == 302
    client.post(page(proposal, "proposal_step", "propose"))
    client.force_login(known.provider)
    text = client.get(page(proposal)).content.decode()
    assert "12,000" in text
    client.post(page(proposal, "proposal_step", "approve") + "?number=1")
    assert JointProposal.objects.get().status == "approved"


def test_a_budget_line_with_half_of_what_it_needs_is_sent_back_with_everything_typed(client, known, match):
    proposal = f.proposal_in("draft", match=match)
    client.force_login(known.provider)
    answer = client.post(page(proposal, "proposal_edit"), form(proposal, concept="Typed") | lines(("Unit", "")))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Write the amount, or delete the line." in text
    assert "Typed" in text
    assert JointProposal.objects.get().version == proposal.version


def test_somebody_who_saved_first_is_shown_beside_what_was_typed(client, known, match):
    proposal = f.proposal_in("draft", match=match)
    sent = form(proposal, concept="Mine")
    proposals.save(proposal, by=known.focal_point, data={"concept": "Theirs"})
    client.force_login(known.provider)
    answer = client.post(page(proposal, "proposal_edit"), sent)
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert "Mine" in answer.content.decode()


def test_its_pdf_says_what_the_version_says(client, known, match):
    proposal = f.proposal_in("approved", match=match)
    client.force_login(known.officer)
    answer = client.get(page(proposal, "proposal_file"))
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Content-Type"] == "application/pdf"


def test_the_network_reads_what_is_approved_and_shared_and_no_earlier_version(client, known, match):
    proposal = f.proposal_in("approved", match=match)
    client.force_login(known.donor)
    assert client.get(page(proposal)).status_code == 404
    proposals.save(proposal, by=known.provider, data={"is_shared": True, "concept": "Second words."})
    proposals.propose(proposal, by=known.provider)
    assert client.get(page(proposal)).status_code == 404
    proposals.approve(proposal, by=known.focal_point)
    assert "Second words." in client.get(page(proposal) + "?version=1").content.decode()
