"""What partner systems can follow in the feed of changes: a line for each kind of record."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

REQUEST, OFFER, MATCH = "requests_offers.cooperationrequest", "requests_offers.offer", "requests_offers.match"
ENGAGEMENT, COMPONENT = "requests_offers.engagement", "requests_offers.component"
VERSION, WORKPLAN, PLEDGE = "workplans.version", "workplans.workplan", "workplans.pledge"
ORGANIZATION, CENTRE, CLAIM = "centres.organization", "centres.supportcentre", "accounts.claim"

Paths = Mapping[str, str]  # touched model → look-up path from the kind's rows to it
Offices = tuple[tuple[str, str, dict[str, Any]], ...]  # party, centre or organization; the path to it; a condition


def _request_offices(prefix: str = "") -> Offices:
    """Who may come to see a request: its Party and those asked to join, its centre and former ones, who was offered."""
    offered = f"{prefix}components__matches"
    return (
        ("party", f"{prefix}party", {}),
        ("party", f"{prefix}endorsements__party", {}),
        ("centre", f"{prefix}centre", {}),
        ("centre", f"{prefix}former_holdings__centre", {}),
        ("organization", f"{offered}__offer__organization", {f"{offered}__offered_at__isnull": False}),
    )


def _match_offices(prefix: str = "") -> Offices:
    return (
        ("party", f"{prefix}component__request__party", {}),
        ("centre", f"{prefix}component__request__centre", {}),
        ("organization", f"{prefix}offer__organization", {}),
    )


# A new kind joins with a line: what is done to rows of which models touches it, and which offices may come to see it.
# What those do not say (a day that came, a reference file) is found by the nightly look at everything.
FOLLOWED: dict[str, tuple[Paths, Offices, dict[str, Any]]] = {
    "centres": ({CENTRE: "pk", ORGANIZATION: "hostings__organization"}, (), {}),
    "organizations": ({ORGANIZATION: "pk", CLAIM: "claims", CENTRE: "hostings__centre"},
                      (("organization", "pk", {}),), {}),
    "requests": ({REQUEST: "pk", MATCH: "components__matches"}, _request_offices(), {}),
    "components": ({REQUEST: "request", MATCH: "matches", COMPONENT: "pk"}, _request_offices("request__"), {}),
    "offers": ({OFFER: "pk", MATCH: "matches", ORGANIZATION: "organization"}, (
        ("organization", "organization", {}), ("centre", "verifying_centre", {}),
        ("party", "matches__component__request__party", {"matches__offered_at__isnull": False}),
        ("centre", "matches__component__request__centre", {"matches__offered_at__isnull": False}),
    ), {}),
    # Suggestions and the short list are the centre's own work, and change with each scoring: from the offer on.
    "matches": ({MATCH: "pk", REQUEST: "component__request"}, _match_offices(), {"offered_at__isnull": False}),
    "engagements": ({ENGAGEMENT: "pk", MATCH: "match"}, _match_offices("match__"), {}),
    "workplans": ({WORKPLAN: "pk", VERSION: "versions"},
                  (("centre", "centre", {}), ("party", "versions__invitations__party", {})), {}),
    "pledges": ({PLEDGE: "pk", REQUEST: "request"},
                (("organization", "donor", {}), ("centre", "centre", {})), {}),
    "opportunities": ({"knowledge.opportunity": "pk"}, (), {}),
    "knowledge-sources": ({"knowledge.source": "pk"}, (), {}),
    "practices": ({"knowledge.practice": "pk"}, (), {}),
    "projects": ({"knowledge.project": "pk"}, (("party", "party", {}),), {}),
}  # fmt: skip
LABELS = {
    "centres": _("Support Centres"),
    "organizations": _("Organizations"),
    "requests": _("Requests"),
    "components": _("Needs of requests"),
    "offers": _("Offers"),
    "matches": _("Matches"),
    "engagements": _("Engagements"),
    "workplans": _("Workplans"),
    "pledges": _("Pledges"),
    "opportunities": _("Opportunities"),
    "knowledge-sources": _("Knowledge sources"),
    "practices": _("Practices"),
    "projects": _("Projects"),
}
WATCHED = sorted({model for paths, *_more in FOLLOWED.values() for model in paths})
