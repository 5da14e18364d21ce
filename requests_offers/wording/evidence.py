"""The reasons of a match in words: codes of the scorer become sentences and names in the reader's language."""

from babel import Locale, UnknownLocaleError
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.cldr import cldr_locale
from centres.models import language_of

from ..days import day as day_text
from ..matching.text.concepts import default_concepts
from ..models.offer import CostModel
from ..models.request import Means
from .names import Names


def worded(explanation: list[dict], names: Names) -> list[dict]:
    """The stored shares of a score, each with `why`: its evidence in words."""
    return [share | {"why": why(share, names)} for share in explanation]


def lacking(missing: list[dict], names: Names) -> list[dict]:
    """What an offer lacks, each with `detail`: a sentence."""
    return [entry | {"detail": sentence} for entry in missing if (sentence := what_is_missing(entry, names))]


def closest_sentences(explanation: list[dict]) -> dict | None:
    """The two sentences that are most alike, one from each text."""
    pieces = [piece for share in explanation for piece in share.get("evidence") or []]
    return next((piece for piece in pieces if piece.get("kind") == "sentence"), None)


def why(share: dict, names: Names) -> str:
    """The evidence of one criterion in a few words."""
    evidence = share.get("evidence") or []
    words = _text_evidence(evidence) if share["criterion"] == "text" else _tag_evidence(evidence, names)
    if words:
        return _("; ").join(words)
    return _("nothing in common") if not share["value"] else ""


def _text_evidence(evidence: list[dict]) -> list[str]:
    linked = sum(piece["kind"] == "word" for piece in evidence)
    shared = [concept_name(piece) for piece in evidence if piece["kind"] == "concept"]
    words = [ngettext("%(count)s word link", "%(count)s word links", linked) % {"count": linked}] if linked else []
    if shared:
        words.append(_("both speak of: %(concepts)s") % {"concepts": _(", ").join(dict.fromkeys(shared))})
    if any(piece["kind"] == "sentence" for piece in evidence):
        words.append(_("one close sentence"))
    return words


def concept_name(piece: dict) -> str:
    """The label of a concept in the reader's language; as it was stored where the thesaurus has lost it."""
    try:
        return default_concepts().label(piece["concept"], language_of())
    except (KeyError, IndexError, TypeError):
        return str(piece.get("label", ""))


def _tag_evidence(evidence: list[dict], names: Names) -> list[str]:
    return [words for piece in evidence if (words := _piece(piece, names))]


def _piece(piece: dict, names: Names) -> str:
    kind = piece["kind"]
    if kind == "target":
        return _("Target %(number)s: %(heading)s") % {
            "number": piece["number"],
            "heading": names.name("target", piece["number"]),
        }
    if kind in {"subject", "cooperation_type"}:
        return names.name(kind, piece["code"])
    speak = _PIECES.get(kind)
    return speak(piece, names) if speak else ""


def _region(piece: dict, names: Names) -> str:
    if piece["code"] == "001":
        return _("offered everywhere")
    return _("covers %(region)s") % {"region": names.name("region", piece["code"])}


def _dates(piece: dict, names: Names) -> str:
    start, end = day(piece.get("from")), day(piece.get("until"))
    if start and end:
        return _("both can from %(start)s to %(end)s") % {"start": start, "end": end}
    if start:
        return _("both can from %(start)s") % {"start": start}
    return _("both can until %(end)s") % {"end": end} if end else _("no dates stand against it")


def _budget(piece: dict, names: Names) -> str:
    return _("offered: %(costs)s; own means: %(means)s") % {
        "costs": _label(CostModel, piece.get("offer")),
        "means": _label(Means, piece.get("need")),
    }


_PIECES = {
    "party": lambda piece, names: _("names %(party)s") % {"party": names.name("party", piece["code"])},
    "region": _region,
    "home_region": lambda piece, names: _("seated in %(region)s") % {"region": names.name("region", piece["code"])},
    "south_south": lambda piece, names: _("South–South"),
    "language": lambda piece, names: language(piece["code"]),
    "dates": _dates,
    "budget": _budget,
}


