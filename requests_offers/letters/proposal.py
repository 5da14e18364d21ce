"""A joint proposal as PDF in the active language: the words of one version, and who has approved it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from accounts import cldr

from ..days import day
from ..models import JointProposal, ProposalLine, ProposalVersion
from .typesetting import is_right_to_left, script, typeset

PAGE = Path(__file__).resolve().parent / "proposal.typ"


def proposal_pdf(proposal: JointProposal, version: ProposalVersion) -> bytes:
    """The PDF of one version."""
    return typeset(PAGE, "proposal", words_of(proposal, version))


def budget_of(version: ProposalVersion) -> dict[str, Any]:
    """The lines of a budget with their sums by who carries them, in the words of the reader's language."""
    lines = list(version.lines.order_by("number"))
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.source] = sums.get(line.source, Decimal(0)) + line.amount
    labels = dict(ProposalLine.Source.choices)
    return {
        "lines": [
            {"title": line.title, "amount": money(line.amount, version), "source": str(labels[line.source])}
            for line in lines
        ],
        "sums": [(str(labels[source]), money(amount, version)) for source, amount in sums.items()],
        "total": money(sum(sums.values(), Decimal(0)), version) if lines else "",
    }


def money(amount: Decimal, version: ProposalVersion) -> str:
    """An amount in the currency of the proposal, as the reader's language writes it."""
    return cldr.money(amount, version.currency)


def words_of(proposal: JointProposal, version: ProposalVersion) -> dict[str, Any]:
    """Everything that the document says."""
    return {
        **script(),
        "mark": _("EXAMPLE: this is example data and stands for no real proposal.") if proposal.is_example else "",
        "kind": _("Joint proposal %(reference)s, version %(number)s")
        % {"reference": proposal.reference, "number": version.number},
        "title": _said(version.title),
        "state": _state(version),
        "facts": _facts(proposal, version),
        "concept_heading": _("Concept"),
        "concept": [_said(part) for part in version.concept.replace("\r\n", "\n").split("\n\n") if part.strip()],
        "partners_heading": _("Partners"),
        "partners": [_said(entry) for entry in version.partners],
        "results_heading": _("Expected results"),
        "results": [_said(entry) for entry in version.results],
        "budget_heading": _("Budget"),
        "budget_columns": [_("What for"), _("Carried by"), _("Amount")],
        "budget": [(_said(line["title"]), line["source"], line["amount"]) for line in budget_of(version)["lines"]],
        "sums": budget_of(version)["sums"],
        "total": (_("Total"), budget_of(version)["total"]),
        "approvals_heading": _("Approval"),
        "approvals": _approvals(proposal, version),
        "reference": proposal.reference,
        "address": settings.SITE_ADDRESS + proposal.get_absolute_url(),
    }


def _said(text: str) -> dict[str, Any]:
    """A text that somebody wrote, with its own direction."""
    return {"text": text, "rtl": is_right_to_left(text)}


def _state(version: ProposalVersion) -> str:
    if version.is_approved:
        return _("Approved by both sides")
    return _("Proposed, not yet approved by both sides") if version.proposed_at else _("Draft")


def _facts(proposal: JointProposal, version: ProposalVersion) -> list[tuple[str, dict[str, Any]]]:
    request, offer = proposal.match.component.request, proposal.match.offer
    rtl = get_language_bidi()
    period = [day(version.starts_on, "long"), day(version.ends_on, "long")]
    found = [
        (_("Party"), {"text": request.party.name, "rtl": rtl}),
        (_("Organization"), _said(offer.organization.name)),
        (_("Request and offer"), {"text": f"{proposal.match.component.reference} · {offer.reference}", "rtl": False}),
        (_("Period"), {"text": " – ".join(part for part in period if part), "rtl": rtl}),
    ]
    return [(label, value) for label, value in found if value["text"]]


def _approvals(proposal: JointProposal, version: ProposalVersion) -> list[tuple[dict[str, Any], str]]:
    sides = (
        (proposal.match.component.request.party.name, version.approved_by_party_at),
        (proposal.match.offer.organization.name, version.approved_by_provider_at),
    )
    return [(_said(who), day(moment, "long") if moment else _("not yet")) for who, moment in sides]
