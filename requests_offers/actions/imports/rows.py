"""What a row of a file means: requests and offers in the words of this portal."""

from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.sheets.cells import Row, short
from centres.codes import EVERYWHERE, KnownCodes, target_number
from centres.models import (
    BeneficiaryGroup,
    Constraint,
    CooperationType,
    NationalPriority,
    Organization,
    Party,
    PartyFlag,
    fold,
)

from ...models.offer import CostModel, Delivery
from ...models.request import Language, Means, Modality
from ..drafts import MOST_COMPONENTS
from .intake import read_intake

LONGEST_TITLE = 300
LONGEST_SUMMARY = 1200
# Files of tools and profiles often leave the provider out. The offer is worth keeping; nobody can answer for it until
# an organization claims it, and the placeholder's name says so.
PROVIDER_NOT_NAMED = "Provider not named"


class Known(KnownCodes):
    """The codes that files may use, also those that only requests and offers need."""

    @cached_property
    def cooperation_types(self) -> dict[str, CooperationType]:
        return {row.code: row for row in CooperationType.objects.current()}

    @cached_property
    def constraints(self) -> dict[str, Constraint]:
        return {row.code: row for row in Constraint.objects.current()}

    @cached_property
    def beneficiary_groups(self) -> dict[str, BeneficiaryGroup]:
        return {row.code: row for row in BeneficiaryGroup.objects.current()}

    @cached_property
    def priorities(self) -> dict[str, list[NationalPriority]]:
        """Those in force by their codes: several Parties may use one code."""
        found: dict[str, list[NationalPriority]] = {}
        for row in NationalPriority.objects.in_force().select_related("party").order_by("pk"):
            found.setdefault(fold(row.code), []).append(row)
        return found

    @cached_property
    def parties(self) -> dict[str, Party]:
        return {row.iso2: row for row in Party.objects.current()}

    @cached_property
    def organizations(self) -> dict[str, Organization]:
        """By slug and by folded name."""
        rows = list(Organization.objects.current().select_related("party"))
        return {fold(row.name): row for row in rows} | {row.slug: row for row in rows}

    def tags(self, row: Row) -> dict:
        """Targets, subjects and forms of cooperation."""
        return {
            "targets": row.known(
                self.targets, "targets", "kmgbf_targets", what=_("Give target numbers from 1 to 23."), key=target_number
            ),
            "subjects": row.known(self.subjects, "subjects", what=_("The API lists the codes under subjects.")),
            "cooperation_types": row.known(
                self.cooperation_types, "cooperation_types", what=_("The API lists the codes under cooperation-types.")
            ),
        }


def _iso(value: Any) -> str:
    return str(value).strip().upper()


def read_request(row: Row, known: Known) -> dict:
    """One request with one need (or several under "components"), as `start_request` takes it."""
    what = _("Use the two-letter code of a Party, such as FJ.")
    lead = row.known(known.parties, "party", "countries", "parties", what=what, key=_iso)
    others = row.known(known.parties, "co_parties", what=what, key=_iso)
    if not lead and not row.faults:
        row.fault("countries", _("Name the Party that asks, with its two-letter code."))
    title = row.line("title", longest=LONGEST_TITLE, required=True)
    text = _whole_text(row) or title
    row.number("year", least=1992, most=2100)
    row.number("funding_needed")
    row.line("currency", longest=40)
    return {
        "party": lead[0] if lead else None,
        "external_id": row.line("id", "external_id", longest=200),
        "data": {
            "title": title,
            "summary": row.text("summary") or first_part(text),
            "language": row.language("language"),
            "own_means": row.text("own_means"),
            "contact": row.text("contact"),
            "constraints_addressed": row.known(known.constraints, "constraints", what=_("The API lists the codes.")),
            "co_parties": (together := [party for party in [*lead[1:], *others] if party not in lead[:1]]),
            **read_intake(row, known, [*lead[:1], *together]),
            "components": _components(row, known, title, text),
        },
    }


def _whole_text(row: Row) -> str:
    """The description, with the objectives as a list below it."""
    objectives = row.texts("objectives")
    return "\n\n".join(part for part in (row.text("text", "description", "summary"), "\n".join(objectives)) if part)


def _components(row: Row, known: Known, title: str, text: str) -> list[dict]:
    """The needs under "components"; without any the request itself is the one need."""
    _name, values = row.items("components")
    if len(values) > MOST_COMPONENTS:
        row.fault("components", _("A request has at most %(most)s needs.") % {"most": MOST_COMPONENTS})
    found = []
    for number, value in enumerate(values, start=1):
        if not isinstance(value, dict):
            row.fault("components", _("Each need must be a record in curly brackets: {…}."))
            continue
        part = Row(row.place, value)
        part_title = part.line("title", longest=LONGEST_TITLE, required=True)
        found.append(_component(part, known, part_title, _whole_text(part) or part_title))
        row.faults += [replace(fault, field=f"components.{number}.{fault.field}") for fault in part.faults]
    return found or [_component(row, known, title, text)]


