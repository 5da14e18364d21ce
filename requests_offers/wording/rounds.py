"""Allocation rounds in words: the methods, their figures, what has changed since, and why a pair was left out."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..lifecycle import MatchStatus
from ..matching.allocate import EQUITY_WEIGHT

METHODS = {
    "flow": gettext_lazy("Best for all, first offers first"),
    "greedy": gettext_lazy("Best pairs first"),
    "turns": gettext_lazy("Taking turns"),
}
METHODS_MEAN = {
    "flow": gettext_lazy(
        "Looks at all pairs at once. As many needs as possible get a first offer, and least developed countries and "
        "small island developing States count for more. This is what the portal proposes."
    ),
    "greedy": gettext_lazy(
        "Takes the best pair that is left, again and again, as one would with a spreadsheet. "
        "Whoever comes late may get nothing."
    ),
    "turns": gettext_lazy(
        "Needs choose one after the other, least developed countries and small island developing States first, "
        "then who has least."
    ),
}
CHANGES = {
    "needs": gettext_lazy("Open needs have changed or were scored again."),
    "supply": gettext_lazy("Offers have changed."),
    "weights": gettext_lazy("The weights of the score have changed."),
}
SKIPPED = {
    "gone": gettext_lazy("the offer is no longer suggested for this need"),
    "offer_closed": gettext_lazy("the offer has expired, is full or is not published now"),
    "elsewhere": gettext_lazy("another centre holds the request now"),
}

# Figure, what it counts, what that means, and how it is written.
FIGURES = (
    ("served", gettext_lazy("Needs with at least one offer"), "", "of_needs"),
    ("fully_served", gettext_lazy("Needs with all the partners they want"), "", "of_needs"),
    (
        "total_value",
        gettext_lazy("Total fit"),
        gettext_lazy(
            "Each pair counts by its score relative to the best score of its need; priority needs count for more."
        ),
        "number",
    ),
    (
        "worst_off",
        gettext_lazy("Worst off"),
        gettext_lazy(
            "How much of its best offers the need with least gets; nothing where nothing is suggested for a need."
        ),
        "percent",
    ),
    (
        "priority_satisfaction",
        gettext_lazy("Least developed countries and small island developing States"),
        gettext_lazy("How much of their best offers they get, on average."),
        "percent",
    ),
    (
        "other_satisfaction",
        gettext_lazy("All others"),
        gettext_lazy("How much of their best offers they get, on average."),
        "percent",
    ),
    (
        "load_gini",
        gettext_lazy("Unevenness of the load"),
        gettext_lazy("0 when all offers are used to the same degree, near 100 when few offers carry everything."),
        "hundredths",
    ),
)


def why_skipped(code: str) -> str:
    """Why a pair was left out when the round was applied."""
    if code in SKIPPED:
        return str(SKIPPED[code])
    state = dict(MatchStatus.choices).get(code, code)
    return _("the match is in the state “%(state)s” now") % {"state": state}


def priority_factor() -> str:
    """By how much the needs of priority countries count for more, as a plain number."""
    return f"{EQUITY_WEIGHT:g}"
