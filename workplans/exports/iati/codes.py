"""What our words are called in the code lists of IATI 2.03 (attribution in NOTICE)."""

VERSION = "2.03"

# Party kinds of organizations → OrganisationType.
ORGANISATION_TYPES = {
    "academic": "80",
    "government": "10",
    "subnational_government": "11",
    "igo": "40",
    "un_agency": "40",
    "reio": "15",
    "private_sector": "70",
    "other": "90",
}
INTERNATIONAL_NGO, NATIONAL_NGO = "21", "22"  # without and with a seat in one country


class Role:
    FUNDING, ACCOUNTABLE, IMPLEMENTING = "1", "2", "4"


class Status:
    """ActivityStatus. 3 is a phase of a project, in which accounts are settled; a plan that is "finalized" begins."""

    PIPELINE, IMPLEMENTATION, CLOSED = "1", "2", "4"


class Transaction:
    """TransactionType: money that comes to the centre."""

    RECEIPT, COMMITMENT, PLEDGE = "1", "11", "13"


class Related:
    PARENT, CHILD = "1", "2"


class Document:
    PAGE, OBJECTIVES, RESULTS, ORGANISATION_PAGE, STRATEGY = "A12", "A02", "A08", "B16", "B02"


class Scope:
    GLOBAL, REGIONAL, MULTINATIONAL, NATIONAL = "1", "2", "3", "4"


class Budget:
    ORIGINAL, REVISED = "1", "2"  # BudgetType
    INDICATIVE, COMMITTED = "1", "2"  # BudgetStatus


RESULT_TYPES = {"output": "1", "outcome": "2"}
UNIT, PERCENTAGE = "1", "2"  # IndicatorMeasure
BIODIVERSITY_MARKER, ENVIRONMENT_MARKER, PRINCIPAL = "5", "2", "2"
GRANT, TECHNICAL_ASSISTANCE = "110", "D02"

# Sectors (CRS purpose codes). All that the network does is biodiversity; what a function adds is a sibling of it.
BIODIVERSITY = "41030"
POLICY, EDUCATION, RESEARCH = "41010", "41081", "41082"
SECTORS = {
    "one_stop_service": RESEARCH,
    "joint_research": RESEARCH,
    "information_on_opportunities": POLICY,
    "resource_mobilization": POLICY,
    "matchmaking": BIODIVERSITY,
    "projects_and_programmes": BIODIVERSITY,
    "partnerships": POLICY,
    "technology_transfer": RESEARCH,
    "institutional_capacity": EDUCATION,
    "knowledge_sharing": EDUCATION,
    "good_practices": RESEARCH,
    "synergies": POLICY,
}
SIBLINGS = frozenset({"41010", "41020", "41040", "41081", "41082"})

# Targets of the framework → Sustainable Development Goals and their targets that say the same thing: our reading.
KMGBF_URI = "https://www.cbd.int/gbf/targets"
SDGS = {
    1: ("15", "15.9"), 2: ("15", "15.3"), 3: ("14", "14.5", "15", "15.1"), 4: ("15", "15.5"), 5: ("15", "15.7"),
    6: ("15", "15.8"), 7: ("12", "12.4", "14", "14.1"), 8: ("13", "13.1", "14", "14.3"), 9: ("12", "12.2"),
    10: ("2", "2.4"), 11: ("6", "6.6"), 12: ("11", "11.7"), 13: ("2", "2.5", "15", "15.6"), 14: ("15", "15.9"),
    15: ("12", "12.6"), 16: ("12", "12.8"), 17: ("15",), 18: ("12",), 19: ("15", "15.a"), 20: ("17", "17.6", "17.9"),
    21: ("17", "17.18"), 22: ("16", "16.7"), 23: ("5", "5.5"),
}  # fmt: skip

# Regions of the standard M49 → Region (OECD DAC), where the lists say the same or the next wider thing.
WORLD = "998"
REGIONS = {
    "002": "298", "015": "189", "202": "289", "014": "1027", "017": "1028", "018": "1029", "011": "1030",
    "019": "498", "419": "498", "021": "498", "029": "1031", "013": "1032", "005": "489",
    "142": "798", "143": "619", "030": "789", "035": "789", "034": "679", "145": "589",
    "150": "89", "039": "89", "151": "89", "154": "89", "155": "89",
    "009": "889", "053": "889", "054": "1033", "057": "1034", "061": "1035",
}  # fmt: skip
EUROPE = "89"
# Parties that the code list of countries does not know as countries.
NO_COUNTRY = {"EU": EUROPE}
DAC_REGIONS, OWN = "1", "99"  # RegionVocabulary, TagVocabulary: the reporting organisation's own
SDG_GOALS, SDG_TARGETS = "2", "3"  # TagVocabulary


def organisation_type(kind: str, *, has_seat: bool) -> str:
    """The OrganisationType of one of our kinds of organizations."""
    if kind == "ngo":
        return NATIONAL_NGO if has_seat else INTERNATIONAL_NGO
    return ORGANISATION_TYPES.get(kind, ORGANISATION_TYPES["other"])
