"""What all pages of a draft share: who may write it, where they go, and what somebody sees who came second."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require

from ..actions import contents, drafting
from ..lifecycle import VersionStatus
from ..models import Version
from ..wording import values
from .plans import plan_of


def draft_of(request, reference) -> Version | None:
    """The draft of a plan for somebody who may write it; None where there is none now."""
    workplan = plan_of(request.user, reference)
    version = workplan.versions.filter(status=VersionStatus.DRAFT).first()
    require(request.user, Permission.WORKPLAN_EDIT, workplan)
    if version is not None:
        version.workplan = workplan
    return version


def frozen(request, reference):
    """Where somebody goes who wants to write a plan that has no draft now."""
    messages.warning(request, _("This plan has no draft now. Revise or amend it: that makes one with all of it."))
    return redirect("workplan_detail", reference)


def home(version, anchor=""):
    return redirect(reverse("workplan_edit", args=[version.workplan.reference]) + (f"#{anchor}" if anchor else ""))


def tell(form, error) -> None:
    """What an action refuses becomes sentences beside the fields."""
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, faults in error.message_dict.items():
            form.add_error(name if name in form.fields else None, faults)
    else:
        form.add_error(None, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))


def stale(form, error) -> list[dict]:
    """Both texts of each field that differs, for the page of somebody who came second; the form may be saved again."""
    if not isinstance(error, drafting.EditedByOther):
        return []
    found = []
    for name, theirs in error.theirs.items():
        mine = error.mine.get(name, theirs)
        if name in error.mine and _plain(mine) != _plain(theirs):
            found.append(
                {
                    "label": values.label_of(name),
                    "theirs": _words(name, theirs),
                    "yours": _words(name, mine),
                }
            )
    return found


def _plain(value):
    if isinstance(value, list):
        return sorted(str(part) for part in value)
    return str(contents.plain(value) if value is not None else "")


def _words(name, value) -> str:
    if isinstance(value, list):
        return ", ".join(str(part.get("title", part)) if isinstance(part, dict) else str(part) for part in value)
    if isinstance(value, bool):
        return values.shown(name, value)
    return "" if value is None else str(value)


def render_stale(request, template, form, error, current, context):
    """The page again with both texts; the hidden revision is the newest, so that saving again is a decision."""
    found = stale(form, error)
    if found:
        form.data = form.data.copy()
        form.data["revision"] = str(current)
    else:
        tell(form, error)
    return render(request, template, context | {"form": form, "differences": found}, status=409)
