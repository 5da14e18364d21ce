"""What an IATI file must be beyond well-formed: valid by the schema of 2.03, and right by the rules of the standard
that no schema can say.
"""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from lxml import etree

HERE = Path(__file__).resolve().parent / "iati_schema"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Where a code stands and from which list it is; a condition after the path says when.
CODES = [
    ("reporting-org/@type", "OrganisationType"),
    ("participating-org/@type", "OrganisationType"),
    ("participating-org/@role", "OrganisationRole"),
    ("description/@type", "DescriptionType"),
    ("other-identifier/@type", "OtherIdentifierType"),
    ("activity-status/@code", "ActivityStatus"),
    ("activity-date/@type", "ActivityDateType"),
    ("contact-info/@type", "ContactType"),
    ("activity-scope/@code", "ActivityScope"),
    ("recipient-country/@code", "Country"),
    ("recipient-region[@vocabulary='1']/@code", "Region"),
    ("recipient-region/@vocabulary", "RegionVocabulary"),
    ("sector[@vocabulary='1']/@code", "Sector"),
    ("sector/@vocabulary", "SectorVocabulary"),
    ("tag/@vocabulary", "TagVocabulary"),
    ("tag[@vocabulary='2']/@code", "UNSDG-Goals"),
    ("tag[@vocabulary='3']/@code", "UNSDG-Targets"),
    ("policy-marker/@code", "PolicyMarker"),
    ("policy-marker/@significance", "PolicySignificance"),
    ("default-finance-type/@code", "FinanceType"),
    ("default-aid-type/@code", "AidType"),
    ("budget/@type", "BudgetType"),
    ("budget/@status", "BudgetStatus"),
    ("planned-disbursement/@type", "BudgetType"),
    ("transaction/transaction-type/@code", "TransactionType"),
    (".//value/@currency", "Currency"),
    ("@default-currency", "Currency"),
    ("document-link/category/@code", "DocumentCategory"),
    ("related-activity/@type", "RelatedActivityType"),
    ("result/@type", "ResultType"),
    ("result/indicator/@measure", "IndicatorMeasure"),
    (".//provider-org/@type", "OrganisationType"),
    (".//receiver-org/@type", "OrganisationType"),
]


@cache
def schema():
    return etree.XMLSchema(etree.parse(HERE / "iati-activities-schema.xsd"))


@cache
def codelists():
    return {name: frozenset(codes) for name, codes in json.loads((HERE / "codelists.json").read_text()).items()}


def checked(body):
    """The root of a file that keeps every rule; else an AssertionError that says which one it breaks, and where."""
    root = etree.fromstring(body)
    assert schema().validate(root), schema().error_log
    assert root.get("version") in codelists()["Version"]
    _activities(root)
    return root


# Elements of the organization file in their order, with the attributes that each must have and what must stand in it.
# (Its schema says the same in a way that the library at hand refuses to read.)
ORGANISATION = {
    "iati-organisation": ((), ("organisation-identifier", "name", "reporting-org", "total-budget", "document-link")),
    "organisation-identifier": ((), ()),
    "name": ((), ("narrative",)),
    "reporting-org": (("ref", "type"), ("narrative",)),
    "total-budget": ((), ("period-start", "period-end", "value", "budget-line")),
    "budget-line": ((), ("value", "narrative")),
    "document-link": (("url", "format"), ("title", "category", "language")),
    "title": ((), ("narrative",)),
    "period-start": (("iso-date",), ()),
    "period-end": (("iso-date",), ()),
    "value": (("value-date", "currency"), ()),
    "category": (("code",), ()),
    "language": (("code",), ()),
    "narrative": ((), ()),
}


def checked_organisation(body):
    """The one organization of a file that keeps every rule."""
    root = etree.fromstring(body)
    assert (root.tag, root.get("version")) == ("iati-organisations", "2.03")
    [one] = root
    for element in one.iter():
        attributes, order = ORGANISATION[element.tag]
        assert set(attributes) <= set(element.attrib), element.tag
        places = [order.index(child.tag) for child in element]
        assert places == sorted(places), element.tag
    assert one.findtext("organisation-identifier") == one.find("reporting-org").get("ref")
    assert _periods(one) == []
    assert _texts(one) == []
    for path, name in (("total-budget/@status", "BudgetStatus"), (".//category/@code", "DocumentCategory")):
        assert set(one.xpath(path)) <= codelists()[name]
    return one


