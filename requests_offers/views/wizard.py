"""The request, one group of questions to a page: saved at any moment, never twice, never over somebody else's text."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.permissions import Permission, can, reach, require
from centres.models import Party, language_of

from ..actions import drafts, handing
from ..forms.request import CircleForm, ComponentForm, NeedInShort, TagsForm
from ..forms.suggestions import suggested_on
from ..lifecycle import RequestStatus
from ..models import Component, CooperationRequest
from .drafting import differences, exit_of, stale_page, stopped

STEPS = 5
NEW = "new"
TEMPLATE = "requests_offers/request_wizard.html"


@dataclass(frozen=True)
class Place:
    """A page of the wizard: the step, and on steps 2 and 3 the number of the component or "new"."""

    step: int
    component: int | str = ""

    @property
    def query(self) -> str:
        return f"?step={self.step}" + (f"&component={self.component}" if self.component else "")


# A new request --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def request_new(request):
    """Page 1 of a request that does not exist yet; posted twice, it is made once."""
    parties = Party.objects.filter(pk__in=reach(request.user, Permission.REQUEST_DRAFT).parties).by_name()
    if not parties:
        raise NotAllowed(_("Only the office of a Party files requests. Claim your office first, in your account."))
    leaving = exit_of(request)
    initial = {"version": 1, "form_key": uuid.uuid4(), "language": language_of(get_language())}
    form = NeedInShort(request.POST or None, initial=initial, parties=parties, lenient=leaving != "next")
    if form.is_valid():
        draft = drafts.start_request(
            form.cleaned_data.get("party") or parties[0],
            by=request.user,
            data=form.answers,
            form_key=form.cleaned_data["form_key"],
        )
        return _leave(request, draft, Place(1), leaving)
    return render(request, TEMPLATE, _context(None, Place(1), form))


# A draft --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def request_edit(request, reference):
    """One page of a draft, or of a request about which the centre has asked."""
    draft = _draft(request.user, reference)
    require(request.user, Permission.REQUEST_DRAFT, draft)
    if draft.status not in drafts.REQUEST_EDITABLE:
        messages.warning(request, _("A request can be changed while it is a draft or while a question is open."))
        return redirect(draft)
    place = _place(request, draft)
    if request.method == "POST" and _is_gone(request, place):
        if place.step != 2:
            messages.warning(request, _("Somebody else has taken this need out of the draft."))
            return redirect(_url(draft, place))
        place = Place(2, NEW)  # what was typed becomes a new need
    if place.step == STEPS:
        return _review(request, draft)
    return _page(request, draft, place)


def _draft(user, reference) -> CooperationRequest:
    rows = CooperationRequest.objects.visible_to(user).by_reference(reference).select_related("party", "centre")
    needs = ("components__targets", "components__subjects", "components__cooperation_types")
    return get_object_or_404(rows.prefetch_related(*needs, "co_parties", "constraints_addressed"))


def _components(draft) -> list[Component]:
    return sorted(draft.components.all(), key=lambda component: component.number)


def _way(draft, *, adding=False) -> list[Place]:
    """All pages of this draft in their order."""
    numbers = [component.number for component in _components(draft)]
    needs: list[int | str] = [*numbers, *([NEW] if adding or not numbers else [])]
    twos, threes = [Place(2, number) for number in needs], [Place(3, number) for number in numbers]
    return [Place(1), *twos, *threes, Place(4), Place(5)]


def _place(request, draft) -> Place:
    """The page that the address names; the nearest one where it names none."""
    step = request.GET.get("step", "1")
    step = min(max(int(step), 1), STEPS) if step.isdecimal() and len(step) < 3 else 1
    asked = request.GET.get("component", "")
    found = [place for place in _way(draft, adding=asked == NEW) if place.step == step]
    named = [place for place in found if str(place.component) == asked]
    return (named or found or [Place(2, NEW)])[0]


def _is_gone(request, place) -> bool:
    """Whether the page was opened for a need that is not in the draft any more."""
    asked = request.GET.get("component", "")
    return bool(place.component) and asked not in {"", NEW, str(place.component)}


def _component(draft, place) -> Component | None:
    return next((one for one in _components(draft) if one.number == place.component), None)


def _page(request, draft, place):
    leaving = exit_of(request)
    form = _form(draft, place, request.POST or None, lenient=leaving in {"back", "later"})
    if "remove" in request.POST and place.component:
        return _remove(request, draft, place)
    if leaving == "suggest" and place.step == 3:
        return _suggest(request, draft, place, form)
    if not form.is_valid():
        return render(request, TEMPLATE, _context(draft, place, form))
    if place.component == NEW and not form.changed_answers and draft.components.all():
        return _leave(request, draft, place, leaving)  # an empty page for one more need: nothing to keep
    try:
        drafts.save_request(
            draft, by=request.user, data=_data(draft, place, form), version=form.cleaned_data["version"]
        )
    except StaleWrite:
        return _stale(request, draft.reference, place, form, leaving)
    except DomainError as error:
        form.add_error(None, str(error))
        return render(request, TEMPLATE, _context(draft, place, form))
    return _leave(request, draft, place, leaving)


def _form(draft, place, data, *, lenient=False):
    """The form of one page, made from what is saved."""
    more = {"initial": _saved(draft, place) | {"version": draft.version}, "lenient": lenient}
    if place.step == 1:
        return NeedInShort(data, **more)
    if place.step == 2:
        return ComponentForm(data, **more)
    if place.step == 3:
        return TagsForm(data, is_last=_is_last(draft, place), **more)
    return CircleForm(data, party=draft.party, **more)


def _saved(draft, place) -> dict:
    """What the draft says now about the questions of one page."""
    if place.step == 1:
        return NeedInShort.initial_of(draft)
    if place.step == 4:
        return CircleForm.initial_of(draft)
    component = _component(draft, place)
    return TagsForm.initial_of(component) if place.step == 3 and component else ComponentForm.initial_of(component)


def _is_last(draft, place) -> bool:
    return place.component == _components(draft)[-1].number


def _data(draft, place, form) -> dict:
    """The answers in the shape that the action knows: components by number, the others named so that they stay."""
    answers = form.answers
    if place.step in {1, 4}:
        return answers
    held_back = {name: answers.pop(name) for name in ("constraints_addressed",) if name in answers}
    rows = [{"number": one.number} for one in _components(draft) if one.number != place.component]
    changed = answers | ({} if place.component == NEW else {"number": place.component})
    rows = sorted([*rows, changed], key=lambda row: row.get("number", float("inf")))
    return held_back | {"components": rows}


def _suggest(request, draft, place, form):
    """The page again with suggested tags ticked, for the text of this need; nothing is saved."""
    one = _component(draft, place)
    texts = [one.title, one.text, draft.title, draft.summary]
    return render(request, TEMPLATE, _context(draft, place, form) | suggested_on(form, texts, draft.language))


def _remove(request, draft, place):
    """Take one need out of a draft."""
    rows = [{"number": one.number} for one in _components(draft) if one.number != place.component]
    version = request.POST.get("version", "")
    drafts.save_request(
        draft, by=request.user, data={"components": rows}, version=int(version) if version.isdecimal() else 0
    )
    messages.success(request, _("The need was taken out of the draft."))
    return redirect(_url(draft, Place(2, rows[0]["number"] if rows else NEW)))


def _stale(request, reference, place, form, leaving):
    """Somebody else saved first: show both. Where the same was saved (a second click), simply go on."""
    draft = _draft(request.user, reference)
    if place.component == NEW:
        return _one_more(request, draft, place, form, leaving)
    saved = _saved(draft, place)
    if not differences(form, saved):
        return _leave(request, draft, place, leaving)
    context = _context(draft, place, None)
    return stale_page(request, TEMPLATE, form, saved, version=draft.version, context=context)


def _one_more(request, draft, place, form, leaving):
    """A need that is new overwrites nobody's text, so it is added to what is saved now, once."""
    last = _components(draft)[-1:]
    if not last or differences(form, ComponentForm.initial_of(last[0])):
        data = _data(draft, place, form)
        drafts.save_request(draft, by=request.user, data=data, version=draft.version)
    return _leave(request, draft, place, leaving)


