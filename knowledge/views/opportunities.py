"""Opportunities: the list, the page of each, its steps, and the same as a calendar and as a feed."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import ical
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.permissions import Permission, can, require

from .. import whats_next
from ..actions import opportunities
from ..filters.registry import OpportunityFilter
from ..forms.opportunities import OpportunityForm, RefuseForm, RenewForm
from ..lifecycle import OPPORTUNITY_STEPS
from ..models import Opportunity

PER_PAGE = 25
IN_FEEDS = 100
SETS = ("targets", "subjects", "cooperation_types", "parties", "regions")
DONE = {
    "publish": gettext_lazy("The opportunity is published."),
    "renew": gettext_lazy("The opportunity is shown again until its new deadline."),
    "refuse": gettext_lazy("The opportunity is not shown any more."),
}


@login_not_required
@require_safe
def opportunity_list(request):
    """What is open now, the soonest deadline first."""
    found = _found(request)
    rows = found.qs.select_related("programme").prefetch_related("targets", "regions", "parties")
    page = Paginator(rows.closing_first(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "filter_form": found.form,
        "may_decide": can(request.user, Permission.OPPORTUNITY_EDIT),
        "now": timezone.now(),
    }
    return render(request, "knowledge/opportunity_list.html", context)


def _found(request: Any) -> OpportunityFilter:
    rows = Opportunity.objects.visible_to(request.user)
    return OpportunityFilter(request.GET, queryset=rows, request=request)


@login_not_required
@require_safe
def opportunity_detail(request, reference):
    opportunity = _visible(request.user, reference)
    decides = can(request.user, Permission.OPPORTUNITY_EDIT, opportunity)
    own = request.user.is_authenticated and opportunity.suggested_by_id == request.user.pk
    context = {
        "opportunity": opportunity,
        "baton": whats_next.of_opportunity(opportunity, request.user),
        "steps": opportunities.open_steps(opportunity, request.user),
        "can_change": (decides and opportunity.status in {"suggested", "published"})
        or (own and opportunity.status == "suggested"),
        "inside": decides or own,
        "asks": {"renew", "refuse"},
    }
    return render(request, "knowledge/opportunity_detail.html", context)


def _visible(user: Any, reference: str) -> Opportunity:
    rows = Opportunity.objects.visible_to(user).by_reference(reference)
    return get_object_or_404(rows.select_related("programme", "centre").prefetch_related(*SETS))


@require_http_methods(["GET", "POST"])
def opportunity_new(request):
    """Enter an opportunity, or suggest one."""
    form = OpportunityForm(request.POST or None)
    if form.is_valid():
        try:
            key = form.cleaned_data["form_key"]
            made = opportunities.enter_opportunity(by=request.user, data=form.said, form_key=key)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            shown = made.status == "published"
            thanks = _("It is published.") if shown else _("Thank you. You are told when it is published.")
            messages.success(request, thanks)
            return redirect(made)
    trusted = can(request.user, Permission.OPPORTUNITY_EDIT)
    return render(request, "knowledge/opportunity_form.html", {"form": form, "trusted": trusted})


@require_http_methods(["GET", "POST"])
def opportunity_edit(request, reference):
    """Mend an opportunity."""
    opportunity = _visible(request.user, reference)
    own = opportunity.status == "suggested" and opportunity.suggested_by_id == request.user.pk
    if not own:
        require(request.user, Permission.OPPORTUNITY_EDIT, opportunity)
    form = OpportunityForm(request.POST or None, opportunity=opportunity)
    if form.is_valid():
        try:
            opportunities.change_opportunity(opportunity, by=request.user, data=form.said)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The opportunity is changed."))
            return redirect(opportunity)
    return render(request, "knowledge/opportunity_form.html", {"form": form, "opportunity": opportunity})


@require_http_methods(["GET", "POST"])
def opportunity_step(request, reference, name):
    """One step: a page that asks where something is needed, else a button that posts."""
    opportunity = _visible(request.user, reference)
    step = OPPORTUNITY_STEPS.get(name)
    if step is None or name not in DONE:
        raise Http404
    if step.permission is None or not can(request.user, step.permission, opportunity):
        raise NotAllowed(_("The centre that entered this, or the coordinator, can do it."))
    form = _step_form(name, request.POST or None)
    if request.method == "GET" and form is None:
        return redirect(opportunity)
    if request.method == "POST" and (form is None or form.is_valid()) and _taken(request, opportunity, name, form):
        return redirect(opportunity)
    return render(request, "knowledge/opportunity_step.html", {"opportunity": opportunity, "step": step, "form": form})


def _step_form(name: str, data: Any) -> Any:
    if name == "renew":
        return RenewForm(data, initial={"until": opportunities.default_deadline()})
    return RefuseForm(data) if name == "refuse" else None


def _taken(request: Any, opportunity: Opportunity, name: str, form: Any) -> bool:
    """Take the step; False where its form has to be corrected."""
    try:
        opportunities.STEPS[name](opportunity, by=request.user, **(form.cleaned_data if form else {}))
    except DomainError as error:
        if form is not None and not isinstance(error, IllegalStep):
            form.add_error(None, str(error))
            return False
        messages.warning(request, str(error))
    else:
        messages.success(request, DONE[name])
    return True


# As a calendar and as a feed ------------------------------------------------------------------------------------------


def _open_rows(request: Any) -> Any:
    """What is public and open, narrowed as the list is; never what somebody only suggested."""
    rows = Opportunity.objects.open()
    found = OpportunityFilter(request.GET, queryset=rows, request=request)
    return (found.qs if found.form.is_valid() else rows).open().closing_first()[:IN_FEEDS]


def _title(opportunity: Opportunity) -> str:
    return _("Example: %(title)s") % {"title": opportunity.title} if opportunity.is_example else opportunity.title


@login_not_required
@require_safe
def opportunity_calendar(request):
    """The deadlines as a calendar that a program can subscribe to, narrowed by the filters of the list."""
    events = [
        ical.Event(
            uid=f"{one.reference}@{request.get_host().partition(':')[0]}",
            starts=one.closes_at if one.closes_time else one.closes_on,
            summary=_("Deadline: %(title)s") % {"title": _title(one)},
            changed_at=one.updated_at,
            description=f"{one.summary}\n\n{one.organizer}\n{one.url}",
            url=settings.SITE_ADDRESS + one.get_absolute_url(),
            location=one.place,
            categories=(str(one.get_kind_display()),),
        )
        for one in _open_rows(request)
        if one.has_deadline
    ]
    body = ical.calendar(_("Opportunities: TSC Portal"), events, language=get_language() or "en")
    response = HttpResponse(body, content_type=ical.CONTENT_TYPE)
    response["Content-Disposition"] = 'inline; filename="opportunities.ics"'
    patch_cache_control(response, public=True, max_age=600)
    return response


class OpportunityFeed(Feed):
    """The newest opportunities as an Atom feed, narrowed by the filters of the list."""

    feed_type = Atom1Feed

    def get_object(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return request

    def title(self, obj: Any) -> str:
        return _("Opportunities: TSC Portal")

    def subtitle(self, obj: Any) -> str:
        return _("Calls, grants, trainings and fairs of third parties that are open now")

    def link(self, obj: Any) -> str:
        return reverse("opportunity_list")

    def items(self, obj: Any) -> Any:
        return sorted(_open_rows(obj), key=lambda one: (one.published_at, one.pk), reverse=True)

    def item_title(self, item: Opportunity) -> str:
        return _title(item)

    def item_description(self, item: Opportunity) -> str:
        return item.summary

    def item_link(self, item: Opportunity) -> str:
        return item.get_absolute_url()

    def item_guid(self, item: Opportunity) -> str:
        return settings.SITE_ADDRESS + item.get_absolute_url()

    def item_author_name(self, item: Opportunity) -> str:
        return item.organizer

    def item_pubdate(self, item: Opportunity) -> Any:
        return item.published_at

    def item_updateddate(self, item: Opportunity) -> Any:
        return item.updated_at

    def item_categories(self, item: Opportunity) -> list[str]:
        return [str(item.get_kind_display())]


opportunity_feed = login_not_required(require_safe(OpportunityFeed()))
