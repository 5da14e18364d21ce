"""What happened to a request or an offer, as sentences with a subject, for the reader who may see them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from accounts.permissions import Permission, can

from .audience import Audience
from .lifecycle import MatchStatus
from .models import CooperationRequest, Engagement, Match, Offer
from .reasons import reason_label
from .wording.names import Names

HANDOVERS = {"redirect", "appeal"}
CENTRE_ONLY = {
    "shortlist",
    "drop",
    "propose",
    "bring",
    "suggest_again",
}  # acts on matches that nobody outside the centre sees
LONGEST = 100


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; `noun` and `state` where a state changed that is worth showing."""

    at: datetime
    sentence: SafeString
    noun: str = ""
    state: str = ""


REQUEST_SENTENCES = {
    "start": _("%(party)s began this draft."),
    "hand_to_office": _("The draft was handed to the office of %(party)s."),
    "submit": _("%(party)s submitted the request."),
    "ask_clarification": _("%(centre)s asked: “%(text)s”"),
    "answer": _("%(party)s answered: “%(text)s”"),
    "lapse": _("The question was not answered for 60 days; the request became dormant."),
    "redirect": _("%(former)s handed the request to %(next)s: %(reason)s. %(note)s"),
    "refuse": _("%(centre)s refused the request: %(reason)s. %(note)s"),
    "appeal": _("%(party)s appealed: “%(text)s”"),
    "answer_directly": _("%(centre)s answered directly."),
    "confirm_answer": _("%(party)s confirmed that the answer helped."),
    "reopen": _("%(party)s reopened the request: “%(text)s”"),
    "accept": _("%(centre)s accepted the request."),
    "declare_unmet": _("Nobody could help yet: the request was declared unmet."),
    "complete": _("The request was completed."),
    "pause": _("%(party)s paused the request."),
    "resume": _("%(party)s resumed the request."),
    "withdraw": _("%(party)s withdrew the request: %(reason)s. %(note)s"),
    "edit_need": _("%(centre)s mended need %(component)s, which was compared with all offers again."),
    "import": _("The request was imported from a file."),
    "ask_to_join": _("%(party)s asked %(joining)s to join the request."),
    "join": _("%(joining)s confirmed that it stands behind the request."),
    "decline_to_join": _("%(joining)s does not ask together with %(party)s."),
    "endorse_by_letter": _("An official letter of %(joining)s was recorded."),
    "tell_apart": _("%(party)s said that this is another need than %(other)s."),
}
# The same where no centre held the request: sentences of their own, since a name cannot stand for the helpdesk.
HELPDESK_SENTENCES = {
    "ask_clarification": _("The coordinator’s helpdesk asked: “%(text)s”"),
    "refuse": _("The coordinator’s helpdesk refused the request: %(reason)s. %(note)s"),
    "answer_directly": _("The coordinator’s helpdesk answered directly."),
    "accept": _("The coordinator’s helpdesk accepted the request."),
    "edit_need": _("The coordinator’s helpdesk mended need %(component)s, which was compared with all offers again."),
    "propose": _("The coordinator’s helpdesk proposed “%(offer)s” for need %(component)s."),
    "shortlist": _("The coordinator’s helpdesk put “%(offer)s” on the short list for need %(component)s."),
    "drop": _("The coordinator’s helpdesk dropped “%(offer)s” for need %(component)s."),
    "offer_to_both": _("The coordinator’s helpdesk offered “%(offer)s” for need %(component)s to both sides."),
}
TO_HELPDESK = _("%(former)s handed the request to the coordinator’s helpdesk: %(reason)s. %(note)s")
FROM_HELPDESK = _("The coordinator’s helpdesk handed the request to %(next)s: %(reason)s. %(note)s")
OFFER_HELPDESK_SENTENCES = {
    "publish": _("The coordinator’s helpdesk verified and published the offer."),
    "return_for_changes": _("The coordinator’s helpdesk returned the offer: %(reason)s. %(note)s"),
    "refuse": _("The coordinator’s helpdesk refused the offer: %(reason)s. %(note)s"),
}
ONE_SIDE_COMPLETED = _("One of office and centre said that the request is done.")
COMPUTED = {
    "partly_matched": _("Some needs have a partner now."),
    "matched": _("Every need has a partner now."),
    "matching": _("Needs are open again; the search goes on."),
    "unmet": _("Needs are open again, and nobody could help yet."),
}
MATCH_SENTENCES = {
    "propose": _("%(centre)s proposed “%(offer)s” for need %(component)s."),
    "bring": _("%(organization)s came with “%(offer)s” for need %(component)s."),
    "shortlist": _("%(centre)s put “%(offer)s” on the short list for need %(component)s."),
    "drop": _("%(centre)s dropped “%(offer)s” for need %(component)s."),
    "offer_to_both": _("%(centre)s offered “%(offer)s” for need %(component)s to both sides."),
    "accept": _("%(side)s said yes to “%(offer)s” for need %(component)s."),
    "agreed": _("%(party)s and %(organization)s agreed on “%(offer)s” for need %(component)s."),
    "decline": _("%(side)s declined “%(offer)s” for need %(component)s: %(reason)s."),
    "lapse": _("“%(offer)s” for need %(component)s lapsed: not both sides answered in time."),
    "retract": _("“%(offer)s” for need %(component)s was retracted: %(reason)s."),
}
ENGAGEMENT_SENTENCES = {
    "conclude": _("%(side)s concluded the work on need %(component)s."),
    "appraise": _("%(side)s said what came of the work on need %(component)s."),
    "end_early": _("%(side)s ended the work on need %(component)s early: %(reason)s."),
}
OFFER_SENTENCES = {
    "start": _("%(organization)s began this draft."),
    "submit": _("%(organization)s submitted the offer."),
    "publish": _("%(centre)s verified and published the offer."),
    "return_for_changes": _("%(centre)s returned the offer: %(reason)s. %(note)s"),
    "refuse": _("%(centre)s refused the offer: %(reason)s. %(note)s"),
    "pause": _("%(organization)s paused the offer."),
    "resume": _("%(organization)s resumed the offer."),
    "expire": _("The offer expired."),
    "renew": _("%(organization)s renewed the offer."),
    "withdraw": _("%(organization)s withdrew the offer."),
    "import": _("The offer was imported from a file."),
}