# Leaving a page -------------------------------------------------------------------------------------------------------


def _leave(request, draft, place, leaving):
    """Where the three exits lead: the next page, the one before, or the record with a word that nothing is lost."""
    draft = _draft(request.user, draft.reference)
    if leaving == "later":
        return stopped(request, draft.get_absolute_url(), _("The draft is saved. Go on at any time, from any device."))
    if leaving == "add":
        return redirect(_url(draft, Place(2, NEW)))
    if place.component == NEW:
        place = Place(2, _components(draft)[-1].number) if draft.components.all() else Place(2, NEW)
    way = _way(draft)
    here = way.index(place) if place in way else 0
    return redirect(_url(draft, way[max(here - 1, 0) if leaving == "back" else min(here + 1, len(way) - 1)]))


def _url(draft, place) -> str:
    return reverse("request_edit", args=[draft.reference]) + place.query


# The pages' surroundings ----------------------------------------------------------------------------------------------


def _context(draft, place, form) -> dict:
    return {
        "form": form,
        "record": draft,
        "step": place.step,
        "steps": STEPS,
        "component": place.component,
        "heading": _heading(place),
        "needs": _needs(draft, place) if place.component else [],
        "removable": place.component not in {"", NEW} and place.step == 2 and len(_components(draft)) > 1,
    }


