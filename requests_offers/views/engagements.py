"""The work that follows an agreed match: its page, what both sides write into it, its files and its steps."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.permissions import Permission, can

from ..actions import delivery, proposals
from ..actions.engagements import STEPS, sides_of
from ..actions.schedule import asked_now
from ..forms import delivery as forms
from ..lifecycle import EngagementStatus
from ..models import Engagement, Match, Milestone, Result
from ..reasons import reason_label
from ..whats_next import Baton, Words
from .steps import buttons, step_page

PARTS = (
    "match__component__request__party",
    "match__component__request__centre",
    "match__offer__organization__party",
)
FORM = "requests_offers/engagement_form.html"


# The page -------------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def engagement_detail(request, reference):
    """An engagement: everything for both sides, their centre and the coordinator;
    the public part for everybody else.
    """
    rows = ("results", "beneficiaries", "appraisals", "appraisals_due")
    milestones = Prefetch("milestones", Milestone.objects.order_by("number"))
    engagement = _visible(request.user, reference, milestones, *rows)
    inside = _is_inside(engagement, request.user)
    sides = sides_of(engagement, request.user)
    context = {
        "engagement": engagement,
        "match": engagement.match,
        "need": engagement.match.component,
        "inside": inside,
        "milestones": _milestones(engagement),
        "groups": sorted(engagement.beneficiaries.all(), key=lambda row: row.pk),
        "public_story": engagement.is_released and _is_public(engagement.match),
    }
    if inside:
        context |= _inside(engagement, request.user, sides)
        context["can_plan"] = can(request.user, Permission.WORKPLAN_EDIT)
    return render(request, "requests_offers/engagement_detail.html", context)


def _visible(user, reference, *prefetched) -> Engagement:
    rows = Engagement.objects.visible_to(user).by_reference(reference).select_related(*PARTS)
    return get_object_or_404(rows.prefetch_related(*prefetched))


def _is_public(match: Match) -> bool:
    return match.publish_by_party and match.publish_by_provider


def _is_inside(engagement, user) -> bool:
    """Whether the reader belongs to one of the sides, to the centre or to the coordination."""
    return can(user, Permission.REQUEST_VIEW, engagement.match.component.request) or can(
        user, Permission.ENGAGEMENT_PROVIDER, engagement
    )


def _milestones(engagement) -> list[Milestone]:
    today = timezone.now().date()
    rows = list(engagement.milestones.all())
    for row in rows:
        late = row.due_on and row.due_on < today and engagement.status == EngagementStatus.ACTIVE
        row.state = "done" if row.done_on else "late" if late else "open"
    return rows


def _inside(engagement, user, sides) -> dict:
    proposal = getattr(engagement.match, "proposal", None)
    return {
        "sides": sides,
        "works": delivery.may_write(engagement, user, delivery.WHILE_ACTIVE),
        "writes": bool(sides),
        "baton": baton_of(engagement, sides),
        "acts": buttons(engagement, user),
        "results": sorted(engagement.results.all(), key=lambda row: row.pk),
        "appraisals": engagement.appraisals_seen_by(sides, timezone.now().date()),
        "schedule": _schedule(engagement),
        "releases": _releases(engagement, sides),
        "proposal": proposal,
        "reason": reason_label(engagement.reason_code) if engagement.reason_code else "",
    }


def _schedule(engagement) -> list[dict]:
    """When both sides are asked, and who has answered: one line for each moment."""
    lines: dict[str, dict] = {}
    for due in sorted(engagement.appraisals_due.all(), key=lambda row: (row.asked_on, row.side)):
        line = lines.setdefault(due.moment, {"label": due.get_moment_display(), "due": due})
        line[due.side] = due.answered_at
    return list(lines.values())


def _releases(engagement, sides) -> list[dict]:
    """The release of the text by each side, and whether the reader may give it or take it back."""
    names = {
        "party": engagement.match.component.request.party.name,
        "provider": engagement.match.offer.organization.name,
    }
    return [
        {"side": side, "who": who, "at": getattr(engagement, f"story_released_by_{side}_at"), "mine": side in sides}
        for side, who in names.items()
    ]


E = EngagementStatus
BATON: dict[EngagementStatus, tuple[Words, Words, Words]] = {
    E.ACTIVE: (
        gettext_lazy("The work goes on"),
        gettext_lazy("When it is done, either side concludes it, and both are asked what came of it."),
        gettext_lazy("Milestones that are late are shown to both sides and to the centre."),
    ),
    E.CONCLUDED: (
        gettext_lazy("Concluded: both sides say what came of it"),
        gettext_lazy("Both are asked at the end, after 6 and after 12 months."),
        gettext_lazy("After the last day the answers that were given are shown to both."),
    ),
    E.APPRAISED: (gettext_lazy("Appraised by both sides"), gettext_lazy("Lessons and results stay here."), ""),
    E.ENDED_EARLY: (gettext_lazy("Ended early"), gettext_lazy("The need is open again for other offers."), ""),
}


def baton_of(engagement, sides) -> Baton:
    """Who acts next in an engagement, until when, and what comes then."""
    heading: Words
    heading, then, otherwise = BATON[E(engagement.status)]
    asked = asked_now(engagement, sides)
    dates = [row.due_on for row in engagement.milestones.all() if row.due_on and not row.done_on]
    until = min(dates, default=None) if engagement.status == E.ACTIVE else None
    if asked and engagement.status == E.CONCLUDED:
        until, heading = min(row.due_on for row in asked), _("Please say what came of it")
    mine = bool(asked) or (engagement.status == E.ACTIVE and bool(sides))
    over = engagement.status in {E.APPRAISED, E.ENDED_EARLY}
    who = _("Nobody has to act") if over else _("Both sides")
    label = _("In the meantime") if engagement.status == E.ACTIVE else ""
    kind = "yours" if mine and not over else ""
    return Baton(heading, who, until, then, otherwise, kind, otherwise_label=label)


@require_http_methods(["GET", "POST"])
def engagement_step(request, reference, name):
    """One step of an engagement: the page that asks, and the act."""
    engagement = _visible(request.user, reference, "appraisals_due")
    return step_page(request, engagement, name, STEPS, back=engagement.get_absolute_url())


# Writing --------------------------------------------------------------------------------------------------------------


def _mine(user, reference) -> Engagement:
    """An engagement that the reader sees and writes into; 403 for the others who see it."""
    engagement = _visible(user, reference)
    if not sides_of(engagement, user):
        raise NotAllowed(_("Only the office of the Party and the provider write into an engagement."))
    return engagement


def _form_page(request, engagement, form, act, *, heading, anchor="", **context):
    """Show a form (GET) or do what it says (POST); what is refused becomes a sentence of the form."""
    back = engagement.get_absolute_url() + (f"#{anchor}" if anchor else "")
    if form.is_bound and form.is_valid():
        try:
            act(form.cleaned_data)
        except StaleWrite as error:
            form.add_error(None, str(error))
            form.data = form.data.copy()
            form.data["version"] = str(Engagement.objects.get(pk=engagement.pk).version)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context |= {"engagement": engagement, "form": form, "heading": heading, "back": back}
    return render(request, FORM, context)


@require_http_methods(["GET", "POST"])
def engagement_plan(request, reference):
    engagement = _mine(request.user, reference)
    form = forms.PlanForm(request.POST or None, initial={"plan": engagement.plan, "version": engagement.version})
    return _form_page(
        request, engagement, form,
        lambda said: delivery.save_plan(engagement, by=request.user, plan=said["plan"], version=said["version"]),
        heading=_("Plan of the work"), anchor="plan",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def milestone_new(request, reference):
    engagement = _mine(request.user, reference)
    initial = {"due_on": timezone.now().date() + timedelta(days=90)}
    return _form_page(
        request, engagement, forms.MilestoneForm(request.POST or None, initial=initial),
        lambda said: delivery.add_milestone(engagement, by=request.user, **said),
        heading=_("Add a milestone"), anchor="milestones",
    )  # fmt: skip


def _milestone(user, reference, number) -> Milestone:
    engagement = _mine(user, reference)
    milestone = get_object_or_404(engagement.milestones, number=number)
    milestone.engagement = engagement
    return milestone


@require_http_methods(["GET", "POST"])
def milestone_edit(request, reference, number):
    milestone = _milestone(request.user, reference, number)
    kind = forms.TransferMilestoneForm if milestone.kind else forms.MilestoneForm
    initial = {name: getattr(milestone, name) for name in ("title", "text", "due_on")}
    return _form_page(
        request, milestone.engagement, kind(request.POST or None, initial=initial),
        lambda said: delivery.change_milestone(milestone, by=request.user, **said),
        heading=_("Milestone: %(name)s") % {"name": milestone.name}, anchor="milestones",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def milestone_done(request, reference, number):
    milestone = _milestone(request.user, reference, number)
    form = forms.DoneForm(request.POST or None, initial={"done_on": timezone.now().date()})
    return _form_page(
        request, milestone.engagement, form,
        lambda said: delivery.finish_milestone(milestone, by=request.user, **said),
        heading=_("Done: %(name)s") % {"name": milestone.name}, anchor="milestones",
    )  # fmt: skip


@require_POST
def milestone_act(request, reference, number, name):
    """Open a milestone again, or take it out of the plan."""
    acts = {"reopen": delivery.reopen_milestone, "remove": delivery.remove_milestone}
    if name not in acts:
        raise Http404
    milestone = _milestone(request.user, reference, number)
    try:
        acts[name](milestone, by=request.user)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(milestone.engagement.get_absolute_url() + "#milestones")


@require_http_methods(["GET", "POST"])
def result_new(request, reference):
    engagement = _mine(request.user, reference)
    form = forms.ResultForm(request.POST or None, request.FILES or None, initial={"form_key": uuid.uuid4()})
    return _form_page(
        request, engagement, form,
        lambda said: delivery.add_result(engagement, by=request.user, **said),
        heading=_("Add a result"), anchor="results", has_file=True,
    )  # fmt: skip


@require_safe
def result_file(request, reference, pk):
    """The bytes of a result's file, always as a download, for those inside."""
    engagement = _visible(request.user, reference)
    if not _is_inside(engagement, request.user):
        raise Http404
    result = get_object_or_404(Result.objects.exclude(stored_as=""), engagement=engagement, pk=pk)
    try:
        content = result.open()
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=result.file_name, content_type=result.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def result_remove(request, reference, pk):
    engagement = _mine(request.user, reference)
    result = get_object_or_404(engagement.results, pk=pk)
    result.engagement = engagement
    delivery.remove_result(result, by=request.user)
    messages.success(request, _("Removed."))
    return redirect(engagement.get_absolute_url() + "#results")