def _say(sentence, **words) -> SafeString:
    """A sentence with names and quoted words set apart, so that any script may stand in any other."""
    marked = {name: format_html("<bdi>{}</bdi>", word) if word else "" for name, word in words.items()}
    said = str(conditional_escape(sentence)) % marked
    return mark_safe(said.strip())  # noqa: S308 (every word was escaped above)


# Requests -------------------------------------------------------------------------------------------------------------


def of_request(request: CooperationRequest, user, seen_as: Audience, names: Names, visible) -> list[Entry]:
    """The timeline of a request, newest first: everything for office, centre and coordinator, else what is public.

    Matches and engagements speak only where the reader may see the match itself: `visible` are those of this request,
    with offer, organization, component and engagement.
    """
    matches = {match.pk: match for match in visible}
    engagements = {match.engagement.pk: match.pk for match in visible if hasattr(match, "engagement")}
    events = _events(request, matches, engagements)
    teller = _Teller(request, events, names, seen_as, staff=can(user, Permission.MATCH_VIEW, request))
    told = [teller.tell(event, matches, engagements) for event in events]
    return [entry for entry in told if entry][:LONGEST]


def _events(request, matches, engagements) -> list[AuditEvent]:
    about = Q(object_type=CooperationRequest._meta.label_lower, object_id=request.pk)
    about |= Q(object_type=Match._meta.label_lower, object_id__in=matches)
    about |= Q(object_type=Engagement._meta.label_lower, object_id__in=engagements)
    return list(AuditEvent.objects.filter(about).exclude(action="save").order_by("-at", "-pk")[: 3 * LONGEST])