def _label(choices, value) -> str:
    return str(choices(value).label) if value in choices.values else _("not said")


def day(text: str | None) -> str:
    """A stored day as the reader's language writes it; empty without one."""
    return day_text(parse_date(text), "long") if text else ""


def language(code: str) -> str:
    """The name of a language in the reader's language; its tag where nobody knows it."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name(cldr_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


def languages(codes) -> str:
    """The names of several languages as one line."""
    return _(", ").join(language(code) for code in codes)


# What is missing ------------------------------------------------------------------------------------------------------


def what_is_missing(entry: dict, names: Names) -> str:
    """One sentence for what keeps the score down; empty for a code that nobody knows."""
    speak = _MISSING.get(entry.get("code", ""))
    return str(speak(entry.get("params") or {}, names)) if speak else str(entry.get("detail", ""))


def _targets(params: dict) -> str:
    return _(", ").join(str(number) for number in params.get("numbers", []))


def _party(params: dict, names: Names) -> str:
    codes = params.get("parties") or ([params["party"]] if params.get("party") else [])
    return names.listed("party", codes) or names.listed("region", params.get("regions", []))


def _regions(params: dict, names: Names) -> str:
    return names.listed("region", params.get("regions", []))


def _coded(kind: str, sentence):
    return lambda params, names: sentence() % {"names": names.listed(kind, params.get("codes", []))}


_MISSING = {
    "need_text_not_understood": lambda p, n: _(
        "The need is written in words that could not be compared; add a sentence in another language."
    ),
    "offer_without_text": lambda p, n: _("The offer has no description."),
    "targets_not_covered": lambda p, n: _("The offer names other targets, not %(numbers)s.") % {"numbers": _targets(p)},
    "targets_not_named": lambda p, n: (
        _("The offer names no target; the need names %(numbers)s.") % {"numbers": _targets(p)}
    ),
    "subjects_not_covered": _coded("subject", lambda: _("The offer names other subjects, not: %(names)s.")),
    "subjects_not_named": _coded("subject", lambda: _("The offer names no subject; the need names: %(names)s.")),
    "cooperation_types_not_covered": _coded(
        "cooperation_type", lambda: _("The offer has other forms of cooperation, not: %(names)s.")
    ),
    "cooperation_types_not_named": _coded(
        "cooperation_type", lambda: _("The offer names no form of cooperation; the need names: %(names)s.")
    ),
    "party_not_covered": lambda p, n: _("The offer does not cover %(party)s.") % {"party": _party(p, n)},
    "coverage_not_named": lambda p, n: _("The offer does not say which countries it covers."),
    "not_from_region": lambda p, n: (
        _("The provider is not seated in %(regions)s; regional cooperation was asked for.")
        % {"regions": _regions(p, n)}
    ),
    "not_north_south": lambda p, n: _("It would not be North–South cooperation, which was asked for."),
    "not_south_south": lambda p, n: _("It would not be South–South cooperation."),
    "status_not_named": lambda p, n: _("The provider’s seat is not known, so South–South cooperation cannot be seen."),
    "no_common_language": lambda p, n: (
        _("No working language in common: the need has %(need)s, the offer %(offer)s.")
        % {"need": languages(p.get("need", [])), "offer": languages(p.get("offer", []))}
    ),
    "languages_not_named": lambda p, n: _("The offer names no working language."),
    "dates_do_not_overlap": lambda p, n: _dates_missing(p),
    "cost_does_not_fit": lambda p, n: (
        _("Costs: “%(costs)s” does not fit the own means “%(means)s”.")
        % {"costs": _label(CostModel, p.get("offer")), "means": _label(Means, p.get("need"))}
    ),
    "cost_not_named": lambda p, n: _("The offer does not say who pays."),
}


def _dates_missing(params: dict) -> str:
    start, end = day(params.get("from")), day(params.get("until"))
    if start and end:
        return _("The dates do not overlap: the offer runs from %(start)s to %(end)s.") % {"start": start, "end": end}
    if start:
        return _("The dates do not overlap: the offer begins on %(start)s.") % {"start": start}
    return _("The dates do not overlap: the offer ends on %(end)s.") % {"end": end}