def _component(row: Row, known: Known, title: str, text: str) -> dict:
    starts_on, ends_on = row.day("starts_on"), row.day("ends_on")
    row.order("starts_on", "ends_on", starts_on, ends_on)
    return {
        "title": title,
        "text": text,
        "modality": row.choice(Modality.values, "modality"),
        "languages": _languages(row, "languages"),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "means": row.choice(Means.values, "means", "budget"),
        "partners_wanted": row.whole("partners_wanted", least=1, most=9, default=1),
        **known.tags(row),
    }


def _languages(row: Row, name: str) -> list[str]:
    known = {code: code for code in Language.values}
    return row.known(known, name, what=_("Use en, fr, es, ar, zh or ru."))


def first_part(text: str) -> str:
    """The beginning of a long text, up to the end of a sentence where there is one."""
    if len(text) <= LONGEST_SUMMARY:
        return text
    head = text[:LONGEST_SUMMARY]
    end = max(head.rfind(mark) for mark in (". ", ".\n", "。", "؟ ", "! ", "? "))
    return head[: end + 1] if end > LONGEST_SUMMARY // 3 else head.rsplit(" ", 1)[0] + " …"


def read_offer(row: Row, known: Known) -> dict:
    """One offer of one provider, as `start_offer` takes it."""
    language = row.language("language")
    text = row.text("text", "description", required=True)
    keywords = row.texts("topic_keywords")
    row.line("offer_type", longest=200)
    available_from, available_until = row.day("available_from"), row.day("available_until")
    row.order("available_from", "available_until", available_from, available_until)
    return {
        "provider": row.line("provider", "organization", longest=250) or PROVIDER_NOT_NAMED,
        "seat": _seat(row, known),
        "external_id": row.line("id", "external_id", longest=200),
        "data": {
            "title": row.line("title", longest=LONGEST_TITLE, required=True),
            "text": text,
            "language": language,
            "languages": _languages(row, "languages")
            or [code for code in [language[:2].lower()] if code in Language.values],
            "capacity": row.whole("capacity", least=1, most=1000, default=1),
            "cost_model": row.choice(CostModel.values, "cost_model"),
            "delivery": row.choice(Delivery.values, "delivery"),
            "available_from": available_from,
            "available_until": available_until,
            "expires_on": _expiry(row),
            "contact": row.text("contact"),
            "readiness_level": row.whole("readiness_level", "trl", least=1, most=9),
            "access_conditions": row.text("access_conditions"),
            "assessments": row.text("assessments"),
            "needs_on_ground": row.text("needs_on_ground"),
            "respects_consent": row.flag("respects_consent"),
            **_eligibility(row, known),
            "items": [{"text": ", ".join(keywords), "language": "en"}] if keywords else [],
            **_coverage(row, known),
            **known.tags(row),
        },
    }


def _eligibility(row: Row, known: Known) -> dict:
    """For whom alone an offer is: Parties and regions by code, flags by name."""
    flags = {code: code for code in PartyFlag.Kind.values}
    return {
        "eligible_parties": row.known(
            known.parties, "eligible_parties", what=_("Use the two-letter code of a Party, such as FJ."), key=_iso
        ),
        "eligible_regions": row.known(
            known.regions,
            "eligible_regions",
            what=_("Use M49 codes or names of regions, such as Caribbean."),
            key=_folded,
        ),
        "eligible_flags": row.known(flags, "eligible_flags", what=_("Use LDC, SIDS, LLDC or DEVELOPING."), key=_iso),
    }


def _folded(value: Any) -> str:
    return fold(str(value))


def _expiry(row: Row) -> date | None:
    """The last day of an offer, which has not passed."""
    day = row.day("expires_on")
    if day and day < timezone.now().date():
        row.fault("expires_on", _("This day has passed. Give a later one, or leave it empty."))
    return day


def _seat(row: Row, known: Known) -> Party | None:
    """The Party of the provider's seat; a country that is not a Party has a code but no seat here."""
    code = row.line("provider_country", longest=20)
    if code and not (len(code) == 2 and code.isalpha()):
        row.fault("provider_country", _("Use the two-letter code of a country, such as KE."))
    return known.parties.get(code.upper())


def _coverage(row: Row, known: Known) -> dict:
    """Where the offer holds: Parties by code, regions by M49 code or name, or everywhere."""
    covered: dict = {"worldwide": False, "regions": [], "parties": []}
    name, values = row.items("coverage", "regions")
    for value in values:
        word = fold(str(value))
        if word in EVERYWHERE:
            covered["worldwide"] = True
        elif word in known.regions:
            covered["regions"].append(known.regions[word])
        elif _iso(value) in known.parties:
            covered["parties"].append(known.parties[_iso(value)])
        else:
            row.fault(
                name,
                _("“%(value)s” is not a region or a Party. Use names such as Caribbean, or codes such as FJ.")
                % {"value": short(value)},
            )
    return covered