@require_http_methods(["GET", "POST"])
def engagement_beneficiaries(request, reference):
    engagement = _mine(request.user, reference)
    form = forms.BeneficiariesForm(request.POST or None, engagement=engagement)
    return _form_page(
        request, engagement, form,
        lambda said: delivery.save_beneficiaries(engagement, by=request.user, groups=form.groups),
        heading=_("Whom the work reached"), anchor="beneficiaries",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def engagement_lessons(request, reference):
    engagement = _mine(request.user, reference)
    initial = {name: getattr(engagement, name) for name in ("lessons", "may_become_practice", "version")}
    return _form_page(
        request, engagement, forms.LessonsForm(request.POST or None, initial=initial),
        lambda said: delivery.save_lessons(engagement, by=request.user, **said),
        heading=_("Lessons"), anchor="lessons",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def engagement_story(request, reference):
    engagement = _mine(request.user, reference)
    initial = {"story": engagement.story, "language": engagement.story_language, "version": engagement.version}
    return _form_page(
        request, engagement, forms.StoryForm(request.POST or None, initial=initial),
        lambda said: delivery.save_story(engagement, by=request.user, **said),
        heading=_("What the work achieved"), anchor="story",
    )  # fmt: skip


@require_POST
def story_act(request, reference, name):
    """One side releases the text that was on the page, or takes its release back."""
    engagement = _mine(request.user, reference)
    side = request.POST.get("side", "")
    try:
        if name == "release":
            version = request.POST.get("version", "")
            number = int(version) if version.isdecimal() and len(version) < 9 else None
            delivery.release_story(engagement, by=request.user, side=side, version=number)
            messages.success(request, _("Released. It is public when both sides have released it."))
        elif name == "take-back":
            delivery.take_story_back(engagement, by=request.user, side=side)
            messages.success(request, _("Taken back: the text is not public."))
        else:
            raise Http404
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(engagement.get_absolute_url() + "#story")


@require_POST
def proposal_begin(request, reference):
    """Begin the joint proposal of the two sides; begun twice, it is the same."""
    engagement = _mine(request.user, reference)
    try:
        return redirect(proposals.begin(engagement.match, by=request.user))
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(engagement)
