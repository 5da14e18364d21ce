"""The compendium: its list, the page of each source, suggesting, changing, and the steps of those who curate."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.permissions import Permission, can, require
from accounts.together import prefetch_together

from .. import history, whats_next
from ..actions import sources as acts
from ..filters.compendium import SourceFilter, for_reader
from ..forms.sources import ReasonForm, SourceForm, initial_of
from ..lifecycle import SOURCE_STEPS, SourceStatus
from ..models import Convention, Freshness, Practice, Source
from .words import language_names, region_words

PER_PAGE = 25
WORDS = ("targets", "subjects", "regions")
FRESHNESS_LOOK = {  # glyph and tone beside the word
    Freshness.FRESH: ("done", "done"),
    Freshness.AGEING: ("phase-2", ""),
    Freshness.STALE: ("pause", "waiting"),
    Freshness.UNCHECKED: ("empty", ""),
}


@login_not_required
@require_safe
def source_list(request):
    """Every source that this reader may see; visitors what is listed, those who curate everything."""
    rows = Source.objects.visible_to(request.user)
    found = SourceFilter(request.GET, queryset=rows, request=request)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    described(list(page.object_list))
    curates = can(request.user, Permission.SOURCE_CURATE)
    context = {
        "page_obj": page,
        "filter_form": for_reader(found, request.user),
        "query": _export_query(request),
        "waiting": Source.objects.filter(status=SourceStatus.SUGGESTED).count() if curates else 0,
        "opens_rounds": can(request.user, Permission.SOURCE_ROUND),
    }
    return render(request, "knowledge/source_list.html", context)


def _export_query(request) -> str:
    """The list's own filters, for the addresses of its files."""
    query = request.GET.copy()
    for name in ("page", "format"):
        query.pop(name, None)
    for name in [name for name, value in query.items() if not value]:
        query.pop(name)
    return f"&{query.urlencode()}" if query else ""


def described(sources: list[Any]) -> None:
    """Give each of these sources its words, in one query for all."""
    prefetch_together((sources, WORDS))
    for source in sources:
        source.target_numbers = ", ".join(str(target.number) for target in source.targets.all())
        source.region_words = region_words(source)
        source.freshness_look = look_of(source)


def look_of(source: Source) -> dict[str, str]:
    """Glyph, tone and word of how fresh a source is."""
    freshness = Freshness(source.freshness)
    glyph, tone = FRESHNESS_LOOK[freshness]
    return {"glyph": glyph, "tone": tone, "word": str(freshness.label)}


# One source -----------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def source_detail(request, reference):
    source = visible(request.user, reference)
    prefetch_together(([source], WORDS))
    curates = can(request.user, Permission.SOURCE_CURATE)
    context = {
        "source": source,
        "baton": whats_next.of_source(source, request.user),
        "freshness": look_of(source),
        "facts": _facts(source),
        "notes": [(_("FAIR"), source.fair_notes), (_("CARE"), source.care_notes)],
        "acts": buttons(source, request.user),
        "can_write": acts.may_write(source, request.user),
        "checks": source.link_checks.filter(works__isnull=False).order_by("-queued_at")[:5] if curates else (),
        "practices": Practice.objects.published().filter(sources=source).order_by("-published_at", "-pk")[:5],
        "questions": source.questions.published().order_by("-published_at", "-pk")[:5],
        "events": history.of(source, full=curates),
    }
    return render(request, "knowledge/source_detail.html", context)


def visible(user: Any, reference: str) -> Source:
    """The source with this reference, or 404 where there is none for this person."""
    return get_object_or_404(Source.objects.visible_to(user).by_reference(reference).select_related("suggested_by"))


def _facts(source: Source) -> list[tuple]:
    known = dict(Convention.choices)
    return [
        (_("Owner"), source.owner),
        (_("Access"), source.get_access_display()),
        (_("Languages"), language_names(source.languages)),
        (_("Targets"), _(", ").join(f"{target.number} {target.name}" for target in source.targets.all())),
        (_("Subjects"), _(", ").join(subject.name for subject in source.subjects.all())),
        (_("Covers"), region_words(source)),
        (_("Updated"), source.get_update_rhythm_display()),
        (_("Also of use for"), _(", ").join(str(known.get(code, code)) for code in source.conventions)),
    ]


def buttons(source: Source, user: Any) -> list[dict[str, Any]]:
    """What a page shows for each open step."""
    return [
        {
            "label": step.label,
            "url": reverse("source_step", args=[source.reference, step.name]),
            "asks": bool(step.asks),
            "danger": step.danger,
        }
        for step in acts.open_steps(source, user)
    ]


# Writing --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def source_new(request):
    """Suggest a source."""
    form = SourceForm(request.POST or None)
    if form.is_valid():
        try:
            source = acts.suggest(by=request.user, data=form.data_said, form_key=form.cleaned_data["form_key"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. Somebody who knows the field looks at it; you get a notice."))
            return redirect(source)
    return render(request, "knowledge/source_form.html", {"form": form, "source": None})


@require_http_methods(["GET", "POST"])
def source_edit(request, reference):
    """Change a source."""
    source = visible(request.user, reference)
    if not acts.may_write(source, request.user):
        raise NotAllowed(_("Centres and the coordinator change sources, and whoever suggested one while it waits."))
    form = SourceForm(request.POST or None, initial=initial_of(source))
    if form.is_valid():
        try:
            acts.save(source, by=request.user, data=form.data_said, version=form.cleaned_data["version"])
        except (DomainError, StaleWrite) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. The history of the source keeps what it said before."))
            return redirect(source)
    return render(request, "knowledge/source_form.html", {"form": form, "source": source})


@require_http_methods(["GET", "POST"])
def source_step(request, reference, name):
    """One step of a source: at once, or after the page that asks for a reason."""
    source = visible(request.user, reference)
    step = SOURCE_STEPS.get(name)
    if step is None or name not in acts.STEPS:
        raise Http404
    require(request.user, Permission.SOURCE_CURATE)
    form = ReasonForm(request.POST or None) if "reason" in step.asks else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            acts.STEPS[name](source, by=request.user, **(form.cleaned_data if form else {}))
        except IllegalStep as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Done. Those concerned have been told."))
        return redirect(source)
    return render(request, "knowledge/source_step.html", {"form": form, "source": source, "step": step})
