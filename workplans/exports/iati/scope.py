"""What of a file concerns a centre."""

from datetime import date

from django.db.models import Min

from centres.models import Coverage, SupportCentre

from ...models import Workplan
from . import codes
from .facts import regions_of_centres
from .reading import Scope


def scope_of(centre: SupportCentre | None, *, with_ended: bool = False) -> Scope:
    """What concerns a centre: its Parties, their regions, and work that goes on in the years of its plans."""
    since = None
    if not with_ended:
        plans = Workplan.objects.filter(centre=centre, closed_at__isnull=True)
        since = plans.aggregate(year=Min("period__starts"))["year"]
    first = date(since, 1, 1) if since else None
    if centre is None:
        return Scope(None, frozenset(), first)
    parties = Coverage.objects.current().filter(centre=centre).values_list("party__iso2", flat=True)
    regions = {regions_of_centres().get(centre.pk, codes.WORLD)}
    return Scope(frozenset(parties), frozenset(regions), first)
