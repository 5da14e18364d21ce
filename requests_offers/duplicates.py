"""Rows to the core and back: has the Party, or one that asks together with it, filed this need before?"""

from dataclasses import dataclass

from django.db.models import Q

from .matching.records import Text
from .matching.twins import Filed, twins
from .models import CooperationRequest

LOOKED_AT = 300  # the newest ones; no Party has filed more


@dataclass(frozen=True)
class Earlier:
    """A request that says nearly the same, and how near."""

    record: CooperationRequest
    score: float


def filed_before(request: CooperationRequest, user) -> list[Earlier]:
    """Requests of the Parties that ask, in any state, that say nearly what this one says; only those `user` may see.

    Whoever has said that one is another need is not asked about it again.
    """
    said = _texts(request)
    if not said:
        return []
    asking = [request.party_id, *(party.pk for party in request.co_parties.all())]
    theirs = Q(party__in=asking) | Q(pk__in=_joint(asking))
    known = CooperationRequest.objects.visible_to(user).filter(theirs).exclude(pk=request.pk)
    known = known.exclude(pk__in=request.not_the_same_as.values("pk")).select_related("party", "centre")
    rows = {row.pk: row for row in known.defer("search_text").order_by("-pk")[:LOOKED_AT]}
    found = twins(said, [Filed(pk, texts) for pk, row in rows.items() if (texts := _texts(row))])
    return [Earlier(rows[twin.id], twin.score) for twin in found]


def _joint(parties: list[int]):
    return CooperationRequest.co_parties.through.objects.filter(party__in=parties).values("cooperationrequest")


def _texts(request: CooperationRequest) -> tuple[Text, ...]:
    """Title and summary: what everybody writes first, and what says most."""
    parts = (request.title, request.summary)
    return tuple(Text(part, request.language) for part in parts if part.strip())
