"""Joint proposals: the page of each, its versions, the form, the steps and the PDF."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.permissions import Permission, can

from ..actions import proposals
from ..actions.engagements import sides_of
from ..forms.proposal import Lines, ProposalForm
from ..letters.proposal import budget_of, proposal_pdf
from ..lifecycle import ProposalStatus
from ..models import JointProposal, ProposalVersion
from ..whats_next import Baton
from .drafting import differences
from .steps import buttons, step_page

PARTS = (
    "current",
    "match__component__request__party",
    "match__component__request__centre",
    "match__offer__organization",
    "match__engagement",
)
FORM = "requests_offers/proposal_form.html"
S = ProposalStatus
BATON = {
    S.DRAFT: (
        gettext_lazy("Write the proposal together, then put it to both sides"),
        gettext_lazy("Both sides read the same version and approve it."),
    ),
    S.PROPOSED: (
        gettext_lazy("Both sides approve this version"),
        gettext_lazy("A change makes a new version, which both approve again."),
    ),
    S.APPROVED: (
        gettext_lazy("Approved by both: ready for a workplan or a pledge"),
        gettext_lazy("It can become an activity of a workplan, or be what a pledge is for."),
    ),
}


def _visible(user, reference) -> JointProposal:
    return get_object_or_404(JointProposal.objects.visible_to(user).by_reference(reference).select_related(*PARTS))


def _version(proposal, user, number: str) -> ProposalVersion:
    """The version that an address names, else the newest; whoever reads it from outside gets the approved one only."""
    if number and is_inside(proposal, user):
        wanted = int(number) if number.isdecimal() and len(number) < 5 else 0
        return get_object_or_404(proposal.versions, number=wanted)
    return proposal.current


def is_inside(proposal, user) -> bool:
    """Whether the reader belongs to one of the sides, to the centre or to the coordination."""
    return can(user, Permission.REQUEST_VIEW, proposal.match.component.request) or can(
        user, Permission.ENGAGEMENT_PROVIDER, proposal
    )


@require_safe
def proposal_detail(request, reference):
    """A joint proposal in its newest version, or in the one that is asked for."""
    proposal = _visible(request.user, reference)
    version = _version(proposal, request.user, request.GET.get("version", ""))
    inside, sides = is_inside(proposal, request.user), sides_of(proposal, request.user)
    is_current = version.pk == proposal.current_id
    context = {
        "proposal": proposal,
        "version": version,
        "is_current": is_current,
        "match": proposal.match,
        "inside": inside,
        "writes": bool(sides),
        "budget": budget_of(version),
        "approvals": _approvals(proposal, version),
        "versions": list(proposal.versions.order_by("-number")) if inside else [],
        "acts": _acts(proposal, request.user) if is_current else [],
        "baton": baton_of(proposal, sides),
        "can_plan": proposal.status == ProposalStatus.APPROVED and can(request.user, Permission.WORKPLAN_EDIT),
    }
    return render(request, "requests_offers/proposal_detail.html", context)


def _acts(proposal, user) -> list[dict]:
    """The buttons; approving names the version that was read."""
    found = buttons(proposal, user)
    for act in found:
        if act["name"] == "approve":
            act["url"] += f"?number={proposal.current.number}"
    return found


def _approvals(proposal, version) -> list[dict]:
    request, organization = proposal.match.component.request, proposal.match.offer.organization
    return [
        {"who": request.party.name, "at": version.approved_by_party_at},
        {"who": organization.name, "at": version.approved_by_provider_at},
    ]


def baton_of(proposal, sides) -> Baton:
    """Whose approval is waited for, and what comes then."""
    heading, then = BATON[S(proposal.status)]
    missing = [one["who"] for one in _approvals(proposal, proposal.current) if not one["at"]]
    waits = [side for side in sides if not getattr(proposal.current, f"approved_by_{side}_at")]
    who = {S.DRAFT: _("Both sides"), S.PROPOSED: " · ".join(missing), S.APPROVED: _("Nobody has to act")}
    mine = bool(sides) if proposal.status == S.DRAFT else proposal.status == S.PROPOSED and bool(waits)
    return Baton(heading, who[S(proposal.status)], None, then, "", "yours" if mine else "")


@require_http_methods(["GET", "POST"])
def proposal_edit(request, reference):
    """The form; writing on an approved version begins the next one."""
    proposal = _visible(request.user, reference)
    if not sides_of(proposal, request.user):
        raise NotAllowed(_("Only the office of the Party and the provider write a joint proposal."))
    saved = ProposalForm.initial_of(proposal.current)
    form = ProposalForm(request.POST or None, initial=saved | {"version": proposal.version})
    rows = [
        {"title": line.title, "amount": line.amount, "source": line.source}
        for line in proposal.current.lines.order_by("number")
    ]
    formset = Lines(request.POST or None, initial=rows, prefix="lines")
    found = []
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        try:
            return _saved(request, proposal, form, formset)
        except StaleWrite as error:
            form.add_error(None, str(error))
            newest = JointProposal.objects.select_related("current").get(pk=proposal.pk)
            found = differences(form, ProposalForm.initial_of(newest.current))
            form.data = form.data.copy()
            form.data["version"] = str(newest.version)
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"proposal": proposal, "form": form, "formset": formset, "differences": found}
    return render(request, FORM, context, status=409 if found else 200)


def _saved(request, proposal, form, formset):
    said = dict(form.cleaned_data)
    version = said.pop("version")
    proposals.save(proposal, by=request.user, data=said | {"lines": formset.lines}, version=version)
    messages.success(request, _("Saved. Read it once more, then put it to both sides."))
    return redirect(proposal)


@require_http_methods(["GET", "POST"])
def proposal_step(request, reference, name):
    """One step of a joint proposal."""
    proposal = _visible(request.user, reference)
    number = request.GET.get("number", "")
    read = int(number) if number.isdecimal() and len(number) < 5 else None
    acts = proposals.STEPS | {"approve": partial(proposals.approve, number=read)}
    return step_page(request, proposal, name, acts, back=proposal.get_absolute_url())


@require_safe
def proposal_file(request, reference):
    """A version as PDF, in the language of the page."""
    proposal = _visible(request.user, reference)
    version = _version(proposal, request.user, request.GET.get("version", ""))
    response = HttpResponse(proposal_pdf(proposal, version), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{proposal.reference}-{version.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
