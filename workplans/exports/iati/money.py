"""Budgets, planned disbursements and transactions. Each amount stands once, in its own currency, with its day.

Budgets of activities stand at the activities, never again at the plan: whoever adds up a file gets the plan's total.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from ...actions.contents import money
from ...lifecycle import FIRM
from ...models import Funding, Pledge
from . import codes
from .facts import Actor, PlanFacts, actor_of
from .xml import narrative, narratives, tag


def named(actor: Actor) -> str:
    """The names of an organization; one that is the same in all languages carries none."""
    return narrative(actor.names[""]) if "" in actor.names else narratives(actor.names)


def value(amount: Decimal, currency: str, on: date | str) -> str:
    """An amount with the day whose rate of exchange holds for it."""
    return tag("value", money(amount), currency=currency, value_date=on)


def period(starts: date | str, ends: date | str) -> str:
    return tag("period-start", iso_date=starts) + tag("period-end", iso_date=ends)


# Budgets --------------------------------------------------------------------------------------------------------------


def budgets(plan: PlanFacts, lines: list[dict[str, Any]]) -> str:
    """The budget of each year, by currency, apart for what is secured and what is still sought."""
    kind = codes.Budget.REVISED if plan.is_revised else codes.Budget.ORIGINAL
    return "\n".join(
        tag("budget", year_of(year), value(amount, currency, on), type=kind, status=status)
        for (year, currency, status), (amount, on) in sorted(by_year(plan, lines).items())
    )


def year_of(year: int) -> str:
    """A year as a period."""
    return period(date(year, 1, 1), date(year, 12, 31))


def by_year(plan: PlanFacts, lines: list[dict[str, Any]]) -> dict[tuple[int, str, str], tuple[Decimal, str]]:
    """Sums of lines and the day of their rate, by year, currency and BudgetStatus."""
    found: dict[tuple[int, str, str], tuple[Decimal, str]] = {}
    for line in lines:
        status = codes.Budget.INDICATIVE if line["funding"] == Funding.SOUGHT else codes.Budget.COMMITTED
        key = (line["year"], line["currency"], status)
        amount, on = found.get(key, (Decimal(0), ""))
        found[key] = (amount + Decimal(line["amount"]), max(on, day_of(plan, line)))
    return {key: entry for key, entry in found.items() if entry[0]}


def day_of(plan: PlanFacts, line: dict[str, Any]) -> str:
    """The day of a line's rate; without one, the day on which the plan was agreed."""
    agreed = plan.version.finalized_at
    assert agreed is not None
    return line["rate_on"] or agreed.date().isoformat()


# Planned disbursements ------------------------------------------------------------------------------------------------


def planned(plan: PlanFacts, lines: list[dict[str, Any]], pledges: list[Pledge], receiver: Actor) -> str:
    """What is to come: secured lines whose funder is known, and what is committed and not yet received."""
    years = {line["reference"]: line["year"] for line in lines}
    return "\n".join([*_secured(plan, lines, receiver), *_committed(plan, pledges, years, receiver)])


def _secured(plan: PlanFacts, lines: list[dict[str, Any]], receiver: Actor) -> Iterator[str]:
    for line in lines:
        amount = Decimal(line["amount"])
        if line["funding"] != Funding.SECURED or not line["funder"] or not amount:
            continue
        funder = plan.organizations.get(line["funder"]["slug"])
        giver = actor_of(funder) if funder else Actor({"": line["funder"]["name"]})
        yield _disbursement(year_of(line["year"]), value(amount, line["currency"], day_of(plan, line)), giver, receiver)


def _committed(plan: PlanFacts, pledges: list[Pledge], years: dict[str, int], receiver: Actor) -> Iterator[str]:
    for pledge in pledges:
        left = (pledge.amount or Decimal(0)) - sum(row.amount for row in pledge.receipts.all())
        if pledge.status not in FIRM or left <= 0 or pledge.committed_at is None:
            continue
        year = years.get(pledge.line.reference) if pledge.line else None
        when = year_of(year) if year else period(plan.starts, plan.ends)
        on = pledge.rate_on or pledge.committed_at.date()
        yield _disbursement(when, value(left, pledge.currency, on), donor_of(pledge), receiver)


def _disbursement(when: str, amount: str, giver: Actor | None, receiver: Actor) -> str:
    return tag(
        "planned-disbursement", when, amount, _side("provider-org", giver), _side("receiver-org", receiver), type="1"
    )


def _side(name: str, actor: Actor | None) -> str:
    return tag(name, named(actor), ref=actor.ref, type=actor.type) if actor else ""


def donor_of(pledge: Pledge) -> Actor | None:
    """Who gives; nobody where the donor wants to stay without a name."""
    return None if pledge.is_anonymous else actor_of(pledge.donor)


# Transactions ---------------------------------------------------------------------------------------------------------


def transactions(plan: PlanFacts, pledges: list[Pledge], receiver: Actor) -> str:
    """What was pledged, committed and received. Interest and talk, and a commitment that nobody confirmed, are none."""
    return "".join(_transaction(plan, pledge, *said, receiver=receiver) for pledge in pledges for said in _said(pledge))


def _said(pledge: Pledge) -> Iterator[tuple[str, date, Decimal]]:
    amount = pledge.amount or Decimal(0)
    if pledge.pledged_at:
        yield codes.Transaction.PLEDGE, pledge.pledged_at.date(), amount
    if pledge.status in FIRM and pledge.committed_at:
        yield codes.Transaction.COMMITMENT, pledge.committed_at.date(), amount
        for receipt in pledge.receipts.all():
            yield codes.Transaction.RECEIPT, receipt.received_on, receipt.amount


def _transaction(plan: PlanFacts, pledge: Pledge, kind: str, on: date, amount: Decimal, *, receiver: Actor) -> str:
    on = min(on, plan.today)  # where it arrived it may be tomorrow already
    return tag(
        "transaction",
        tag("transaction-type", code=kind),
        tag("transaction-date", iso_date=on),
        value(amount, pledge.currency, pledge.rate_on or on),
        _side("provider-org", donor_of(pledge)),
        _side("receiver-org", receiver),
        ref=f"{pledge.reference}-{kind}",
    )
