"""What the practice fund promised and paid: one commitment of which half arrived, one promise, one first interest."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone

from centres.models import Organization
from workplans.actions import pledge_money, pledges
from workplans.models import BudgetLine, Pledge, Workplan

from .plan_story import FUND, RATES

PAPER = b"EXAMPLE. Letter of commitment of the Practice Biodiversity Fund, made up for trying out the portal.\n"


def tell(accounts: dict[str, Any]) -> None:
    """Through the steps of both sides, on lines of the practice centre's finalized plan."""
    plan = Workplan.objects.get(centre__slug="practice", current_version__isnull=False, closed_at__isnull=True)
    donor, officer, head = accounts["donor"], accounts["officer"], accounts["head"]

    field_work = _interest(
        plan, "Contract with the dryland network", donor, "We follow the drylands. What is the timing?"
    )
    pledges.discuss(field_work, by=officer, text="The contract can begin as soon as half of the amount is there.")
    _promise(field_work, donor, "12000000.00", "XOF")
    pledge_money.commit(field_work, by=donor, document=BytesIO(PAPER), name="letter-of-commitment.txt")
    pledge_money.confirm_commitment(field_work, by=head)
    arrived = timezone.now().date() - timedelta(days=20)
    pledge_money.record_receipt(
        field_work, by=head, amount=Decimal("6000000.00"), received_on=arrived, note="First half"
    )

    boats = _interest(plan, "Harvesting boats, two", donor, "We may pay for one of the two boats.")
    pledges.discuss(boats, by=officer, text="One boat is a good beginning; the other is asked of somebody else.")
    _promise(boats, donor, "30000.00", "EUR")

    _interest(plan, "Follow-up courses", donor, "Could the courses be held in two languages?")


def _interest(plan: Workplan, line: str, donor: Any, text: str) -> Pledge:
    found = BudgetLine.objects.get(activity__version=plan.current_version, description=line)
    fund = Organization.objects.get(slug=FUND)
    return pledges.express_interest(found.identity, fund, by=donor, text=text)


def _promise(pledge: Pledge, donor: Any, amount: str, currency: str) -> None:
    rate, _day, source = RATES[currency]
    facts: dict[str, Any] = {"rate_to_usd": Decimal(rate), "rate_on": timezone.now().date(), "rate_source": source}
    pledge_money.pledge_amount(pledge, by=donor, amount=Decimal(amount), currency=currency, **facts)
