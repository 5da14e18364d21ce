"""Turn a stored explanation of a match into what the page draws: slots, lines of a table, linked words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.cldr import money, number
from tsc_portal.looks import BAND_WORDS, CRITERION_WORDS

GAP = 0.6  # between two slots of the strip, in hundredths of its width


def criterion_word(name: str) -> str:
    """What pages call a criterion."""
    return str(CRITERION_WORDS.get(name, name))


def band_word(band: str) -> str:
    """What pages call a band of scores."""
    return str(BAND_WORDS.get(band, band))


def _weights(explanation: list[dict]) -> float:
    return sum(entry["weight"] for entry in explanation) or 1.0


def slots(explanation: list[dict]) -> list[dict[str, str]]:
    """Place, width and filled width of each criterion's slot, in hundredths, written for SVG (never localized)."""
    whole, start, found = _weights(explanation), 0.0, []
    for entry in explanation:
        width = 100 * entry["weight"] / whole
        room = max(width - GAP, 0.4)
        found.append({"x": f"{start:.1f}", "width": f"{room:.1f}", "filled": f"{room * entry['value']:.1f}"})
        start += width
    return found


def criterion_lines(explanation: list[dict]) -> list[dict[str, str]]:
    """The rows of the criteria table: word, share that is met, points of the possible points, and why."""
    whole = _weights(explanation)
    return [
        {
            "word": criterion_word(entry["criterion"]),
            "met": str(round(100 * entry["value"])),
            "points": number(round(100 * entry["value"] * entry["weight"] / whole, 1)),
            "possible": number(round(100 * entry["weight"] / whole, 1)),
            "why": why(entry),
        }
        for entry in explanation
    ]


def why(entry: dict) -> str:
    """The reason in a few words, from the evidence that is stored beside the value."""
    if entry.get("why"):
        return str(entry["why"])
    found = entry.get("evidence") or []
    linked = [piece for piece in found if piece.get("kind") == "word"]
    named = [label for piece in found if (label := _label(piece))]
    parts = [_count_links(len(linked))] if linked else []
    if named:
        parts.append(", ".join(named))
    return "; ".join(parts) or (_("nothing in common") if not entry["value"] else "")


def _count_links(count: int) -> str:
    return ngettext("%(count)s word link", "%(count)s word links", count) % {"count": count}


def _label(piece: dict) -> str:
    if piece.get("kind") == "target" and "number" in piece:
        return _("Target %(number)s") % {"number": piece["number"]}
    return str(piece.get("label") or piece.get("detail") or "")


def word_links(explanation: list[dict]) -> list[dict]:
    """The pairs of words that link the two texts."""
    return [piece for entry in explanation for piece in entry.get("evidence") or [] if piece.get("kind") == "word"]


def funding_shares(gap: Any) -> dict[str, str]:
    """Widths in a bar of 100: received, committed, pledged; more than is asked ends at the bar's end."""
    whole = max(gap.asked, gap.received + gap.committed + gap.pledged) or 1
    received, committed, pledged = (100 * getattr(gap, name) / whole for name in ("received", "committed", "pledged"))
    return {
        "received": f"{received:.1f}",
        "committed": f"{committed:.1f}",
        "pledged": f"{pledged:.1f}",
        "pledged_from": f"{received + committed:.1f}",
    }


def funding_text(gap: Any) -> str:
    """The same in words, for those who do not see the bar."""
    names = ("asked", "received", "committed", "pledged", "firm_gap")
    figures = {name: money(getattr(gap, name), gap.currency) for name in names}
    sentence = _(
        "Of %(asked)s: %(received)s received, %(committed)s committed, %(pledged)s pledged; firm gap %(firm_gap)s."
    )
    return str(sentence % figures)
