"""A consultation as the offices see it: what concerns them first, their comments, and their word on the whole plan."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import DomainError
from accounts.permissions import Permission, can, require

from .. import whats_next
from ..actions import comments, consultation
from ..forms.consulting import CommentChangeForm, CommentForm, VerdictForm
from ..lifecycle import VersionStatus
from ..models import Activity, Comment, Invitation
from .editing_shared import tell
from .plans import version_of
from .reading import plan_page


def invitations_of(user, version) -> list[Invitation]:
    """The invitations of the offices for which the reader speaks or prepares."""
    rows = Invitation.objects.visible_to(user).filter(version=version).select_related("party").order_by("party__iso2")
    return [row for row in rows if can(user, Permission.WORKPLAN_CONSULTED, PartyOf(row))]


class PartyOf:
    """The office alone: a centre sees an invitation too, and does not speak for it."""

    SCOPE = {"party": "party"}

    def __init__(self, row):
        self.party_id = row.party_id


def invitation_for(user, version, iso2) -> Invitation:
    """The invitation of one of the reader's offices; the only one where none is named."""
    ours = invitations_of(user, version)
    chosen = [row for row in ours if row.party.iso2 == iso2] if iso2 else ours[:1]
    if not chosen:
        raise Http404
    return chosen[0]


@require_safe
def consultation_page(request, reference, number):
    """The plan for one office: its own part first, then the rest; what it has said; its word on the whole."""
    version = version_of(request.user, reference, number)
    invitation = invitation_for(request.user, version, request.GET.get("party", ""))
    party = invitation.party
    page = plan_page(version, full=False)
    said = list(Comment.objects.of_ledger(version).filter(party=party).select_related("activity", "version").in_order())
    for activity in page["activities"]:
        activity["said"] = [one for one in said if one.activity and one.activity.reference == activity["reference"]]
    own = [one for one in page["activities"] if any(iso2 == party.iso2 for iso2, _name in one["parties"])]
    context = page | {
        "version": version,
        "invitation": invitation,
        "party": party,
        "others": [row.party for row in invitations_of(request.user, version) if row.pk != invitation.pk],
        "own": own,
        "rest": [one for one in page["activities"] if one not in own],
        "said": [one for one in said if one.activity is None],
        "is_open": version.status == VersionStatus.CONSULTATION,
        "may_speak": can(request.user, Permission.WORKPLAN_COMMENT, PartyOf(invitation)),
        "verdict_form": VerdictForm(initial={"party": party.iso2, "verdict": invitation.verdict}),
        "baton": whats_next.of_version(version, request.user, timezone.now()),
    }
    return render(request, "workplans/consultation.html", context)


def back(version, party, anchor=""):
    address = reverse("workplan_consultation", args=[version.workplan.reference, version.number])
    return redirect(f"{address}?party={party.iso2}" + (f"#{anchor}" if anchor else ""))


@require_http_methods(["GET", "POST"])
def comment_new(request, reference, number):
    """A comment on the plan, on an activity (?activity=), or on a part of either."""
    version = version_of(request.user, reference, number)
    given = request.POST if request.method == "POST" else request.GET
    invitation = invitation_for(request.user, version, given.get("party", ""))
    require(request.user, Permission.WORKPLAN_COMMENT, PartyOf(invitation))
    activity = _activity(version, given.get("activity", ""))
    initial = {
        "party": invitation.party.iso2,
        "activity": activity.reference if activity else "",
        "kind": given.get("kind", "comment"),
        "form_key": uuid.uuid4(),
    }
    data = request.POST if request.method == "POST" else None
    form = CommentForm(data, initial=initial, party=invitation.party, activity=activity)
    if form.is_valid():
        try:
            comments.comment(
                version,
                invitation.party,
                by=request.user,
                activity=activity.identity if activity else None,
                **form.said,
            )
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("Your words are in the ledger. The centre answers each of them."))
            return back(version, invitation.party, activity.reference if activity else "said")
    context = {"version": version, "party": invitation.party, "activity": activity, "form": form}
    return render(request, "workplans/comment_edit.html", context)


def _activity(version, reference) -> Activity | None:
    if not reference:
        return None
    return get_object_or_404(Activity.objects.by_reference(reference).select_related("identity"), version=version)


def comment_of(request, version, pk) -> Comment:
    rows = (
        Comment.objects.of_ledger(version)
        .visible_to(request.user)
        .select_related("party", "activity", "version__workplan")
    )
    comment = get_object_or_404(rows, pk=pk)
    require(request.user, Permission.WORKPLAN_COMMENT, PartyOf(comment))
    return comment


@require_http_methods(["GET", "POST"])
def comment_edit(request, reference, number, pk):
    version = version_of(request.user, reference, number)
    comment = comment_of(request, version, pk)
    initial = {"revision": comment.revision, "text": comment.text, "publish": comment.publish}
    form = CommentChangeForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            comments.change_comment(comment, by=request.user, **form.cleaned_data)
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return back(version, comment.party)
    context = {"version": version, "party": comment.party, "comment": comment, "activity": None, "form": form}
    return render(request, "workplans/comment_edit.html", context)


@require_POST
def comment_withdraw(request, reference, number, pk):
    version = version_of(request.user, reference, number)
    comment = comment_of(request, version, pk)
    _try(request, lambda: comments.withdraw_comment(comment, by=request.user), _("The comment is taken back."))
    return back(version, comment.party)


@require_POST
def comment_publish(request, reference, number, pk):
    version = version_of(request.user, reference, number)
    comment = comment_of(request, version, pk)
    publish = request.POST.get("publish") == "1"
    _try(request, lambda: comments.publish_comment(comment, by=request.user, publish=publish), _("Saved."))
    return back(version, comment.party)


@require_POST
def answer(request, reference, number):
    """An office's word on the whole plan: with it nobody waits for more from this office."""
    version = version_of(request.user, reference, number)
    invitation = invitation_for(request.user, version, request.POST.get("party", ""))
    require(request.user, Permission.WORKPLAN_COMMENT, PartyOf(invitation))
    verdict = request.POST.get("verdict", "")
    _try(
        request,
        lambda: consultation.answer(version, invitation.party, by=request.user, verdict=verdict),
        _("Your answer is recorded. It can be changed while the consultation is open."),
    )
    return back(version, invitation.party, "answer")


def _try(request, act, done) -> None:
    try:
        act()
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done)
