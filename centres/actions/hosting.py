"""The steps by which a centre comes into being."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.actions import audit
from centres.models import Hosting, SupportCentre


@transaction.atomic
def record_operating(centre: SupportCentre, on: date, *, by: Any = None, source: str = "") -> SupportCentre:
    """Write down the day from which a centre receives requests, on its lead host's row."""
    hosting = centre.hostings.select_for_update().filter(retired_on__isnull=True).order_by("pk")
    lead = next((row for row in hosting if row.role == Hosting.Role.LEAD), None) or hosting.get()
    before = lead.operating_on
    lead.operating_on = on
    lead.source = source or lead.source
    lead.from_reference = False  # a later load leaves what people recorded alone
    lead.save(update_fields=["operating_on", "source", "from_reference"])
    audit.record("record_operating", centre, by=by, before=str(before or ""), after=str(on))
    return centre