class _Teller:
    """Turns the events of one request into sentences."""

    def __init__(self, request, events, names, seen_as, *, staff):
        self.request, self.names, self.seen_as, self.staff = request, names, seen_as, staff
        self.holders = self._holders(events)

    def _holders(self, events) -> dict[int, str]:
        """By event: the centre that held the request then (empty: the helpdesk),
        read backwards through the handovers.
        """
        holder = self.request.centre.name if self.request.centre else ""
        found = {}
        for event in events:
            if event.action in HANDOVERS and "former" in event.details:
                holder = self._centre(event.details["former"])
            found[event.pk] = holder
        return found

    def _centre(self, slug: str) -> str:
        return self.names.name("centre", slug) if slug else ""

    def tell(self, event, matches, engagements) -> Entry | None:
        kind = event.object_type.rpartition(".")[2]
        if kind == Match._meta.model_name:
            return self._about_match(event, matches[event.object_id])
        if kind == Engagement._meta.model_name:
            return self._about_engagement(event, matches[engagements[event.object_id]])
        return self._about_request(event) if event.is_public or self.seen_as == "full" else None

    def _about_request(self, event) -> Entry | None:
        if event.action == "computed":
            sentence = COMPUTED.get(event.after)
        elif event.action == "complete" and event.after != "completed":
            sentence = ONE_SIDE_COMPLETED
        else:
            sentence = self._said_of(event, REQUEST_SENTENCES)
        if sentence is None:
            return None
        words = self._words(event) | {
            "former": self._centre(event.details.get("former", "")),
            "next": self._centre(event.details.get("centre", "")),
            "component": event.details.get("component", ""),
            "joining": self._party(event),
            "other": event.details.get("other", ""),
        }
        state = event.after if event.after != event.before and event.action != "start" else ""
        return Entry(event.at, _say(sentence, **words), "request", state)

    def _said_of(self, event, sentences):
        """The sentence about an act, in its form for the helpdesk where no centre held the request."""
        if event.action == "redirect" and not event.details.get("centre"):
            return TO_HELPDESK
        if self.holders[event.pk]:
            return sentences.get(event.action)
        if event.action == "redirect":
            return FROM_HELPDESK
        return HELPDESK_SENTENCES.get(event.action, sentences.get(event.action))

    def _party(self, event) -> str:
        code = event.details.get("party", "")
        return self.names.name("party", code) if code else ""

    def _words(self, event) -> dict[str, str]:
        return {
            "party": self.request.party.name,
            "centre": self.holders[event.pk],
            "text": event.details.get("text", ""),
            "reason": reason_label(event.reason_code),
            # Why a late request was taken away is between the coordinator and the centre.
            "note": "" if event.reason_code == "late" and not self.staff else event.reason,
        }

    def _about_match(self, event, match) -> Entry | None:
        agreed = event.after == MatchStatus.AGREED
        if self.seen_as == "public" and not agreed:
            return None
        if event.action in CENTRE_ONLY and not self.staff:
            return None
        sentence = MATCH_SENTENCES["agreed"] if agreed else self._said_of(event, MATCH_SENTENCES)
        state = event.after if event.after != event.before else ""
        return self._entry(event, match, sentence, "match", state)

    def _about_engagement(self, event, match) -> Entry | None:
        if self.seen_as == "public" and not event.is_public:
            return None
        return self._entry(event, match, ENGAGEMENT_SENTENCES.get(event.action), "engagement", event.after)

    def _entry(self, event, match, sentence, noun, state) -> Entry | None:
        if sentence is None:
            return None
        organization = match.offer.organization.name
        speaks = {"party": self.request.party.name, "provider": organization}
        words = self._words(event) | {
            "organization": organization,
            "offer": match.offer.title,
            "component": match.component.number,
            "side": speaks.get(event.details.get("side", ""), ""),
        }
        return Entry(event.at, _say(sentence, **words), noun, state)


# Offers ---------------------------------------------------------------------------------------------------------------


def of_offer(offer: Offer, *, full: bool) -> list[Entry]:
    """The timeline of an offer, newest first; without `full` only what is public."""
    events = AuditEvent.objects.of(offer).exclude(action="save")
    if not full:
        events = events.filter(is_public=True)
    return [_offer_entry(offer, event) for event in events[:LONGEST] if event.action in OFFER_SENTENCES]


def _offer_entry(offer, event) -> Entry:
    words = {
        "organization": offer.organization.name,
        "centre": offer.verifying_centre.name if offer.verifying_centre else "",
        "reason": reason_label(event.reason_code),
        "note": event.reason,
    }
    state = event.after if event.action != "start" else ""
    sentence = OFFER_SENTENCES[event.action]
    if offer.verifying_centre is None:
        sentence = OFFER_HELPDESK_SENTENCES.get(event.action, sentence)
    return Entry(event.at, _say(sentence, **words), "offer", state)
