"""Where an activity takes place, what it is about and which targets it serves: parts that sum to 100."""

from collections.abc import Callable, Hashable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from . import codes
from .facts import PlanFacts, address_of
from .shares import add, percentages
from .xml import narratives, tag


class Place(NamedTuple):
    """A country of the code list, or a region with its vocabulary."""

    code: str
    vocabulary: str | None = None  # None: a country


Parts = dict[Any, Fraction]


def weight_of(activity: dict[str, Any]) -> Fraction | None:
    """How heavy an activity is in its plan: its budget in dollars; None where that is not known."""
    amounts = [line["amount_usd"] for line in activity["budget_lines"]]
    if not amounts or None in amounts:
        return None
    return sum((Fraction(Decimal(amount)) for amount in amounts), Fraction(0)) or None


def of_plan(plan: PlanFacts, parts_of: Callable[[PlanFacts, dict[str, Any]], Parts]) -> Parts:
    """The parts of all activities, each as heavy as its budget; all alike where a budget is not known in dollars."""
    activities = plan.document["activities"]
    weights = [weight_of(one) for one in activities]
    sums: Parts = {}
    for one, weight in zip(activities, weights, strict=True):
        add(sums, parts_of(plan, one), Fraction(1) if None in weights else weight or Fraction(1))
    return sums or parts_of(plan, {"parties": [], "functions": []})


# Places ---------------------------------------------------------------------------------------------------------------


def places_of(plan: PlanFacts, activity: dict[str, Any]) -> Parts:
    """The countries of an activity, all alike; the region of the centre where it names none."""
    found = {_place(plan, party["iso2"]): Fraction(1) for party in activity["parties"]}
    return found or {_fallback(plan): Fraction(1)}


def _place(plan: PlanFacts, iso2: str) -> Place:
    if plan.practice:
        return Place(iso2, codes.OWN)
    return Place(codes.NO_COUNTRY[iso2], codes.DAC_REGIONS) if iso2 in codes.NO_COUNTRY else Place(iso2)


def _fallback(plan: PlanFacts) -> Place:
    """One vocabulary of regions in an activity: else the shares would not sum to 100 in any of them."""
    if plan.practice:
        return Place(plan.document["centre"]["slug"], codes.OWN)
    return Place(plan.region, codes.DAC_REGIONS)


def places(plan: PlanFacts, parts: Parts) -> str:
    """Scope, countries and regions."""
    shares = percentages(dict(sorted(parts.items(), key=lambda part: (part[0].vocabulary or "", part[0].code))))
    countries = [
        tag("recipient-country", code=place.code, percentage=share)
        for place, share in shares.items()
        if place.vocabulary is None
    ]
    regions = [_region(plan, place, share) for place, share in shares.items() if place.vocabulary is not None]
    return "\n".join([tag("activity-scope", code=_scope(plan, shares)), *countries, *regions])


def _region(plan: PlanFacts, place: Place, share: Decimal) -> str:
    own = place.vocabulary == codes.OWN
    return tag(
        "recipient-region",
        narratives(plan.own_places.get(place.code, {})) if own else "",
        vocabulary=place.vocabulary,
        vocabulary_uri=address_of("party_list") if own else None,
        code=place.code,
        percentage=share,
    )


def _scope(plan: PlanFacts, shares: dict[Place, Decimal]) -> str:
    lands = [place for place in shares if place != _fallback(plan)]
    if not lands:
        return codes.Scope.REGIONAL if plan.workplan.centre_id else codes.Scope.GLOBAL
    return codes.Scope.NATIONAL if len(shares) == 1 else codes.Scope.MULTINATIONAL


# Sectors, tags, markers -----------------------------------------------------------------------------------------------


def sectors_of(plan: PlanFacts, activity: dict[str, Any]) -> Parts:
    """Half is biodiversity, which all of it serves; the other half is what the functions do."""
    functions = [one["code"] for one in activity["functions"]]
    found: Parts = {codes.BIODIVERSITY: Fraction(1)}
    for function in functions:
        code = codes.SECTORS.get(function, codes.BIODIVERSITY)
        found[code] = found.get(code, Fraction(0)) + Fraction(1, len(functions))
    return found


def sectors(parts: Parts) -> str:
    """The sectors, biodiversity first."""
    shares = percentages(dict(sorted(parts.items(), key=lambda part: (part[0] != codes.BIODIVERSITY, part[0]))))
    return "\n".join(tag("sector", vocabulary="1", code=code, percentage=share) for code, share in shares.items())


def targets_of(activities: list[dict[str, Any]]) -> dict[int, dict[str, str]]:
    """The targets that activities serve, with their names."""
    found = {target["number"]: target["names"] for one in activities for target in one["targets"]}
    return dict(sorted(found.items()))


def tags(targets: dict[int, dict[str, str]]) -> str:
    """Targets of the framework, and the goals and targets for sustainable development that say the same."""
    own = [
        tag("tag", narratives(names), vocabulary=codes.OWN, vocabulary_uri=codes.KMGBF_URI, code=kmgbf(number))
        for number, names in targets.items()
    ]
    found = _once(code for number in targets for code in codes.SDGS.get(number, ()))
    goals = [tag("tag", vocabulary=codes.SDG_GOALS, code=code) for code in found if "." not in code]
    parts = [tag("tag", vocabulary=codes.SDG_TARGETS, code=code) for code in found if "." in code]
    return "\n".join([*goals, *parts, *own])


def kmgbf(number: int) -> str:
    """The identifier of a target in the Convention's own systems."""
    return f"GBF-TARGET-{number:02}"


def _once(found: Any) -> list[Any]:
    kept: dict[Hashable, None] = dict.fromkeys(found)
    return sorted(kept, key=lambda code: [part.zfill(3) for part in str(code).split(".")])


def markers() -> str:
    """Biodiversity is the principal objective of all of it, and so is the environment."""
    return "\n".join(
        tag("policy-marker", vocabulary="1", code=code, significance=codes.PRINCIPAL)
        for code in (codes.ENVIRONMENT_MARKER, codes.BIODIVERSITY_MARKER)
    )
