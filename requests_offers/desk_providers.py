"""What waits for providers, and for offices with work that goes on: expiring offers, milestones, appraisals,
proposals.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission as P
from accounts.permissions import reach
from centres.actions import profiles, verification
from centres.models import Organization

from .lifecycle import EngagementStatus, OfferStatus, ProposalStatus
from .models import AppraisalDue, Engagement, JointProposal, Milestone, Offer

MOST = 100
SOON = timedelta(days=30)
EXPIRING = (_("Offer that expires soon"), _("Publish it for one more year"))
MILESTONE = (_("Milestone"), _("Say that it is done, or change the day"))
APPRAISE = (_("Appraisal"), _("Write your side"))
PROPOSAL = (_("Joint proposal"), _("Read and approve it"))
RENEWAL = (_("Verification"), _("Ask for renewal"))
DECIDE = (_("Verification to renew"), _("Renew, or say why not yet"))
NEED = "match__component__request__party"


def sources(desk: Any) -> tuple:
    """The sources of items, for a desk that knows the person, the moment and how an item is made."""
    works = reach(desk.user, P.ENGAGEMENT_PARTY) or reach(desk.user, P.ENGAGEMENT_PROVIDER)
    both_sides = (lambda: _milestones(desk), lambda: _appraisals(desk), lambda: _proposals(desk))
    return (
        *(both_sides if works else ()),
        lambda: _offers(desk),
        lambda: _organizations(desk),
        lambda: _renewals(desk),
    )


def organizations(user: Any) -> list[Organization]:
    """The organizations whose profile this person writes, each with what it lacks."""
    ours = reach(user, P.ORGANIZATION_EDIT).organizations
    rows = Organization.objects.current().filter(pk__in=ours).select_related("party")
    return list(profiles.with_gaps(rows).by_name()[:MOST]) if ours else []


def _sides(desk: Any, prefix: str = "") -> Q:
    """A condition on engagements and proposals: those of the person's offices and organizations."""
    party = reach(desk.user, P.ENGAGEMENT_PARTY).as_q({"party": f"{prefix}{Engagement.SCOPE['party']}"})
    scope = {"organization": f"{prefix}{Engagement.SCOPE['organization']}"}
    return party | reach(desk.user, P.ENGAGEMENT_PROVIDER).as_q(scope)


def _offers(desk: Any) -> Iterator[Any]:
    ours = reach(desk.user, P.OFFER_EDIT).organizations
    if not ours:
        return
    rows = Offer.objects.filter(organization__in=ours, status__in=[OfferStatus.PUBLISHED, OfferStatus.PAUSED])
    near = rows.filter(expires_on__lte=desk.now.date() + SOON).select_related("organization__party")
    for row in near.order_by("expires_on", "pk")[:MOST]:
        facts = {"url": row.get_absolute_url(), "title": row.title, "reference": row.reference}
        calendar = row.organization.party
        yield desk.item(row, EXPIRING, of=row.organization.name, due=row.expires_on, calendar=calendar, **facts)


def _of_work(desk: Any, engagement: Engagement, words: tuple, url: str, title: str, due: Any) -> Any:
    need = engagement.match.component
    party = need.request.party
    facts = {"url": url, "title": title or need.title, "reference": engagement.reference}
    return desk.item(need.request, words, due=due, calendar=party, **facts)


def _milestones(desk: Any) -> Iterator[Any]:
    rows = Milestone.objects.filter(_sides(desk, "engagement__"), engagement__status=EngagementStatus.ACTIVE)
    rows = rows.filter(done_on__isnull=True, due_on__lte=desk.now.date() + SOON)
    for row in rows.select_related(f"engagement__{NEED}").order_by("due_on", "pk")[:MOST]:
        url = reverse("milestone_done", args=[row.engagement.reference, row.number])
        yield _of_work(desk, row.engagement, MILESTONE, url, row.name, row.due_on)


def _appraisals(desk: Any) -> Iterator[Any]:
    """What this person's side is asked and has not said yet."""
    party = reach(desk.user, P.ENGAGEMENT_PARTY).as_q({"party": f"engagement__{Engagement.SCOPE['party']}"})
    scope = {"organization": f"engagement__{Engagement.SCOPE['organization']}"}
    provider = reach(desk.user, P.ENGAGEMENT_PROVIDER).as_q(scope)
    rows = AppraisalDue.objects.open_on(desk.now.date()).filter(engagement__status=EngagementStatus.CONCLUDED)
    rows = rows.filter(Q(side="party") & party | Q(side="provider") & provider)
    for row in rows.select_related(f"engagement__{NEED}").order_by("due_on", "pk")[:MOST]:
        url = reverse("engagement_step", args=[row.engagement.reference, "appraise"])
        yield _of_work(desk, row.engagement, APPRAISE, url, "", row.due_on)


def _proposals(desk: Any) -> Iterator[Any]:
    party = reach(desk.user, P.ENGAGEMENT_PARTY).as_q({"party": JointProposal.SCOPE["party"]})
    provider = reach(desk.user, P.ENGAGEMENT_PROVIDER).as_q({"organization": JointProposal.SCOPE["organization"]})
    waits = party & Q(current__approved_by_party_at__isnull=True)
    waits |= provider & Q(current__approved_by_provider_at__isnull=True)
    rows = JointProposal.objects.filter(waits, status=ProposalStatus.PROPOSED).select_related("current", NEED)
    for row in rows.order_by("updated_at", "pk")[:MOST]:
        facts = {
            "url": row.get_absolute_url(),
            "title": row.current.title if row.current else "",
            "reference": row.reference,
        }
        yield desk.item(row.match.component.request, PROPOSAL, **facts)


def _organizations(desk: Any) -> Iterator[Any]:
    """A verification that ends soon."""
    for row in desk.organizations:
        url = reverse("organization_profile", args=[row.slug])
        facts = {"url": url, "title": row.name, "reference": row.slug, "of": row.short_name}
        if verification.may_ask(row, desk.now.date()):
            yield desk.item(row, RENEWAL, due=row.verified_until, calendar=row.party, **facts)


def _renewals(desk: Any) -> Iterator[Any]:
    if not reach(desk.user, P.CLAIM_ORGANIZATION_DECIDE):
        return
    asked = Organization.objects.current().filter(renewal_asked_at__isnull=False)
    rows = asked.filter(verification.decidable_by(desk.user)).select_related("party").distinct()
    for row in rows.order_by("renewal_due_on", "pk")[:MOST]:
        facts = {"url": reverse("verification_list"), "title": row.name, "reference": row.slug, "of": row.short_name}
        yield desk.item(row, DECIDE, due=row.renewal_due_on, calendar=row.party, **facts)
