"""Atom feeds of what was published and of what lacks funds: what everybody may see, whoever asks."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.cldr import money
from accounts.models import AuditEvent
from requests_offers.lifecycle import MatchStatus, RequestStatus
from requests_offers.models import CooperationRequest, Match, Offer

from ..filters_donors import public_activities, with_money_asked
from ..models import Gap, Workplan

MOST = 50
EVERYBODY = AnonymousUser()
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True)
class Entry:
    """One thing that happened: of which record, when, and what it says."""

    reference: str
    at: datetime
    title: str
    text: str
    address: str
    language: str
    is_example: bool
    kind: str


@dataclass(frozen=True)
class Narrowed:
    """What a feed is narrowed to, by the names that lists use."""

    centre: str = ""
    party: str = ""
    target: int | None = None

    @classmethod
    def of(cls, query: Any) -> "Narrowed":
        number = query.get("target", "")
        known = number.isascii() and number.isdigit() and len(number) < 4
        centre, party = (query.get(name, "").replace("\x00", "") for name in ("centre", "party"))
        return cls(centre, party.upper(), (int(number) if known else 0) if number else None)

    def rows(self, rows: Any, *, centre: str, party: str, target: str) -> Any:
        """The rows that are left, by the paths of this model."""
        said = {centre: self.centre, party: self.party, target: self.target}
        conditions = {path: value for path, value in said.items() if value not in ("", None)}
        return rows.filter(**conditions).distinct() if conditions else rows


@login_not_required
@require_safe
def publications(request):
    """Finalized workplans, published offers, accepted public requests, matches that both sides publish."""
    narrowed = Narrowed.of(request.GET)
    found = [entry for source in (_plans, _offers, _requests, _matches) for entry in source(narrowed)]
    return _answer(request, "feed_publications", _("TSC Portal: published"), found)


@login_not_required
@require_safe
def gaps(request):
    """Activities of finalized plans that lack firm money, and requests for which nobody was found."""
    narrowed = Narrowed.of(request.GET)
    found = [*_lacking(narrowed), *_unmet(narrowed)]
    return _answer(request, "feed_gaps", _("TSC Portal: what lacks funds"), found)


# What was published ---------------------------------------------------------------------------------------------------


def _plans(narrowed: Narrowed) -> Iterator[Entry]:
    rows = Workplan.objects.published().select_related("current_version", "centre", "period")
    at = "current_version__activities"
    rows = narrowed.rows(rows, centre="centre__slug", party=f"{at}__parties__iso2", target=f"{at}__targets__number")
    for row in rows.order_by("-current_version__finalized_at", "-pk")[:MOST]:
        version = row.current_version
        yield Entry(
            version.reference, version.finalized_at, _("Workplan: %(title)s") % {"title": version.title},
            version.summary, row.get_absolute_url(), row.language, row.is_example, "workplan",
        )  # fmt: skip


def _offers(narrowed: Narrowed) -> Iterator[Entry]:
    rows = Offer.objects.published().visible_to(EVERYBODY).select_related("organization")
    rows = narrowed.rows(
        rows, centre="verifying_centre__slug", party="organization__party__iso2", target="targets__number"
    )
    for row in rows.order_by("-published_at", "-pk")[:MOST]:
        yield Entry(
            row.reference, row.published_at, _("Offer: %(title)s") % {"title": row.title}, row.organization.name,
            row.get_absolute_url(), row.language, row.is_example, "offer",
        )  # fmt: skip


def _seen_requests(narrowed: Narrowed) -> Any:
    rows = CooperationRequest.objects.visible_to(EVERYBODY).filter(accepted_at__isnull=False).select_related("party")
    return narrowed.rows(rows, centre="centre__slug", party="party__iso2", target="components__targets__number")


def _requests(narrowed: Narrowed) -> Iterator[Entry]:
    for row in _seen_requests(narrowed).order_by("-accepted_at", "-pk")[:MOST]:
        title = _("Request of %(party)s: %(title)s") % {"party": row.party.name, "title": row.title}
        yield _of_request(row, row.accepted_at, title, row.summary, "request")


def _of_request(row: CooperationRequest, at: datetime, title: str, text: str, kind: str) -> Entry:
    return Entry(row.reference, at, title, text, row.get_absolute_url(), row.language, row.is_example, kind)


def _matches(narrowed: Narrowed) -> Iterator[Entry]:
    rows = Match.objects.visible_to(EVERYBODY).filter(status=MatchStatus.AGREED)
    rows = rows.select_related("component__request__party", "offer__organization")
    rows = narrowed.rows(
        rows, centre="component__request__centre__slug", party="component__request__party__iso2",
        target="component__targets__number",
    )  # fmt: skip
    for row in rows.order_by("-agreed_at", "-pk")[:MOST]:
        words = {"party": row.component.request.party.name, "organization": row.offer.organization.name}
        title = _("Match agreed: %(organization)s works with %(party)s") % words
        yield Entry(
            row.reference, row.agreed_at, title, row.offer.title, row.get_absolute_url(), row.offer.language,
            row.component.request.is_example or row.offer.is_example, "match",
        )  # fmt: skip


# What lacks funds -----------------------------------------------------------------------------------------------------


def _lacking(narrowed: Narrowed) -> Iterator[Entry]:
    """The largest gaps: activities by the moment at which their sums last changed."""
    whole = Gap.objects.filter(activity=OuterRef("identity"), line__isnull=True)
    rows = with_money_asked(public_activities()).filter(firm_gap__gt=0).annotate(at=Subquery(whole.values("at")[:1]))
    rows = narrowed.rows(
        rows, centre="version__workplan__centre__slug", party="parties__iso2", target="targets__number"
    )
    rows = rows.select_related("version__workplan__centre", "version__workplan__period")
    for row in rows.order_by("-at", F("firm_gap").desc(), "-pk")[:MOST]:
        plan, words = row.version.workplan, {"firm": money(row.firm_gap), "indicative": money(row.indicative_gap)}
        text = _("Open, firm: %(firm)s; open if every pledge held: %(indicative)s; asked: %(asked)s.")
        yield Entry(
            row.reference, row.at, _("Lacks %(firm)s: %(title)s") % {"firm": words["firm"], "title": row.title},
            text % (words | {"asked": money(row.asked)}), f"{plan.get_absolute_url()}#{row.reference}", plan.language,
            plan.is_example, "gap",
        )  # fmt: skip


def _unmet(narrowed: Narrowed) -> Iterator[Entry]:
    told = AuditEvent.objects.filter(object_type="requests_offers.cooperationrequest", action="declare_unmet")
    moment = (
        told.filter(object_id=OuterRef("pk")).order_by().values("object_id").annotate(last=Max("at")).values("last")
    )
    rows = _seen_requests(narrowed).filter(Q(status=RequestStatus.UNMET)).annotate(unmet_at=Subquery(moment))
    for row in rows.order_by(F("unmet_at").desc(nulls_last=True), "-pk")[:MOST]:
        title = _("Nobody was found for %(party)s: %(title)s") % {"party": row.party.name, "title": row.title}
        yield _of_request(row, row.unmet_at or row.updated_at, title, row.summary, "need")


# The file -------------------------------------------------------------------------------------------------------------


def _answer(request: Any, name: str, title: str, entries: list[Entry]) -> HttpResponse:
    """The feed, or 304 where the reader has it already."""
    entries = sorted(entries, key=lambda one: (one.at, one.reference), reverse=True)[:MOST]
    updated = max((one.at for one in entries), default=datetime(2026, 1, 1, tzinfo=UTC))
    language = str(get_language()).split("-")[0]
    site, own = settings.SITE_ADDRESS, request.get_full_path()
    feed = _Feed(
        title=title, link=f"{site}{reverse('donors' if name == 'feed_gaps' else 'home')}", description="",
        language=language, feed_url=f"{site}{own}", feed_guid=f"{site}{own}",
        feed_copyright=_("CC BY 4.0: use it freely and name the TSC Portal as its source."), updated=updated,
    )  # fmt: skip
    host = urlsplit(site).hostname or "localhost"
    for one in entries:
        feed.add_item(
            title=f"{_('EXAMPLE')} – {one.title}" if one.is_example else one.title, link=f"{site}{one.address}",
            description=one.text, unique_id=f"tag:{host},2026:{one.kind}/{one.reference}", updateddate=one.at,
            pubdate=one.at, categories=[one.kind],
        )  # fmt: skip
    content = feed.writeString("utf-8").encode()
    return _tagged(request, content, updated)


class _Feed(Atom1Feed):
    """A feed whose own date is that of its newest entry, or a fixed day while it has none."""

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]


def _tagged(request: Any, content: bytes, updated: datetime) -> HttpResponse:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["ETag"], response["Cache-Control"] = tag, "public, max-age=300"
    response["Last-Modified"] = updated.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return get_conditional_response(request, tag, int(updated.timestamp()), response) or response
