"""The practice network: four Parties, a centre and organizations that exist for trying the portal out."""

from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from centres.models import (
    Confidence,
    Coverage,
    Hosting,
    Office,
    Organization,
    Party,
    PartyFlag,
    Region,
    SupportCentre,
)

SOURCE = "Example data of the portal"
EXAMPLE = {"is_practice": True, "is_example": True, "source": SOURCE}

PARTIES: dict[str, dict[str, Any]] = {
    "XA": {
        "names": (
            "Practice Party A (island)",
            "Partie d’exercice A (île)",
            "Parte de práctica A (isla)",
            "الطرف التدريبي ألف (جزيرة)",
            "练习缔约方 A（岛屿）",
            "Учебная Сторона A (остров)",
        ),
        "un_group": Party.UNGroup.ASIA_PACIFIC,
        "region": "054",
        "languages": ["en"],
        "time_zone": "Pacific/Fiji",
        "flags": [PartyFlag.Kind.SIDS, PartyFlag.Kind.DEVELOPING],
    },
    "XB": {
        "names": (
            "Practice Party B (landlocked)",
            "Partie d’exercice B (sans littoral)",
            "Parte de práctica B (sin litoral)",
            "الطرف التدريبي باء (غير ساحلي)",
            "练习缔约方 B（内陆）",
            "Учебная Сторона B (без выхода к морю)",
        ),
        "un_group": Party.UNGroup.AFRICAN,
        "region": "014",
        "languages": ["fr"],
        "time_zone": "Africa/Ndjamena",
        "flags": [PartyFlag.Kind.LDC, PartyFlag.Kind.LLDC, PartyFlag.Kind.DEVELOPING],
    },
    "XC": {
        "names": (
            "Practice Party C (coast and forest)",
            "Partie d’exercice C (côte et forêt)",
            "Parte de práctica C (costa y bosque)",
            "الطرف التدريبي جيم (ساحل وغابات)",
            "练习缔约方 C（海岸和森林）",
            "Учебная Сторона C (побережье и леса)",
        ),
        "un_group": Party.UNGroup.GRULAC,
        "region": "005",
        "languages": ["es"],
        "time_zone": "America/Bogota",
        "flags": [PartyFlag.Kind.DEVELOPING],
    },
    "XD": {
        "names": (
            "Practice Party D (drylands)",
            "Partie d’exercice D (terres arides)",
            "Parte de práctica D (tierras áridas)",
            "الطرف التدريبي دال (أراض جافة)",
            "练习缔约方 D（旱地）",
            "Учебная Сторона D (засушливые земли)",
        ),
        "un_group": Party.UNGroup.ASIA_PACIFIC,
        "region": "145",
        "languages": ["ar"],
        "time_zone": "Asia/Muscat",
        "weekend": [4, 5],
        "flags": [PartyFlag.Kind.DEVELOPING],
    },
}
CENTRE = (
    "Practice Centre",
    "Centre d’exercice",
    "Centro de práctica",
    "المركز التدريبي",
    "练习中心",
    "Учебный центр",
)
ORGANIZATIONS: dict[str, dict[str, Any]] = {
    "practice-host-institute": {
        "name": "Practice Host Institute",
        "acronym": "PHI",
        "kind": Organization.Kind.ACADEMIC,
        "party": "XA",
    },
    "practice-marine-laboratory": {
        "name": "Practice Marine Laboratory",
        "acronym": "PML",
        "kind": Organization.Kind.ACADEMIC,
        "party": "XA",
    },
    "practice-dryland-research-network": {
        "name": "Practice Dryland Research Network",
        "acronym": "PDRN",
        "kind": Organization.Kind.NGO,
        "party": "XD",
    },
    "practice-data-cooperative": {
        "name": "Practice Data Cooperative",
        "acronym": "PDC",
        "kind": Organization.Kind.PRIVATE,
        "party": "XC",
    },
    "practice-biodiversity-fund": {
        "name": "Practice Biodiversity Fund",
        "acronym": "PBF",
        "kind": Organization.Kind.OTHER,
        "party": None,
    },
    "practice-development-agency": {
        "name": "Practice Development Agency",
        "acronym": "PDA",
        "kind": Organization.Kind.GOVERNMENT,
        "party": "XB",
    },
}
HOST = "practice-host-institute"


@transaction.atomic
def build_practice_network(today: date | None = None) -> SupportCentre:
    """Make the practice Parties, centre and organizations, or bring them to this state; the regions must be loaded."""
    day = today or timezone.now().date()
    parties = {iso2: _build_party(iso2, facts) for iso2, facts in PARTIES.items()}
    organizations = {slug: _build_organization(slug, facts, parties) for slug, facts in ORGANIZATIONS.items()}
    centre = _keep(
        SupportCentre,
        {"slug": "practice"},
        **_names(CENTRE),
        **EXAMPLE,
        coverage_confidence=Confidence.HIGH,
        coverage_basis="The practice centre serves the four practice Parties.",
        languages=["en", "fr", "es", "ar", "zh", "ru"],
        expertise=["trying the portal out"],
    )
    _keep(Hosting, {"centre": centre, "organization": organizations[HOST]}, **_hosting_facts(centre, day))
    for party in parties.values():
        facts = {"basis": "documented", "confidence": Confidence.HIGH, "source": SOURCE}
        _keep(Coverage, {"centre": centre, "party": party}, **facts)
    return centre


def _build_party(iso2: str, facts: dict[str, Any]) -> Party:
    party = _keep(
        Party,
        {"iso2": iso2},
        **_names(facts["names"]),
        **EXAMPLE,
        un_group=facts["un_group"],
        region=Region.objects.get(code=facts["region"]),
        languages=facts["languages"],
        time_zone=facts["time_zone"],
        weekend=facts.get("weekend", [5, 6]),
    )
    party.refresh_search_text()
    party.save(update_fields=["search_text"])
    for kind in facts["flags"]:
        _keep(PartyFlag, {"party": party, "kind": kind, "valid_from": None}, source=SOURCE, confirmed=True)
    for office in (Office.Kind.CBD, Office.Kind.TSC):
        _keep(Office, {"party": party, "kind": office}, is_example=True)
    return party


def _build_organization(slug: str, facts: dict[str, Any], parties: dict[str, Party]) -> Organization:
    return _keep(
        Organization,
        {"slug": slug},
        name=facts["name"],
        acronym=facts["acronym"],
        kind=facts["kind"],
        party=parties.get(facts["party"]),
        languages=["en"],
        is_verified=True,
        **EXAMPLE,
    )


def _hosting_facts(centre: SupportCentre, day: date) -> dict[str, Any]:
    """The days are told once; building the network again on a later day keeps them."""
    known = centre.hostings.filter(operating_on__isnull=False).values_list("operating_on", flat=True).first()
    opened = known or day - timedelta(days=400)
    return {
        "role": Hosting.Role.LEAD,
        "selected_on": opened - timedelta(days=300),
        "agreement_signed_on": opened - timedelta(days=60),
        "operating_on": opened,
        "source": SOURCE,
    }


def _names(six: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(("name_en", "name_fr", "name_es", "name_ar", "name_zh", "name_ru"), six, strict=True))


def _keep(model: type[models.Model], key: dict[str, Any], **facts: Any) -> Any:
    row, _made = model._default_manager.update_or_create(**key, defaults=facts)
    return row
