"""What a reminder says: who, what, until when, and what happens then. Each person reads it in their own language."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ...announce import day
from .levels import Level
from .waits import Wait

# kind: (subject before, text before, subject past the date, text past the date)
SENTENCES: dict[str, tuple[Any, Any, Any, Any]] = {
    "request_submitted": (
        _("%(reference)s of %(of)s: please decide until %(until)s"),
        _(
            "%(of)s waits for an answer about “%(title)s” until %(until)s. Accept it, ask a question, answer it or "
            "hand it on."
        ),
        _("Late: %(reference)s of %(of)s was due on %(until)s"),
        _(
            "%(of)s has waited since %(until)s for an answer about “%(title)s”. Accept it, ask, answer it or hand it "
            "on."
        ),
    ),
    "request_clarification": (
        _("%(reference)s: please answer the question until %(until)s"),
        _("The centre waits until %(until)s for your answer to its question about “%(title)s”."),
        _("Late: the answer about %(reference)s was due on %(until)s"),
        _("The centre has waited since %(until)s for your answer to its question about “%(title)s”."),
    ),
    "request_answered": (
        _("%(reference)s: please say until %(until)s whether the answer helps"),
        _("You have an answer to “%(title)s”. Please confirm that it helps, or reopen the request, until %(until)s."),
        _("Late: %(reference)s has waited for your word since %(until)s"),
        _(
            "You have an answer to “%(title)s” since before %(until)s. Please confirm that it helps, or reopen the "
            "request."
        ),
    ),
    "match_party": (
        _("%(reference)s: please accept or decline until %(until)s"),
        _("“%(offer)s” of %(of)s is offered to you for “%(title)s”. Please accept or decline until %(until)s."),
        "",
        "",
    ),
    "match_provider": (
        _("%(reference)s: please accept or decline until %(until)s"),
        _("Your offer “%(offer)s” is asked for: “%(title)s” of %(of)s. Please accept or decline until %(until)s."),
        "",
        "",
    ),
    "approach": (
        _("%(reference)s: please answer the invitation until %(until)s"),
        _(
            "You are invited to offer for “%(title)s” of %(of)s. Please answer with an offer, or decline, until "
            "%(until)s."
        ),
        "",
        "",
    ),
    "offer_in_verification": (
        _("%(reference)s of %(of)s: please verify until %(until)s"),
        _("%(of)s waits until %(until)s for the verification of its offer “%(title)s”. Publish it or return it."),
        _("Late: the verification of %(reference)s was due on %(until)s"),
        _("%(of)s has waited since %(until)s for the verification of its offer “%(title)s”. Publish it or return it."),
    ),
    "claim": (
        _("Please verify until %(until)s: %(title)s claims to act for %(of)s"),
        _("%(title)s says that they act for %(of)s. Please verify or refuse the claim until %(until)s."),
        _("Late: the claim of %(title)s to act for %(of)s was due on %(until)s"),
        _("%(title)s has waited since %(until)s to act for %(of)s. Please verify or refuse the claim."),
    ),
    "ticket": (
        _("Helpdesk, %(reference)s: please answer until %(until)s"),
        _("A question to the helpdesk waits until %(until)s for an answer: “%(title)s”."),
        _("Late: the answer to %(reference)s of the helpdesk was due on %(until)s"),
        _("A question to the helpdesk has waited for an answer since %(until)s: “%(title)s”."),
    ),
}

# What happens next, by the side that acts and the level that is told.
NEXT: dict[str, tuple[Any, Any, Any, Any]] = {
    "centre": (
        _("Past this day a late notice goes to the officers, then to the head of the centre, then to the coordinator."),
        _("If nothing happens within three working days, the head of the centre is told."),
        _("If nothing happens within five working days, the coordinator is told, who can hand it to somebody else."),
        _("The coordinator can hand it to somebody else now, with a reason."),
    ),
    "helpdesk": (
        _("Past this day it is shown as late to all coordinators."),
        _("It is shown as late to all coordinators."),
        _("It is shown as late to all coordinators."),
        _("It is shown as late to all coordinators."),
    ),
    "country": (
        _("Past this day your drafters are reminded, then the focal point, then everybody in your office."),
        _("If nothing happens within three working days, the focal point is reminded."),
        _("If nothing happens within five working days, everybody in your office is reminded."),
        _("Nothing is lost: what waits for your office stays with it."),
    ),
}
LAPSE = _("Without an answer the match lapses after this day, and the place is free for others.")
INVITATION_LAPSES = _("Without an answer the invitation lapses after this day. You can offer for the need at any time.")
DORMANT = _("60 days after the question the request becomes dormant. Nothing is lost: an answer revives it.")
CLAIM = _("If nobody near to it decides, the coordinator is told, who can decide too.")


def said(wait: Wait, level: Level) -> dict[str, Any]:
    """The arguments of a notice: subject, text, path and what they are filled with."""
    before, text_before, late, text_late = SENTENCES[wait.kind]
    subject, text = (before, text_before) if level is Level.BEFORE else (late, text_late)
    params = _facts(wait) | {"until": day(wait.due_on)}
    return {
        "subject": subject,
        "text": _Paragraphs(text, _next(wait, level)),
        "path": _path(wait),
        "params": params,
    }


class _Paragraphs:
    """Two lazy sentences, one below the other, read in the language of whoever is told."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def __str__(self) -> str:
        return "\n\n".join(str(part) for part in self.parts)


def _next(wait: Wait, level: Level) -> Any:
    if wait.lapses:
        return INVITATION_LAPSES if wait.kind == "approach" else LAPSE
    if wait.kind == "claim":
        return CLAIM
    if wait.kind == "request_clarification" and level in (Level.SECOND, Level.THIRD):
        return DORMANT
    return NEXT[wait.side][level]


def _request_facts(wait: Wait) -> dict[str, Any]:
    return {"reference": wait.record.reference, "title": wait.record.title, "of": wait.record.party}


def _match_facts(wait: Wait) -> dict[str, Any]:
    match = wait.record
    need, organization = match.component, match.offer.organization
    other = organization if wait.side == "country" else need.request.party
    return {"reference": match.reference, "title": need.title, "offer": match.offer.title, "of": other}


def _approach_facts(wait: Wait) -> dict[str, Any]:
    need = wait.record.component
    return {"reference": wait.record.reference, "title": need.title, "of": need.request.party}


def _offer_facts(wait: Wait) -> dict[str, Any]:
    return {"reference": wait.record.reference, "title": wait.record.title, "of": wait.record.organization}


def _claim_facts(wait: Wait) -> dict[str, Any]:
    return {"title": wait.record.user, "of": wait.record.claimed}


def _ticket_facts(wait: Wait) -> dict[str, Any]:
    return {"reference": wait.record.reference, "title": wait.record.subject}


FACTS: dict[str, Callable[[Wait], dict[str, Any]]] = {
    "cooperationrequest": _request_facts,
    "match": _match_facts,
    "approach": _approach_facts,
    "offer": _offer_facts,
    "claim": _claim_facts,
    "ticket": _ticket_facts,
}


def _facts(wait: Wait) -> dict[str, Any]:
    return FACTS[wait.record._meta.model_name](wait)


def _path(wait: Wait) -> Any:
    name = wait.record._meta.model_name
    if name == "claim":
        return reverse_lazy("claim_list")
    names = {
        "match": "match_detail",
        "approach": "approach_detail",
        "cooperationrequest": "request_detail",
        "offer": "offer_detail",
        "ticket": "ticket_detail",
    }
    return reverse_lazy(names[name], args=[wait.record.reference])
