"""By what requests are looked at: everybody reads it, the coordinator changes it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, StaleWrite
from accounts.permissions import Permission, can, require
from centres.models import LANGUAGE_CHOICES, language_of

from ..actions import assessing
from ..criteria import MOST, Kind
from ..forms.triage import CriteriaReasonForm, CriterionForm
from ..models import CriteriaVersion

MORE = 2  # empty lines for new criteria
VERSIONS_SHOWN = 30
Lines = forms.formset_factory(CriterionForm, extra=0, max_num=MOST, absolute_max=MOST + MORE)


@login_not_required
@require_safe
def triage_criteria(request):
    """The criteria in force, in the reader's language, and what changed when and why. No names."""
    newest, language = CriteriaVersion.objects.newest(), language_of()
    criteria = CriteriaVersion.of(assessing.version_in_force())
    groups = [
        (
            kind,
            [
                (one.named(language), one.explained(language), one.scale.values())
                for one in criteria
                if one.kind == kind
            ],
        )
        for kind in Kind
    ]
    versions = CriteriaVersion.objects.order_by("-version")[:VERSIONS_SHOWN]
    may_edit = can(request.user, Permission.CRITERIA_EDIT)
    context = {"groups": groups, "newest": newest, "versions": versions, "may_edit": may_edit}
    return render(request, "requests_offers/criteria.html", context)


@require_http_methods(["GET", "POST"])
def criteria_edit(request):
    """The criteria in one language after the other; each change is a new version with a reason."""
    require(request.user, Permission.CRITERIA_EDIT)
    language = request.GET.get("language", "en")
    language = language if language in LANGUAGE_CHOICES else "en"
    version = assessing.version_in_force()
    rows = assessing.in_six_languages(CriteriaVersion.of(version))
    lines = _lines(request, rows, language)
    form = CriteriaReasonForm(request.POST or None, initial={"version": version})
    if (
        request.method == "POST"
        and lines.is_valid()
        and form.is_valid()
        and _changed(request, rows, lines, form, language)
    ):
        return redirect(f"{reverse('criteria_edit')}?language={language}")
    context = {
        "form": form,
        "formset": lines,
        "pairs": _pairs(lines, rows),
        "language": language,
        "languages": LANGUAGE_CHOICES.items(),
        "version": version,
    }
    return render(request, "requests_offers/criteria_edit.html", context)


def _lines(request, rows, language):
    known = [
        {"code": row["code"], "kind": row["kind"], "name": row["names"].get(language, "")}
        | {"text": row["texts"].get(language, "")}
        for row in rows
    ]
    new = [{"kind": Kind.PRIORITY.value}] * (MORE if language == "en" else 0)
    return Lines(request.POST if request.method == "POST" else None, initial=[*known, *new], prefix="line")


def _pairs(lines, rows):
    """Each line with the English words of its criterion, for whoever translates."""
    by_code = {row["code"]: row for row in rows}
    return [(line, by_code.get(line["code"].value() or "")) for line in lines]


def _changed(request, rows, lines, form, language) -> bool:
    try:
        made = assessing.change_criteria(
            _merged(rows, lines, language),
            reason=form.cleaned_data["reason"],
            based_on=form.cleaned_data["version"],
            by=request.user,
        )
    except StaleWrite as error:
        form.add_error(None, str(error))
        form.data = form.data.copy()
        form.data["version"] = assessing.version_in_force()
        return False
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Version %(version)s is in force. Everybody can read it.") % {"version": made.version})
    return True


def _merged(rows, lines, language) -> list[dict]:
    """The criteria with the words of one language as they were typed, the others as they are."""
    by_code, found = {row["code"]: row for row in rows}, []
    for said in (line.cleaned_data for line in lines):
        known = by_code.get(said.get("code", ""))
        if language == "en" and not said.get("name", "").strip():
            continue  # an emptied English name takes a criterion out
        if known is None and language != "en":
            continue
        names, texts = (dict(known[part]) if known else {} for part in ("names", "texts"))
        names[language], texts[language] = said.get("name", ""), said.get("text", "")
        kind = known["kind"] if known and language != "en" else said["kind"]
        found.append({"code": known["code"] if known else "", "kind": kind, "names": names, "texts": texts})
    return found
