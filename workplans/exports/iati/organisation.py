"""The organization file: what the network means to spend in each year, and where its papers are."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from ...models import Workplan
from . import codes, money
from .activities import EXAMPLE, moment, reporting
from .facts import PlanFacts, address_of, load, reporter
from .feed import PLANS_AT_ONCE, freshness
from .xml import DECLARATION, narrative, start, tag, text

Key = tuple[int, str, str]


def organisation(plans: QuerySet[Workplan]) -> str:
    """The file of the reporting organization, summed up over its published plans."""
    who = reporter()
    found = freshness(plans)
    names = money.named(who)
    if settings.DEMO:
        names = "".join(narrative(EXAMPLE + words, language) for language, words in who.names.items())
    parts = [
        tag("organisation-identifier", text(who.ref)),
        tag("name", names),
        reporting(),
        *_budgets(plans),
        _document(address_of("about"), settings.IATI_REPORTING_NAME, codes.Document.ORGANISATION_PAGE),
        _document(address_of("workplan_list"), "Workplans", codes.Document.STRATEGY),
    ]
    changed = found[1] if found else timezone.now()
    return (
        DECLARATION
        + start("iati-organisations", version=codes.VERSION, generated_datetime=moment(timezone.now()))
        + "\n"
        + start("iati-organisation", lang="en", default_currency="USD", last_updated_datetime=moment(changed))
        + "\n"
        + "\n".join(parts)
        + "\n</iati-organisation>\n</iati-organisations>\n"
    )


def _budgets(plans: QuerySet[Workplan]) -> Iterator[str]:
    """The budget of each year by currency, with a line for each plan; currencies are never added up."""
    sums: dict[Key, list[tuple[dict[str, Any], Decimal, str]]] = defaultdict(list)
    for plan in _facts(plans):
        lines = [line for one in plan.document["activities"] for line in one["budget_lines"]]
        for key, (amount, on) in money.by_year(plan, lines).items():
            sums[key].append((plan.document, amount, on))
    for (year, currency, status), rows in sorted(sums.items()):
        whole = money.value(sum((row[1] for row in rows), Decimal(0)), currency, max(row[2] for row in rows))
        parts = [
            tag("budget-line", money.value(amount, currency, on), _titled(document), ref=document["reference"])
            for document, amount, on in rows
        ]
        yield tag("total-budget", money.year_of(year), whole, *parts, status=status)


def _titled(document: dict[str, Any]) -> str:
    return narrative(document["title"] or document["reference"], document["language"])


def _facts(plans: QuerySet[Workplan]) -> Iterator[PlanFacts]:
    ids = list(plans.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), PLANS_AT_ONCE):
        yield from load(ids[first : first + PLANS_AT_ONCE], {})


def _document(url: str, title: str, category: str) -> str:
    return tag(
        "document-link",
        tag("title", narrative(title, "en")),
        tag("category", code=category),
        tag("language", code="en"),
        format="text/html",
        url=url,
    )
