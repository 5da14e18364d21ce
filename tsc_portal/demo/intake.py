"""What example requests say on the later pages: priorities of practice Parties, who gains, consent, other mechanisms."""

from typing import Any

from centres.models import BeneficiaryGroup, NationalPriority
from requests_offers.actions.endorsements import write_answer
from requests_offers.actions.filings import add_filing
from requests_offers.models import CooperationRequest, Endorsement

SOURCE = "Example data of the portal: national strategy of a practice Party"
# By Party: kind, code, title, its language, the targets of the Framework.
PRIORITIES = {
    "XA": [
        ("national_target", "NT 7", "Half as much waste water in the lagoons by 2030", "en", [7]),
        ("nbsap_action", "Action 4.2", "Count seabirds on all islets every second year", "en", [4, 21]),
    ],
    "XB": [("national_target", "ON 10", "Restaurer les terres dégradées autour des villages", "fr", [2, 10])],
    "XC": [
        ("national_target", "MN 2", "Restaurar los manglares y bosques de la costa", "es", [2]),
        ("nbsap_action", "Acción 6.1", "Vigilar la llegada de especies exóticas a los puertos", "es", [6]),
    ],
    "XD": [("national_target", "هدف 2", "استعادة المراعي الجافة حول الآبار", "ar", [2, 10])],
}
NOT_LISTED = "Example data: this country’s national priorities are not listed in the portal yet."
JOINT = {"xa-lagoon": ["XC"]}  # played by practice Parties: the second office has not answered
FILED = {
    "xd-wells": {"mechanism": "gef", "external_id": "EXAMPLE-0001", "status": "under_review"},
    "xc-vivero": {"mechanism": "bio_bridge", "external_id": "EXAMPLE-0002", "status": "declined"},
}


def make_priorities(codes: Any) -> None:
    """National targets and actions of the practice Parties; those of real ones are theirs to list."""
    for iso2, rows in PRIORITIES.items():
        for kind, code, title, language, targets in rows:
            facts = {"kind": kind, "title": title, "language": language, "source": SOURCE, "is_example": True}
            facts |= {"from_year": 2025, "until_year": 2030}
            made, _ = NationalPriority.objects.get_or_create(party=codes.parties[iso2], code=code, defaults=facts)
            made.targets.set(codes.rows("targets", targets))


def later_pages(entry: dict, codes: Any) -> dict[str, Any]:
    """The answers on the later pages. Nobody has agreed that what others know is public, so it is not."""
    numbers = {number for component in entry["components"] for number in component["targets"]}
    named = NationalPriority.objects.in_force().filter(party__iso2=entry["party"], targets__number__in=numbers)
    priorities = list(named.distinct().in_order())
    groups = ["indigenousPeoplesLocalCommunities"] if entry["consent_required"] else []
    concealed = entry["consent_required"] and entry["visibility"] == "public"
    return {
        "visibility": "network" if concealed else entry["visibility"],
        "priorities": priorities,
        "priority_reason": "" if priorities else NOT_LISTED,
        "beneficiary_groups": list(BeneficiaryGroup.objects.filter(code__in=groups)),
        "co_parties": codes.rows("parties", [*entry["co_parties"], *JOINT.get(entry["key"], [])]),
    }


def finish(request: CooperationRequest, entry: dict, officer: Any) -> None:
    """The examples of real Parties are set without anybody's name: their offices stand behind them."""
    if not request.party.is_practice:
        for row in Endorsement.objects.filter(request=request):
            write_answer(row, Endorsement.Status.GIVEN, None)
    if officer and entry["key"] in FILED:
        add_filing(request, by=officer, data=FILED[entry["key"]])
