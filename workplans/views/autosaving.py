"""The forms of a draft save themselves while somebody writes: the same forms and actions, answered in JSON.

What cannot be kept stays in the browser and does not hold up the rest.
"""

from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.urls import reverse

from accounts.errors import DomainError, StaleWrite
from requests_offers.views.autosave import saved_sentence, unsaved_sentence

from ..actions import contents, drafting


def plan(request, version, form) -> JsonResponse:
    form.is_valid()
    said = {name: value for name, value in form.cleaned_data.items() if name != "revision"}

    def save():
        return drafting.save_plan(version, by=request.user, data=said, revision=_read_at(form), quietly=True)

    return _answer(save, lambda row: reverse("workplan_edit", args=[version.workplan.reference]), form)


def activity(request, version, row, form) -> JsonResponse:
    """`row` is None for one that does not exist yet: it comes to be with its title."""
    form.is_valid()
    if row is None and "title" not in form.cleaned_data:
        return JsonResponse({"saved": ""})

    def save():
        more = {"by": request.user, "data": form.said, "quietly": True}
        if row is None:
            return drafting.add_activity(version, form_key=form.cleaned_data.get("form_key"), **more)
        return drafting.save_activity(row, revision=_read_at(form), **more)

    return _answer(save, lambda made: _url("workplan_activity", version, made.reference), form)


def line(request, version, at, row, form) -> JsonResponse:
    """`row` is None for one that does not exist yet: it comes to be when it is complete."""
    complete = form.is_valid()
    if row is None and not complete:
        return JsonResponse({"saved": ""})

    def save():
        more = {"by": request.user, "data": form.said, "quietly": True}
        if row is None:
            return drafting.add_line(at, form_key=form.cleaned_data.get("form_key"), **more)
        return drafting.save_line(row, revision=_read_at(form), **more)

    return _answer(save, lambda made: _url("workplan_line", version, at.reference, made.reference), form)


def result(request, version, row, number, forms, said) -> JsonResponse:
    """A result with its indicators, once all of them can be kept; new indicators learn their references."""
    valid = [form.is_valid() for form in forms]
    if not all(valid):
        return JsonResponse({"refused": unsaved_sentence(*forms)}, status=422)
    revision = _read_at(forms[0])

    def save():
        return drafting.save_activity(row, by=request.user, data={"results": said()}, revision=revision, quietly=True)

    def references(made):
        kept = next(one["indicators"] for one in contents.of_activity(made)["results"] if one["number"] == number)
        given = [form for form in forms[1:] if form.said]
        known = {form.said.get("reference") for form in given}
        fresh = [one["reference"] for one in kept if one["reference"] not in known]
        unnamed = [form.add_prefix("reference") for form in given if not form.said.get("reference")]
        return dict(zip(unnamed, fresh, strict=False))

    url = _url("workplan_result", version, row.reference, number)
    return _answer(save, lambda made: url, *forms, fields=references)


def _read_at(form) -> int:
    """The revision that the page was made from; a page that names none is older than all."""
    return form.cleaned_data.get("revision") or 0


def _url(name, version, *parts) -> str:
    return reverse(name, args=[version.workplan.reference, *parts])


def _answer(save, url_of, *forms, fields=None) -> JsonResponse:
    """Save, and say what is saved. 409 where somebody else was first: the page then shows both texts."""
    try:
        row = save()
    except StaleWrite as error:
        return JsonResponse({"stale": str(error)}, status=409)
    except (DomainError, ValidationError) as error:
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return JsonResponse({"refused": words}, status=422)
    answer = {"version": row.revision, "url": url_of(row), "saved": saved_sentence(*forms)}
    return JsonResponse(answer | ({"fields": fields(row)} if fields else {}))
