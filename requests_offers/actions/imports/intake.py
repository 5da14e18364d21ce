"""What a row says besides its needs: consent, national priorities, who gains from it, where else it was filed."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from accounts.sheets.cells import Row, short
from centres.models import NationalPriority, Party, fold

from ...models import FilingStatus, Mechanism
from ...models.request import Visibility
from ...validators import may_be_public, validate_consent
from ..filings import MOST_FILINGS

KEYS = ("mechanism", "external_id", "status", "url")
LONGEST_NAME, LONGEST_URL = 120, 500
ADDRESS = re.compile(r"https?://\S+")
COMMAS = re.compile("[,،，、]")
CHECKED = URLValidator(schemes=["http", "https"])


def read_intake(row: Row, known: Any, parties: list[Party]) -> dict[str, Any]:
    """The later pages of the form, from one row; `parties` are those that ask."""
    groups = _("Use the codes of indicator 20.b, such as womenGirls.")
    return {
        **_consent(row),
        "priorities": _priorities(row, known, parties),
        "priority_reason": row.text("priority_reason"),
        "beneficiary_groups": row.known(known.beneficiary_groups, "beneficiary_groups", what=groups),
        "beneficiaries_note": row.text("beneficiaries_note"),
        "filings": _filings(row),
    }


def _consent(row: Row) -> dict[str, Any]:
    """Public where nothing else is said; never public without the consent of those whose knowledge it is."""
    required, given = row.flag("consent_required"), row.flag("consent_given")
    usual = Visibility.PUBLIC if may_be_public(required, given) else Visibility.NETWORK
    visibility = row.choice(Visibility.values, "visibility", default=usual)
    try:
        validate_consent(visibility, required, given)
    except ValidationError as error:
        row.fault("visibility", " ".join(error.messages))
    words = {"consent_required": required, "consent_given": given, "consent_notice": row.text("consent_notice")}
    return words | {"visibility": visibility}


def _priorities(row: Row, known: Any, parties: list[Party]) -> list[NationalPriority]:
    name, values = row.items("priorities")
    found = []
    for value in values:
        priority = priority_of(str(value), known, parties)
        if priority is None:
            words = {"value": short(value)}
            row.fault(name, _("“%(value)s” is no national priority that a Party that asks lists here.") % words)
        elif priority not in found:
            found.append(priority)
    return found


def priority_of(text: str, known: Any, parties: list[Party]) -> NationalPriority | None:
    """The priority in force that a code means, or FJ:NT 6 where two Parties use one code;
    the Party that files first.
    """
    order = {party.pk: place for place, party in enumerate(parties)}
    code, iso2 = text.strip(), ""
    if len(code) > 3 and code[2] == ":":
        iso2, code = code[:2].upper(), code[3:].strip()
    rows = [row for row in known.priorities.get(fold(code), ()) if row.party_id in order]
    rows = [row for row in rows if iso2 in {"", row.party.iso2}]
    return min(rows, key=lambda row: order[row.party_id], default=None)


# Filings elsewhere ----------------------------------------------------------------------------------------------------


def _filings(row: Row) -> list[dict[str, str]]:
    name, values = row.items("filings")
    if len(values) > MOST_FILINGS:
        row.fault(name, _("A request lists at most %(most)s filings elsewhere.") % {"most": MOST_FILINGS})
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for value in values:
        filing, fault = understand_filing(value)
        if fault:
            row.fault(name, fault)
        elif filing:
            found[filing["mechanism"], filing["name"], filing["external_id"]] = filing
    return list(found.values())


def understand_filing(value: Any) -> tuple[dict[str, str] | None, str]:
    """One filing, from a record or a line such as “ctcn, 2024000012, filed, https://…”; or what is wrong with it."""
    said = _told(value) if isinstance(value, dict) else _parts(str(value))
    mechanism, name = _mechanism(said["mechanism"], said.get("name", ""))
    if not mechanism:
        return None, _("Begin with the mechanism: one of %(codes)s.") % {"codes": ", ".join(Mechanism.values)}
    status = said["status"] or str(FilingStatus.FILED)
    if status not in FilingStatus.values:
        words = {"value": short(status), "codes": ", ".join(FilingStatus.values)}
        return None, _("“%(value)s” is not one of: %(codes)s.") % words
    if max(len(name), len(said["external_id"])) > LONGEST_NAME:
        return None, _("Shorten the reference to %(most)s characters.") % {"most": LONGEST_NAME}
    if said["url"] and not _is_address(said["url"]):
        return None, _("“%(value)s” is not the address of a page.") % {"value": short(said["url"])}
    facts = {"mechanism": mechanism, "name": name, "external_id": said["external_id"]}
    return facts | {"status": status, "url": said["url"]}, ""


def _told(record: dict) -> dict[str, str]:
    return {key: str(record.get(key) or "").strip() for key in (*KEYS, "name")}


def _parts(text: str) -> dict[str, str]:
    """Mechanism, reference and status between commas, and an address wherever it stands."""
    address = ADDRESS.search(text)
    plain = [part.strip() for part in COMMAS.split(ADDRESS.sub("", text))]
    said = dict.fromkeys(KEYS, "") | dict(zip(KEYS[:3], plain, strict=False))
    return said | {"url": address[0].rstrip(",.;)") if address else ""}


def _mechanism(text: str, name: str) -> tuple[str, str]:
    """The code; of a mechanism that has none, its name: what stands first may be either."""
    known = {fold(word): code for code, label in Mechanism.choices for word in (code, str(label))}
    code = known.get(fold(text), "")
    if code and code != Mechanism.OTHER:
        return code, ""
    name = name or ("" if code else text)
    return (str(Mechanism.OTHER), name) if name else ("", "")


def _is_address(text: str) -> bool:
    try:
        CHECKED(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_URL
