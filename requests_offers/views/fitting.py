"""What third parties offer beside a request: the opportunities that fit, each with its reason."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import Permission, reach
from knowledge.models import Opportunity

from ..actions.finding_opportunities import FoundOpportunity, opportunities_for
from ..actions.knowledge_states import State
from ..lifecycle import RequestStatus
from ..models import CooperationRequest
from ..wording.evidence import why
from ..wording.names import Names

R = RequestStatus
LOOKING = frozenset({R.SUBMITTED, R.CLARIFICATION, R.ANSWERED, R.MATCHING, R.PARTLY_MATCHED, R.UNMET})
SAID = ("targets", "subjects", "cooperation_types", "text")  # the criteria that say most to a reader, in this order
REASONS = 2
SHOWN = 5


def of_request(request: CooperationRequest, names: Names, state: State) -> list[Opportunity]:
    """Up to three opportunities for a request that still looks for help, with `why` in the reader's words."""
    if request.status not in LOOKING:
        return []
    found = opportunities_for(request, state=state)
    for one in found:
        one.opportunity.why = _reason(one, names)  # type: ignore[attr-defined]
    return [one.opportunity for one in found]


def _reason(found: FoundOpportunity, names: Names) -> str:
    shares = {share["criterion"]: share for share in found.explanation if share["value"]}
    said = [why(shares[name], names) for name in SAID if name in shares]
    return _(". ").join([words for words in said if words][:REASONS])


def of_offices(user: Any) -> list[Opportunity]:
    """What is open to the Parties for which somebody works, the soonest deadline first."""
    parties = reach(user, Permission.REQUEST_DRAFT).parties
    if not parties:
        return []
    open_to = Opportunity.objects.none()
    for membership in user.current_memberships:
        if membership.party_id in parties:
            open_to = open_to | Opportunity.objects.open().for_party(membership.party)
    return list(open_to.distinct().closing_first()[:SHOWN])
