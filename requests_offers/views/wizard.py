"""The request, one group of questions to a page: saved at any moment, never twice, never over somebody else's text."""

import uuid
from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.permissions import Permission, reach, require
from centres.models import Party, language_of

from ..actions import drafts
from ..duplicates import filed_before
from ..forms.circle import CircleForm, SightForm, WhyForm
from ..forms.request import ComponentForm, NeedInShort, TagsForm
from ..forms.suggestions import suggested_on
from . import autosave
from .drafting import differences, exit_of, stale_page, stopped
from .places import (
    CIRCLE,
    NEED,
    NEW,
    REVIEW,
    SHORT,
    SIGHT,
    STEPS,
    TAGS,
    WHY,
    Place,
    component_at,
    components,
    draft_of,
    heading_of,
    is_gone,
    place_of,
    url_of,
    way,
)
from .review import last_words, review

TEMPLATE = "requests_offers/request_wizard.html"
OF_THE_REQUEST: dict[int, Any] = {
    SHORT: NeedInShort,
    WHY: WhyForm,
    CIRCLE: CircleForm,
    SIGHT: SightForm,
}  # pages that come once


# A new request --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def request_new(request):
    """Page 1 of a request that does not exist yet; posted twice, it is made once."""
    parties = Party.objects.filter(pk__in=reach(request.user, Permission.REQUEST_DRAFT).parties).by_name()
    if not parties:
        raise NotAllowed(_("Only the office of a Party files requests. Claim your office first, in your account."))
    leaving = exit_of(request)
    initial = {"version": 1, "form_key": uuid.uuid4(), "language": language_of(get_language())}
    by_script = autosave.is_autosave(request)
    form = NeedInShort(request.POST or None, initial=initial, parties=parties, lenient=by_script or leaving != "next")

    def start(answers):
        party, key = form.cleaned_data.get("party") or parties[0], form.cleaned_data.get("form_key")
        return drafts.start_request(party, by=request.user, data=answers, form_key=key)

    if by_script:
        return autosave.begun(request, form, start)
    if form.is_valid():
        return _leave(request, start(form.answers), Place(SHORT), leaving)
    return render(request, TEMPLATE, _context(request, None, Place(SHORT), form))


# A draft --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def request_edit(request, reference):
    """One page of a draft, or of a request about which the centre has asked."""
    draft = draft_of(request.user, reference)
    require(request.user, Permission.REQUEST_DRAFT, draft)
    if draft.status not in drafts.REQUEST_EDITABLE:
        messages.warning(request, _("A request can be changed while it is a draft or while a question is open."))
        return redirect(draft)
    place = place_of(request, draft)
    if request.method == "POST" and is_gone(request, place):
        if place.step != NEED:
            messages.warning(request, _("Somebody else has taken this need out of the draft."))
            return redirect(url_of(draft, place))
        place = Place(NEED, NEW)  # what was typed becomes a new need
    if place.step == REVIEW:
        return review(request, draft)
    return _page(request, draft, place)


def _page(request, draft, place):
    leaving = exit_of(request)
    by_script = autosave.is_autosave(request)
    form = _form(draft, place, request.POST or None, lenient=by_script or leaving in {"back", "later", "another"})
    if by_script:
        return autosave.saved(request, draft, place, form, lambda answers: _data(draft, place, answers))
    if "remove" in request.POST and place.component:
        return _remove(request, draft, place)
    if leaving == "suggest" and place.step == TAGS:
        return _suggest(request, draft, place, form)
    if not form.is_valid():
        return render(request, TEMPLATE, _context(request, draft, place, form))
    if place.component == NEW and not form.changed_answers and draft.components.all():
        return _leave(request, draft, place, leaving)  # an empty page for one more need: nothing to keep
    try:
        data = _data(draft, place, form.answers)
        drafts.save_request(draft, by=request.user, data=data, version=form.cleaned_data["version"])
    except StaleWrite:
        return _stale(request, draft.reference, place, form, leaving)
    except DomainError as error:
        form.add_error(None, str(error))
        return render(request, TEMPLATE, _context(request, draft, place, form))
    return _leave(request, draft, place, leaving)


def _form(draft, place, data, *, lenient=False):
    """The form of one page, made from what is saved."""
    more = {"initial": _saved(draft, place) | {"version": draft.version}, "lenient": lenient}
    if place.step in {WHY, CIRCLE}:
        more["request"] = draft
    return _kind(place)(data, **more)


