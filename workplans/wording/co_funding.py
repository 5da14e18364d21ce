"""What others report, in words."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .values import money


def amounts_text(row: Any) -> str:
    """Sums as the file says them, kind by kind and currency by currency."""
    words = {
        "budget": _("budget %(sum)s"),
        "commitment": _("committed %(sum)s"),
        "disbursement": _("paid out %(sum)s"),
    }
    parts = []
    for kind, sentence in words.items():
        sums = row.amounts.get(kind) or {}
        if sums:
            amounts = ", ".join(money(amount, currency) for currency, amount in sums.items())
            parts.append(sentence % {"sum": amounts})
    return "; ".join(parts)


def others_text(others: Counter[str]) -> str:
    """How many activities of a file were left out, and why."""
    known = {
        "topic": ngettext("%(n)d is not about biodiversity.", "%(n)d are not about biodiversity.", others["topic"]),
        "place": ngettext(
            "%(n)d is in no country of the centre.", "%(n)d are in no country of the centre.", others["place"]
        ),
        "ended": ngettext(
            "%(n)d had ended before your plans began.", "%(n)d had ended before your plans began.", others["ended"]
        ),
        "own": ngettext("%(n)d is our own.", "%(n)d are our own.", others["own"]),
        "no_identifier": ngettext("%(n)d has no identifier.", "%(n)d have no identifier.", others["no_identifier"]),
        "too_many": ngettext(
            "%(n)d was left out: a file can propose 500 at most.",
            "%(n)d were left out: a file can propose 500 at most.",
            others["too_many"],
        ),
    }
    return " ".join(sentence % {"n": others[name]} for name, sentence in known.items() if others[name])
