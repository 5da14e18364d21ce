"""The last page of the wizard: everything once more, what is still missing, who wrote what, and whether it is new."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEvent
from accounts.permissions import Permission, can

from ..actions import drafts, handing
from ..duplicates import filed_before
from ..forms.circle import CircleForm, SightForm, WhyForm
from ..forms.request import NeedInShort
from ..lifecycle import RequestStatus
from .attachments import files_of
from .drafting import stopped
from .places import CIRCLE, NEED, NEW, REVIEW, SHORT, SIGHT, STEPS, TAGS, WHY, Place, components, heading_of, url_of

JUST_NOW = timedelta(minutes=30)
MOST_TRACES = 200
PAGE_OF_FIELD = {
    name: step
    for step, kind in ((SHORT, NeedInShort), (WHY, WhyForm), (CIRCLE, CircleForm), (SIGHT, SightForm))
    for name in kind.base_fields
}


def review(request, draft):
    """Page 7: read it, then submit it, or hand it to the office that submits."""
    if "another" in request.POST:
        drafts.tell_apart(draft, request.POST["another"], by=request.user)
        return redirect(url_of(draft, Place(REVIEW)))
    if request.method == "POST":
        handing.hand_to_office(draft, by=request.user)
        return stopped(
            request, draft.get_absolute_url(), _("Handed over. The office has been told that it can submit.")
        )
    context = {
        "record": draft,
        "steps": STEPS,
        "components": [_reviewed(draft, one) for one in components(draft)],
        "urls": {
            name: url_of(draft, Place(step))
            for name, step in (("short", SHORT), ("why", WHY), ("circle", CIRCLE), ("sight", SIGHT))
        },
        "add_url": url_of(draft, Place(NEED, NEW)),
        "back_url": url_of(draft, Place(SIGHT)),
        "gaps": gaps_of(draft),
        "earlier": filed_before(draft, request.user),
        "co_parties": co_parties_of(draft),
        "filings": draft.filings.in_order(),
        "written": who_wrote(draft),
        "is_draft": draft.status == RequestStatus.DRAFT,
        "can_submit": can(request.user, Permission.REQUEST_SUBMIT, draft),
        **files_of(draft, request.user),
    }
    return render(request, "requests_offers/request_review.html", context)


def _reviewed(draft, component) -> dict:
    number = component.number
    return {
        "record": component,
        "edit_url": url_of(draft, Place(NEED, number)),
        "tags_url": url_of(draft, Place(TAGS, number)),
    }


def co_parties_of(draft) -> list[dict]:
    """The Parties that ask together with the one that files, each with its own word."""
    said = {row.party_id: row for row in draft.endorsements.all()}
    return [{"party": party, "endorsement": said.get(party.pk)} for party in draft.co_parties.all()]


def gaps_of(draft) -> list[tuple[str, str]]:
    """What is still needed before the request can be submitted, with where to answer it."""
    found = []
    if not draft.title.strip() or not draft.summary.strip():
        found.append((_("Write a title and the need in short."), url_of(draft, Place(SHORT))))
    if not components(draft):
        found.append((_("Describe at least one need."), url_of(draft, Place(NEED, NEW))))
    for one in components(draft):
        if not one.title.strip() or not one.text.strip():
            sentence = _("Need %(number)s has no title or no description yet.") % {"number": one.number}
            found.append((sentence, url_of(draft, Place(NEED, one.number))))
    if not draft.priorities.all() and not draft.priority_reason.strip():
        sentence = _("Name a national priority, or say why none is named.")
        found.append((sentence, url_of(draft, Place(WHY))))
    return found


# Who wrote what -------------------------------------------------------------------------------------------------------


def _traces(draft) -> list[AuditEvent]:
    rows = AuditEvent.objects.of(draft).filter(action__in=["save", "start"]).select_related("actor")
    return list(rows[:MOST_TRACES])


def _page_of(event) -> set[str]:
    """The pages on which somebody wrote, in words."""
    if event.action == "start":
        return {heading_of(Place(SHORT))}
    found = set()
    for field in event.details.get("fields", []):
        if field.startswith("need "):
            number = field.removeprefix("need ")
            found.add(_("One more need") if number == "new" else _("Need %(number)s") % {"number": number})
        elif field in PAGE_OF_FIELD:
            found.add(heading_of(Place(PAGE_OF_FIELD[field])))
    return found


def who_wrote(draft) -> list[dict]:
    """The last person who wrote on each page, and when."""
    latest: dict[str, AuditEvent] = {}
    for event in _traces(draft):
        for page in _page_of(event):
            latest.setdefault(page, event)
    return [{"page": page, "person": str(event.actor or ""), "at": event.at} for page, event in latest.items()]


def last_words(draft, user) -> list[dict]:
    """Others who wrote in this draft within the last half hour: so that two do not write the same page."""
    since = timezone.now() - JUST_NOW
    found: dict[int, dict] = {}
    for event in _traces(draft):
        if event.at > since and event.actor_id not in {None, user.pk} and event.actor_id not in found:
            found[event.actor_id] = {"person": str(event.actor), "at": event.at, "pages": sorted(_page_of(event))}
    return list(found.values())