def _heading(place) -> str:
    if place.step == 2:
        return _("What do you need?")
    if place.step == 3:
        return _("What does it contribute to?")
    return {1: _("The need in short"), 4: _("Who takes part, and who may see it?")}[place.step]


def _needs(draft, place) -> list[dict]:
    """Links to the other needs on the same step."""
    return [
        {"number": one.number, "title": one.title, "url": _url(draft, Place(place.step, one.number))}
        for one in _components(draft)
    ]


# Reading it all -------------------------------------------------------------------------------------------------------


def _review(request, draft):
    """Page 5: everything once more, what is still missing, and submit, or hand it to the office that submits."""
    if request.method == "POST":
        handing.hand_to_office(draft, by=request.user)
        return stopped(
            request, draft.get_absolute_url(), _("Handed over. The office has been told that it can submit.")
        )
    gaps = _gaps(draft)
    context = {
        "record": draft,
        "steps": STEPS,
        "components": [_reviewed(draft, one) for one in _components(draft)],
        "urls": {name: _url(draft, Place(step)) for name, step in (("short", 1), ("circle", 4))},
        "add_url": _url(draft, Place(2, NEW)),
        "back_url": _url(draft, Place(4)),
        "gaps": gaps,
        "is_draft": draft.status == RequestStatus.DRAFT,
        "can_submit": can(request.user, Permission.REQUEST_SUBMIT, draft),
    }
    return render(request, "requests_offers/request_review.html", context)


def _reviewed(draft, component) -> dict:
    number = component.number
    return {"record": component, "edit_url": _url(draft, Place(2, number)), "tags_url": _url(draft, Place(3, number))}


def _gaps(draft) -> list[tuple[str, str]]:
    """What is still needed before the request can be submitted, with where to answer it."""
    found = []
    if not draft.title.strip() or not draft.summary.strip():
        found.append((_("Write a title and the need in short."), _url(draft, Place(1))))
    if not _components(draft):
        found.append((_("Describe at least one need."), _url(draft, Place(2, NEW))))
    for one in _components(draft):
        if not one.title.strip() or not one.text.strip():
            sentence = _("Need %(number)s has no title or no description yet.") % {"number": one.number}
            found.append((sentence, _url(draft, Place(2, one.number))))
    return found
