"""Reading files of others: IATI activities of version 2.0x, and of 1.0x as far as they say the same.

A file is data of a stranger: no document types, no entities, a size with an end, one activity in memory at a time.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.texts import strange_in

from ...actions.co_funding import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE, Reported
from . import codes

LARGEST_FILE = 20 * 1024 * 1024
MOST_PROPOSED = 500
MOST_NAMES, MOST_COUNTRIES = 20, 250
LARGEST_SUM = Decimal(10) ** 15
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BUDGET, COMMITMENT, DISBURSEMENT = "budget", "commitment", "disbursement"
# Types of transactions in versions 2.0x and 1.0x: what is committed, what has been paid.
TRANSACTIONS = {
    "2": COMMITMENT,
    "C": COMMITMENT,
    "3": DISBURSEMENT,
    "D": DISBURSEMENT,
    "4": DISBURSEMENT,
    "E": DISBURSEMENT,
}
STARTS, ENDS = ("2", "start-actual", "1", "start-planned"), ("4", "end-actual", "3", "end-planned")
ENDED = {"4", "5"}  # ActivityStatus: closed, cancelled
FUNDING = {"1", "Funding"}


@dataclass(frozen=True)
class Scope:
    """What concerns a centre: its Parties, the regions in which they lie, and the first day of its oldest open plan."""

    countries: frozenset[str] | None  # None: everywhere
    regions: frozenset[str]
    since: date | None = None


@dataclass
class Book:
    """What was found in a file: the activities that concern the centre, and how many others there were, by reason."""

    version: str = ""
    found: list[Reported] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    wrong: str = ""

    @property
    def is_old(self) -> bool:
        """Whether it follows a version of the standard that is no longer kept."""
        return self.version.startswith("1.")


def read(file: BinaryIO, scope: Scope, *, size: int) -> Book:
    """The activities of a file that concern a centre; `wrong` says in a sentence why nothing can be read."""
    book = Book()
    if size > LARGEST_FILE:
        book.wrong = _("The file is larger than %(most)s MB. Split it, or ask for a smaller extract.") % {
            "most": LARGEST_FILE // 1024 // 1024
        }
        return book
    try:
        _read(file, scope, book)
    except DefusedXmlException:
        book.wrong = _("The file declares a document type or entities. IATI files have none, so it was not read.")
    except (ParseError, ValueError, LookupError):
        book.wrong = _("The file is not XML, or broken off. Save it again, or download it anew.")
    return book


def _read(file: BinaryIO, scope: Scope, book: Book) -> None:
    root: Any = None
    for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
        if root is None:
            root = element
            if root.tag != "iati-activities":
                book.wrong = _("This is no file of IATI activities: it begins with “%(name)s”.") % {
                    "name": _line(root.tag, 60)
                }
                return
            book.version = _line(root.get("version", ""), 10)
        elif event == "end" and element.tag == "iati-activity":
            _take(element, scope, book)
            root.clear()


def _take(element: Any, scope: Scope, book: Book) -> None:
    reason = why_not(element, scope)
    if not reason and len(book.found) >= MOST_PROPOSED:
        reason = "too_many"
    if reason:
        book.others[reason] += 1
    else:
        book.found.append(_reported(element, book.version))


# What concerns a centre -----------------------------------------------------------------------------------------------


def why_not(element: Any, scope: Scope) -> str:
    """Why an activity is not put before the centre; nothing where it is."""
    reporter = element.find("reporting-org")
    if not _identifier(element):
        return "no_identifier"
    if reporter is not None and settings.IATI_REPORTING_ORG and reporter.get("ref") == settings.IATI_REPORTING_ORG:
        return "own"
    if not is_biodiversity(element):
        return "topic"
    if not _is_here(element, scope):
        return "place"
    return "ended" if scope.since and _has_ended(element, scope.since) else ""


def is_biodiversity(element: Any) -> bool:
    """Sector 41030, its siblings with the marker for the Convention, or a tag of the framework."""
    marked = any(
        one.get("code") == codes.BIODIVERSITY_MARKER
        and one.get("vocabulary", "1") in {"1", "DAC"}
        and one.get("significance", "0") not in {"", "0"}
        for one in element.iterfind("policy-marker")
    )
    found = {one.get("code") for one in element.iterfind(".//sector") if one.get("vocabulary", "1") in {"1", "DAC"}}
    tagged = any(one.get("code", "").startswith("GBF-TARGET") for one in element.iterfind("tag"))
    return marked or tagged or codes.BIODIVERSITY in found


def _is_here(element: Any, scope: Scope) -> bool:
    if scope.countries is None:
        return True
    found = {one.get("code", "").upper() for one in element.iterfind(".//recipient-country")}
    if found:
        return bool(found & scope.countries)
    regions = [one for one in element.iterfind(".//recipient-region") if one.get("vocabulary", "1") in {"1", "DAC"}]
    return bool({one.get("code") for one in regions} & scope.regions)


def _has_ended(element: Any, since: date) -> bool:
    status = element.find("activity-status")
    last = _day_of(element, ENDS)
    return (status is not None and status.get("code") in ENDED and (last is None or last < since)) or (
        last is not None and last < since
    )


# What it says ---------------------------------------------------------------------------------------------------------


def _reported(element: Any, version: str) -> Reported:
    reporter = element.find("reporting-org")
    identifier = _identifier(element)
    return Reported(
        iati_identifier=identifier,
        title=_line(_words(element.find("title")), LONGEST_TITLE) or identifier,
        reporting_ref=_line(reporter.get("ref", ""), 150) if reporter is not None else "",
        reporting_name=_line(_words(reporter), LONGEST_NAME),
        description=_clean(_words(element.find("description")), one_line=False)[:LONGEST_TEXT].strip(),
        funders=_funders(element),
        countries=sorted(_countries(element))[:MOST_COUNTRIES],
        amounts=_amounts(element),
        starts_on=_day_of(element, STARTS),
        ends_on=_day_of(element, ENDS),
        standard=version,
        last_updated_at=_moment(element.get("last-updated-datetime", "")),
    )


def _identifier(element: Any) -> str:
    return _line(element.findtext("iati-identifier") or "", LONGEST_NAME)


def _words(element: Any) -> str:
    """A text: in version 2 of its narratives the English or the first one, in version 1 of the element itself."""
    if element is None:
        return ""
    found = list(element.iterfind("narrative"))
    if not found:
        return element.text or ""
    return next((one for one in found if one.get(LANG) == "en"), found[0]).text or ""


def _countries(element: Any) -> set[str]:
    return {_line(one.get("code", ""), 2).upper() for one in element.iterfind("recipient-country")} - {""}


def _funders(element: Any) -> list[str]:
    found = [one for one in element.iterfind("participating-org") if one.get("role") in FUNDING]
    names = [_line(_words(one) or one.get("ref", ""), LONGEST_NAME) for one in found]
    return list(dict.fromkeys(name for name in names if name))[:MOST_NAMES]


def _amounts(element: Any) -> dict[str, dict[str, str]]:
    """Sums by kind and currency; currencies are never added up, and what has none is left out."""
    default = element.get("default-currency", "")
    sums: dict[str, dict[str, Decimal]] = {}
    for kind, value in _values(element):
        currency = (value.get("currency") or default).upper()
        amount = _amount(value.text)
        if amount is not None and re.fullmatch("[A-Z]{3}", currency):
            here = sums.setdefault(kind, {})
            here[currency] = here.get(currency, Decimal(0)) + amount
    return {
        kind: {currency: f"{amount:.2f}" for currency, amount in sorted(here.items()) if 0 < amount < LARGEST_SUM}
        for kind, here in sums.items()
    }


def _values(element: Any) -> Iterator[tuple[str, Any]]:
    for budget in element.iterfind("budget"):
        if (value := budget.find("value")) is not None:
            yield BUDGET, value
    for transaction in element.iterfind("transaction"):
        kind, value = transaction.find("transaction-type"), transaction.find("value")
        if kind is not None and value is not None and kind.get("code") in TRANSACTIONS:
            yield TRANSACTIONS[kind.get("code")], value


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal((text or "").strip().replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < LARGEST_SUM else None


def _day_of(element: Any, kinds: tuple[str, ...]) -> date | None:
    """The first of these kinds of dates that is told: the actual one before the planned one."""
    found = {one.get("type"): _day(one.get("iso-date") or one.text or "") for one in element.iterfind("activity-date")}
    return next((found[kind] for kind in kinds if found.get(kind)), None)


def _day(text: str) -> date | None:
    return _parsed(date.fromisoformat, text.strip()[:10])


def _moment(text: str) -> datetime | None:
    found = _parsed(datetime.fromisoformat, text.strip().replace("Z", "+00:00"))
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None


def _line(text: str, longest: int) -> str:
    """A text of a stranger as one line without signs that deceive."""
    return _clean(" ".join(text.split()), one_line=True)[:longest].strip()


def _clean(text: str, *, one_line: bool) -> str:
    return "".join(sign for sign in text if not strange_in(sign, one_line=one_line)).strip()
