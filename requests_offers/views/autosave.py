"""The wizard's page saves itself while somebody writes: the same form, sent by a script, answered in JSON."""

from django.http import JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.errors import DomainError, StaleWrite

from ..actions import drafts
from ..duplicates import filed_before
from .drafting import differences
from .places import NEED, NEW, SHORT, Place, components, draft_of, url_of

HEADER = "X-Autosave"


def is_autosave(request) -> bool:
    """Whether the page's script sends the form, not a person."""
    return request.method == "POST" and HEADER in request.headers


def valid_answers(form) -> dict:
    """Those of the answers that can be kept; one that cannot stays in the browser and does not hold up the others."""
    return {name: value for name, value in form.answers.items() if name not in form.errors}


def begun(request, form, start) -> JsonResponse:
    """The first save of a new request: it comes to be, once, and the page goes on as its first page."""
    form.is_valid()
    answers = valid_answers(form)
    if not any(answers.get(name) for name in ("title", "summary")):
        return JsonResponse({"saved": ""})
    draft = start(answers)
    if draft.version == 1 and differences(form, form.initial_of(draft)):  # the answer to the first one was lost
        drafts.save_request(draft, by=request.user, data=answers, version=1, quietly=True)
    return _saved(request, draft, Place(SHORT), form)


def saved(request, draft, place, form, data) -> JsonResponse:
    """Save what can be kept. 409 where somebody else saved first: the page then shows both texts."""
    form.is_valid()
    answers = valid_answers(form)
    if not any(name in answers for name in form.changed_data):
        return _saved(request, draft, place, form)
    version = form.cleaned_data.get("version", 0)
    try:
        drafts.save_request(draft, by=request.user, data=data(answers), version=version, quietly=True)
    except StaleWrite as error:
        return JsonResponse({"stale": str(error)}, status=409)
    except DomainError as error:
        return JsonResponse({"refused": str(error)}, status=422)
    if place.component == NEW:
        fresh = draft_of(request.user, draft.reference)
        place = Place(NEED, components(fresh)[-1].number)
    return _saved(request, draft, place, form)


def _saved(request, draft, place, form) -> JsonResponse:
    answer = {"version": draft.version, "url": url_of(draft, place), "saved": saved_sentence(form)}
    return JsonResponse(answer | ({"earlier": _earlier(request, draft)} if place.step == SHORT else {}))


def saved_sentence(*forms) -> str:
    """When the page saved itself, and which of its answers it could not save yet."""
    sentence = _("Draft saved at %(time)s.") % {"time": date_format(timezone.localtime(), "H:i")}
    return f"{sentence} {unsaved_sentence(*forms)}".strip()


def unsaved_sentence(*forms) -> str:
    """Which answers are kept in the browser alone until they are corrected; empty where there is none."""
    wrong = [str(form.fields[name].label) for form in forms for name in form.errors if name in form.fields]
    words = _("Not saved yet, because they have to be corrected: %(names)s.")
    return words % {"names": ", ".join(wrong)} if wrong else ""


def _earlier(request, draft) -> list[dict]:
    """Requests that say nearly the same, for a hint beside the text."""
    return [
        {
            "reference": one.record.reference,
            "title": one.record.title,
            "url": one.record.get_absolute_url(),
            "status": str(one.record.get_status_display()),
        }
        for one in filed_before(draft, request.user)
    ]