def _activities(root):
    identifiers = [one.findtext("iati-identifier") for one in root]
    assert len(identifiers) == len(set(identifiers)), "an identifier stands twice"
    for one in root:
        here = one.findtext("iati-identifier")
        reporter = one.find("reporting-org").get("ref")
        assert here.startswith(f"{reporter}-"), here
        assert not set(here) & set("/&|? "), here
        for rule in (_codes, _percentages, _dates, _periods, _orgs, _texts):
            assert rule(one) == [], (here, rule.__name__, rule(one))
        for related in one.iterfind("related-activity"):
            assert related.get("ref") != here
            assert len(root) == 1 or related.get("ref") in identifiers


def _codes(one):
    """Codes that are in no list."""
    return [
        (path, code) for path, name in CODES for code in one.xpath(path) if code not in codelists()[name]
    ]  # fmt: skip


def _percentages(one):
    """Countries with regions, sectors by vocabulary: whatever does not sum to 100; regions of two vocabularies."""
    places = [*one.iterfind("recipient-country"), *one.iterfind("recipient-region")]
    wrong = [("places", _sum(places))] if _sum(places) != 100 else []
    vocabularies = {place.get("vocabulary") for place in one.iterfind("recipient-region")}
    wrong += [("regions", vocabularies)] if len(vocabularies) > 1 else []
    sectors = list(one.iterfind("sector"))
    wrong += [("sectors", _sum(sectors))] if _sum(sectors) != 100 else []
    codes = [(place.tag, place.get("code")) for place in [*places, *sectors]]
    return wrong + ([("twice", codes)] if len(codes) != len(set(codes)) else [])


def _sum(elements):
    return sum(Decimal(element.get("percentage")) for element in elements)


def _dates(one):
    """Days out of their order, and what is told of tomorrow as if it had been."""
    days = {
        element.get("type"): date.fromisoformat(element.get("iso-date")) for element in one.iterfind("activity-date")
    }
    wrong = [] if {"1", "3"} <= set(days) else [("no planned start or end", days)]
    wrong += [
        pair
        for pair in (("1", "3"), ("2", "4"), ("1", "4"))
        if set(pair) <= set(days) and days[pair[0]] > days[pair[1]]
    ]
    wrong += [kind for kind in ("2", "4") if kind in days and days[kind] > date.today()]
    status = one.find("activity-status").get("code")
    wrong += [("status", status)] if status == "3" or (status == "4") != ("4" in days) else []
    said = [element.get("iso-date") for element in one.iterfind("transaction/transaction-date")]
    return wrong + [day for day in said if date.fromisoformat(day) > date.today()]


def _periods(one):
    """Periods that end before they begin, and budgets of more than a year."""
    wrong = []
    for begins in one.iterfind(".//period-start"):
        first, last = (
            date.fromisoformat(element.get("iso-date")) for element in (begins, begins.getparent().find("period-end"))
        )
        longest = 366 if begins.getparent().tag == "budget" else 3700
        if not first <= last or (last - first).days > longest:
            wrong.append((begins.getparent().tag, first, last))
    return wrong


def _orgs(one):
    """Whoever takes part has a name, and answers for it once at least."""
    found = list(one.iterfind("participating-org"))
    wrong = [etree.tostring(element) for element in found if not "".join(element.itertext()).strip()]
    roles = {element.get("role") for element in found}
    return wrong + ([("roles", roles)] if not {"2", "4"} <= roles else [])


def _texts(one):
    """Empty narratives, and two in one language."""
    wrong = [element.getparent().tag for element in one.iterfind(".//narrative") if not (element.text or "").strip()]
    for parent in {element.getparent() for element in one.iterfind(".//narrative")}:
        languages = [element.get(LANG) for element in parent.iterfind("narrative")]
        wrong += [parent.tag] if len(languages) != len(set(languages)) else []
    return wrong
