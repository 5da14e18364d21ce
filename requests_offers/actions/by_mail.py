"""Answers that come through a link in a mail: the link is used up and the ordinary act is done,
together or not at all.
"""

from typing import Any

from django.db import transaction

from accounts.actions import mail_links
from accounts.models import MailLink

from ..models import Approach, Match, Offer
from . import approaches, matches


def side_of(link: MailLink, match: Match) -> str:
    """The side for which a link was sent: that of the membership that gives the right."""
    return "party" if link.membership.party_id == match.component.request.party_id else "provider"


@transaction.atomic
def accept(link: MailLink, match: Match, *, publish: bool = False) -> Match:
    """Say yes to an offered match through a link."""
    return matches.accept(match, by=mail_links.redeem(link), side=side_of(link, match), publish=publish)


@transaction.atomic
def decline(link: MailLink, match: Match, **said: Any) -> Match:
    """Say no to an offered match through a link, with a reason."""
    return matches.decline(match, by=mail_links.redeem(link), side=side_of(link, match), **said)


@transaction.atomic
def answer_invitation(link: MailLink, approach: Approach, offer: Offer, *, note: str = "") -> Approach:
    """Answer an invitation through a link, with an offer there is."""
    return approaches.answer(approach, by=mail_links.redeem(link), offer=offer, note=note)


@transaction.atomic
def decline_invitation(link: MailLink, approach: Approach, **said: Any) -> Approach:
    """Decline an invitation through a link, with a reason."""
    return approaches.decline(approach, by=mail_links.redeem(link), **said)
