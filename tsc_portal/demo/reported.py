"""What the practice agency publishes elsewhere, read from its file: one activity accepted, one that waits."""

from io import BytesIO
from typing import Any

from centres.models import SupportCentre
from workplans.actions import co_funding
from workplans.exports.iati import reading
from workplans.exports.iati.scope import scope_of
from workplans.models import Activity, CoFunding, Workplan

ACCEPTED, WAITING = "XX-PRACTICE-AGENCY-31", "XX-PRACTICE-AGENCY-32"
# identifier, title, description, Party, sector, currency, budget, committed, paid out
PUBLISHED = [
    (
        ACCEPTED, "Boats for lagoon communities", "Repair of boats and of two landing places after the storms.",
        "XA", "41030", "EUR", "240000.00", "180000.00", "65000.00",
    ),
    (
        WAITING, "Herders and wells in the drylands", "Forty wells are surveyed, and herders learn to keep the records.",
        "XB", "41030", "USD", "410000.00", "300000.00", "120500.00",
    ),
    (
        "XX-PRACTICE-AGENCY-40", "A road to the harbour", "Two kilometres of road.",
        "XA", "21020", "EUR", "900000.00", "900000.00", "450000.00",
    ),
]  # fmt: skip


def publish(starts: int) -> bytes:
    """The file of the agency."""
    activities = "".join(_activity(words, starts) for words in PUBLISHED)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><iati-activities version="2.03">{activities}</iati-activities>'.encode()
    )


def _activity(words: tuple[str, ...], starts: int) -> str:
    identifier, title, description, party, sector, currency, budget, committed, paid = words
    day = f"{starts}-03-01"
    return f"""<iati-activity default-currency="{currency}" last-updated-datetime="{starts}-09-15T08:00:00Z">
      <iati-identifier>{identifier}</iati-identifier>
      <reporting-org ref="XX-PRACTICE-AGENCY" type="10"><narrative>Practice Development Agency</narrative></reporting-org>
      <title><narrative xml:lang="en">{title}</narrative></title>
      <description><narrative xml:lang="en">{description}</narrative></description>
      <participating-org role="1" type="10"><narrative>Practice Development Agency</narrative></participating-org>
      <activity-status code="2"/>
      <activity-date type="2" iso-date="{day}"/><activity-date type="3" iso-date="{starts + 2}-02-28"/>
      <recipient-country code="{party}" percentage="100"/><sector vocabulary="1" code="{sector}"/>
      <budget><value value-date="{day}">{budget}</value></budget>
      <transaction><transaction-type code="2"/><value value-date="{day}">{committed}</value></transaction>
      <transaction><transaction-type code="3"/><value value-date="{day}">{paid}</value></transaction>
    </iati-activity>"""


def tell(accounts: dict[str, Any]) -> None:
    """An officer of the practice centre reads the file and accepts one of its activities."""
    centre, officer = SupportCentre.objects.get(slug="practice"), accounts["officer"]
    plan = Workplan.objects.published().filter(centre=centre).order_by("period__starts").first()
    if plan is None:
        return
    content = publish(plan.period.starts)
    book = reading.read(BytesIO(content), scope_of(centre), size=len(content))
    co_funding.propose(centre, book.found, by=officer, is_example=True)
    first = Activity.objects.filter(version=plan.current_version_id).in_order().select_related("identity__workplan")[0]
    row = CoFunding.objects.get(centre=centre, iati_identifier=ACCEPTED)
    words = "Agreed with the agency: it repairs the boats, the centre holds the courses."
    co_funding.accept(row, by=officer, part=first.identity, text=words)