def _kind(place):
    return OF_THE_REQUEST.get(place.step) or (ComponentForm if place.step == NEED else TagsForm)


def _saved(draft, place) -> dict:
    """What the draft says now about the questions of one page."""
    if place.step in OF_THE_REQUEST:
        return OF_THE_REQUEST[place.step].initial_of(draft)
    component = component_at(draft, place)
    return TagsForm.initial_of(component) if place.step == TAGS and component else ComponentForm.initial_of(component)


def _data(draft, place, answers) -> dict:
    """The answers in the shape that the action knows: components by number, the others named so that they stay."""
    if place.step in OF_THE_REQUEST:
        return answers
    rows = [{"number": one.number} for one in components(draft) if one.number != place.component]
    changed = answers | ({} if place.component == NEW else {"number": place.component})
    return {"components": sorted([*rows, changed], key=lambda row: row.get("number", float("inf")))}


def _suggest(request, draft, place, form):
    """The page again with suggested tags ticked, for the text of this need; nothing is saved."""
    one = component_at(draft, place)
    texts = [one.title, one.text, draft.title, draft.summary]
    context = _context(request, draft, place, form)
    return render(request, TEMPLATE, context | suggested_on(form, texts, draft.language))


def _remove(request, draft, place):
    """Take one need out of a draft."""
    rows = [{"number": one.number} for one in components(draft) if one.number != place.component]
    version = request.POST.get("version", "")
    drafts.save_request(
        draft, by=request.user, data={"components": rows}, version=int(version) if version.isdecimal() else 0
    )
    messages.success(request, _("The need was taken out of the draft."))
    return redirect(url_of(draft, Place(NEED, rows[0]["number"] if rows else NEW)))


def _stale(request, reference, place, form, leaving):
    """Somebody else saved first: show both. Where the same was saved (a second click), simply go on."""
    draft = draft_of(request.user, reference)
    if place.component == NEW:
        return _one_more(request, draft, place, form, leaving)
    saved = _saved(draft, place)
    if not differences(form, saved):
        return _leave(request, draft, place, leaving)
    context = _context(request, draft, place, None)
    return stale_page(request, TEMPLATE, form, saved, version=draft.version, context=context)


def _one_more(request, draft, place, form, leaving):
    """A need that is new overwrites nobody's text, so it is added to what is saved now, once."""
    last = components(draft)[-1:]
    if not last or differences(form, ComponentForm.initial_of(last[0])):
        data = _data(draft, place, form.answers)
        drafts.save_request(draft, by=request.user, data=data, version=draft.version)
    return _leave(request, draft, place, leaving)


# Leaving a page -------------------------------------------------------------------------------------------------------


def _leave(request, draft, place, leaving):
    """Where the exits lead: the next page, the one before, or the record with a word that nothing is lost."""
    draft = draft_of(request.user, draft.reference)
    if leaving == "later":
        return stopped(request, draft.get_absolute_url(), _("The draft is saved. Go on at any time, from any device."))
    if leaving == "add":
        return redirect(url_of(draft, Place(NEED, NEW)))
    if leaving == "another":
        drafts.tell_apart(draft, request.POST.get("another", ""), by=request.user)
        return redirect(url_of(draft, place))
    if place.component == NEW:
        place = Place(NEED, components(draft)[-1].number) if draft.components.all() else Place(NEED, NEW)
    pages = way(draft)
    here = pages.index(place) if place in pages else 0
    return redirect(url_of(draft, pages[max(here - 1, 0) if leaving == "back" else min(here + 1, len(pages) - 1)]))


# The pages' surroundings ----------------------------------------------------------------------------------------------


def _context(request, draft, place, form) -> dict:
    return {
        "form": form,
        "record": draft,
        "step": place.step,
        "steps": STEPS,
        "component": place.component,
        "heading": heading_of(place),
        "needs": _needs(draft, place) if place.component else [],
        "removable": place.component not in {"", NEW} and place.step == NEED and len(components(draft)) > 1,
        "earlier": filed_before(draft, request.user) if draft and place.step == NEED else [],
        "writing_too": last_words(draft, request.user) if draft else [],
    }


def _needs(draft, place) -> list[dict]:
    """Links to the other needs on the same step."""
    return [
        {"number": one.number, "title": one.title, "url": url_of(draft, Place(place.step, one.number))}
        for one in components(draft)
    ]
