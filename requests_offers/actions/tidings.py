"""Notices about how providers come to a need, who comes next, messages, and offers that go or come back."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actions.notices import tell
from accounts.models import AuditEvent, Notice, User
from accounts.people import holders
from accounts.permissions import Permission

from .. import announce
from ..lifecycle import MatchStatus
from ..models import Approach, Match, Message, Offer, OpenCall

Words = Any


def providers(organization: Any) -> Any:
    return holders(Permission.MATCH_ANSWER_PROVIDER, organization=organization)


# Invitations, calls, unsolicited offers -------------------------------------------------------------------------------

TO_PROVIDER, TO_CENTRE = "provider", "centre"
APPROACH: dict[str, tuple[tuple[str, ...], Words, Words]] = {
    "invite": (
        (TO_PROVIDER,),
        _("%(party)s: you are invited to offer, please answer until %(until)s"),
        _(
            "%(centre)s invites %(organization)s to offer for “%(component)s” of %(party)s.\n\n%(message)s\n\nPlease "
            "answer "
            "until %(until)s: with an offer that you have published, with a new one, or with a reason why not."
        ),
    ),
    "answer": (
        (TO_CENTRE,),
        _("%(organization)s has answered your invitation for %(component_reference)s"),
        _(
            "%(organization)s answers your invitation with “%(offer)s”, for “%(component)s” of %(party)s. Once the "
            "offer is "
            "published it stands on your board.\n\n%(note)s"
        ),
    ),
    "decline": (
        (TO_CENTRE,),
        _("%(organization)s has declined your invitation for %(component_reference)s"),
        _("%(organization)s does not offer for “%(component)s” of %(party)s. Reason: %(reason)s."),
    ),
    "lapse": (
        (TO_PROVIDER, TO_CENTRE),
        _("%(reference)s has lapsed"),
        _("What %(organization)s was to offer for “%(component)s” of %(party)s has lapsed."),
    ),
    "call_off": (
        (TO_PROVIDER,),
        _("The invitation %(reference)s was taken back"),
        _(
            "%(centre)s has taken the invitation to offer for “%(component)s” of %(party)s back. There is nothing to "
            "do."
        ),
    ),
    "take_back": (
        (TO_CENTRE,),
        _("%(organization)s has taken its offer for %(component_reference)s back"),
        _("%(organization)s no longer offers “%(offer)s” for “%(component)s” of %(party)s."),
    ),
    "unasked": (
        (TO_CENTRE,),
        _("%(organization)s offers for %(component_reference)s"),
        _(
            "%(organization)s offers “%(offer)s” for “%(component)s” of %(party)s without having been asked. It stands "
            "on "
            "your board.\n\n%(note)s"
        ),
    ),
    "match": (
        (TO_PROVIDER, TO_CENTRE),
        _("“%(offer)s” is on the board of the centre for %(component_reference)s"),
        _(
            "“%(offer)s” of %(organization)s for “%(component)s” of %(party)s: the centre looks at it now and offers "
            "it to "
            "both sides, or not. You get a notice in either case."
        ),
    ),
    "not_taken_up": (
        (TO_PROVIDER,),
        _("Your offer for %(component_reference)s was not taken up"),
        _("The centre does not go on with “%(offer)s” for “%(component)s” of %(party)s. Your offer stays published."),
    ),
}


def about_approach(approach: Approach, event: AuditEvent, name: str, **params: Any) -> list[Notice]:
    """Tell those concerned about a step of an approach: its provider, the centre, or both."""
    to, subject, text = APPROACH[name]
    component = approach.component
    people = [
        *(providers(approach.organization) if TO_PROVIDER in to else ()),
        *(announce.centre(component.request) if TO_CENTRE in to else ()),
    ]
    words = _of_component(component) | {
        "organization": approach.organization.name,
        "offer": approach.offer.title if approach.offer else "",
        "reference": approach.reference,
        "until": announce.day(approach.due_on),
        "message": approach.message,
        "note": approach.note,
    }
    path = reverse_lazy("approach_detail", args=[approach.reference])
    kind = f"approach_{name}"
    return tell(people, event, kind=kind, subject=subject, text=text, path=path, params=words | params)


def _of_component(component: Any) -> dict[str, Any]:
    request = component.request
    return {
        "party": announce.Lazy(lambda: request.party.name),
        "centre": announce.Lazy(lambda: request.centre.name if request.centre else _now("the helpdesk")),
        "component": component.title,
        "component_reference": component.reference,
    }


def about_own_offer(match: Match, event: AuditEvent, name: str) -> None:
    """Tell a provider that came to a need by itself what became of its offer; nobody where the match came otherwise."""
    approach = Approach.objects.filter(match=match).select_related("organization", "offer").first()
    if approach:
        approach.component = match.component
        about_approach(approach, event, name)


CALL: dict[str, tuple[Words, Words]] = {
    "open": (
        _("An open call for %(component_reference)s, until %(until)s"),
        _("%(centre)s has opened a call for “%(component)s”: whoever can help may offer until %(until)s."),
    ),
    "close": (
        _("The call for %(component_reference)s has closed"),
        _(
            "The call for “%(component)s” of %(party)s has closed. Offers received: %(count)s. They stand on your "
            "board."
        ),
    ),
    "withdraw": (
        _("The call for %(component_reference)s was withdrawn"),
        _("The call for “%(component)s” of %(party)s was withdrawn. Reason: %(reason)s."),
    ),
}


def about_call(call: OpenCall, event: AuditEvent, name: str, people: Iterable[User], **params: Any) -> None:
    """Tell these people about an open call."""
    subject, text = CALL[name]
    words = _of_component(call.component) | {"reference": call.reference, "until": announce.day(call.due_on)}
    path = reverse_lazy("call_detail", args=[call.reference])
    tell(people, event, kind=f"call_{name}", subject=subject, text=text, path=path, params=words | params)


# Who comes next -------------------------------------------------------------------------------------------------------

NEXT = {
    "decline": _("“%(offer)s” for “%(component)s” was declined. Reason: %(reason)s.\n\n%(next)s"),
    "lapse": _("Not both sides answered in time about “%(offer)s” for “%(component)s”.\n\n%(next)s"),
}
NEXT_SUBJECT = {
    "decline": _("%(reference)s was declined: who comes next"),
    "lapse": _("%(reference)s has lapsed: who comes next"),
}


def who_comes_next(match: Match, event: AuditEvent, name: str, **params: Any) -> None:
    """Tell the centre which three offers come next, instead of the plain notice that both sides get."""
    found = Match.objects.next_after(match, timezone.now().date())

    def named() -> str:
        if not found:
            return _now("No other offer fits this need now. You can invite somebody or open a call.")
        lines = [f"{place}. {one.offer.title} ({one.offer.organization.name})" for place, one in enumerate(found, 1)]
        return "\n".join([_now("You can offer one of these with one click:"), *lines])

    words = _of_component(match.component) | {
        "organization": match.offer.organization.name,
        "offer": match.offer.title,
        "reference": match.reference,
        "next": announce.Lazy(named),
    }
    path = reverse_lazy("match_detail", args=[match.reference])
    people = announce.centre(match.component.request)
    tell(
        people,
        event,
        kind=f"match_{name}",
        subject=NEXT_SUBJECT[name],
        text=NEXT[name],
        path=path,
        params=words | params,
    )


# The conversation -----------------------------------------------------------------------------------------------------

MESSAGE = (
    _("%(reference)s: a message from %(who)s"),
    _("%(who)s writes about “%(offer)s” for “%(component)s”:\n\n%(text)s"),
)
TRANSLATOR = (
    _("%(reference)s: %(translator)s translates"),
    _(
        "The two sides of “%(offer)s” for “%(component)s” have no working language in common. %(translator)s "
        "translates, from "
        "%(day)s on."
    ),
)


def inside(match: Match) -> list[User]:
    """Everybody who takes part in the conversation: both sides and the centre."""
    request = match.component.request
    return [*announce.office(request), *announce.provider(match.offer), *announce.centre(request)]


def about_message(message: Message, event: AuditEvent, who: Words) -> None:
    """Tell the two others that one side has written."""
    _to_all_inside(message.match, event, "match_message", MESSAGE, who=who, text=message.text)


def about_translator(match: Match, event: AuditEvent) -> None:
    """Tell both sides who translates, and from when."""
    facts = {"translator": match.translator, "day": match.translator_from}
    _to_all_inside(match, event, "match_translator", TRANSLATOR, **facts)


def _to_all_inside(match: Match, event: AuditEvent, kind: str, words: tuple[Words, Words], **params: Any) -> None:
    subject, text = words
    facts = {"offer": match.offer.title, "component": match.component.title, "reference": match.reference}
    path = reverse_lazy("match_detail", args=[match.reference])
    tell(inside(match), event, kind=kind, subject=subject, text=text, path=path, params=facts | params)


# Offers that go and come back -----------------------------------------------------------------------------------------

OFFER: dict[str, tuple[Words, Words]] = {
    "pause": (
        _("%(organization)s has paused the offer %(reference)s"),
        _("“%(title)s” of %(organization)s is paused. What is agreed goes on; nothing new is matched with it."),
    ),
    "resume": (
        _("%(organization)s has resumed the offer %(reference)s"),
        _("“%(title)s” of %(organization)s is compared with requests again."),
    ),
    "renew": (
        _("%(organization)s has renewed the offer %(reference)s"),
        _("“%(title)s” of %(organization)s is published again until %(expires)s."),
    ),
    "withdraw": (
        _("%(organization)s has withdrawn the offer %(reference)s"),
        _("“%(title)s” of %(organization)s was withdrawn for good. What is agreed goes on."),
    ),
    "expire": (
        _("The offer %(reference)s of %(organization)s has expired"),
        _("“%(title)s” of %(organization)s has expired. What is agreed goes on; the provider can renew it."),
    ),
}
ON_A_BOARD = (MatchStatus.PROPOSED, MatchStatus.SHORTLISTED, MatchStatus.OFFERED, MatchStatus.AGREED)


def about_offer(offer: Offer, event: AuditEvent, name: str) -> None:
    """Tell who verified an offer, the centres that have it on their boards, and the offices that deal with it."""
    subject, text = OFFER[name]
    people: list[User] = list(announce.verifiers(offer))
    rows = Match.objects.filter(offer=offer, status__in=ON_A_BOARD).order_by("pk")
    for match in rows.select_related("component__request__party", "component__request__centre"):
        request = match.component.request
        people += announce.centre(request)
        if match.status in {MatchStatus.OFFERED, MatchStatus.AGREED}:
            people += announce.office(request)
    words = {
        "organization": offer.organization.name,
        "reference": offer.reference,
        "title": offer.title,
        "expires": announce.day(offer.expires_on),
    }
    path = reverse_lazy("offer_detail", args=[offer.reference])
    tell(people, event, kind=f"offer_{name}_told", subject=subject, text=text, path=path, params=words)
