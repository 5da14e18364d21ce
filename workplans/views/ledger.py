"""The ledger of a consultation as the centre works on it: every comment with its disposition, and who stayed silent."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError
from accounts.permissions import Permission, can, require

from ..actions import comments
from ..actions.comments import ledger_counts
from ..forms.consulting import DispositionForm
from ..models import Activity, Comment, Invitation
from .editing_shared import tell
from .plans import version_of


@require_safe
def ledger_page(request, reference, number):
    version = version_of(request.user, reference, number)
    require(request.user, Permission.WORKPLAN_VIEW, version)
    rows = list(
        Comment.objects.of_ledger(version).visible_to(request.user).select_related("party", "activity").in_order()
    )
    titles = titles_of(rows)
    for row in rows:
        row.about = titles.get(row.activity_id, "")
    invited = Invitation.objects.visible_to(request.user).filter(version=version).select_related("party")
    context = {
        "version": version,
        "rows": sorted(rows, key=lambda row: bool(row.disposition)),
        "counts": ledger_counts(version),
        "silent": list(invited.silent().order_by("party__iso2")),
        "invited": list(invited.order_by("party__iso2")),
        "may_answer": can(request.user, Permission.WORKPLAN_EDIT, version),
    }
    return render(request, "workplans/ledger.html", context)


def titles_of(rows) -> dict[int, str]:
    """The titles of the activities that these comments are about, as their versions had them last."""
    wanted = {row.activity_id for row in rows if row.activity_id}
    found = Activity.objects.filter(identity__in=wanted).order_by("version__number")
    return dict(found.values_list("identity", "title"))


@require_http_methods(["GET", "POST"])
def dispose(request, reference, number, pk):
    """What becomes of one comment, with the answer that the office reads."""
    version = version_of(request.user, reference, number)
    require(request.user, Permission.WORKPLAN_EDIT, version)
    rows = (
        Comment.objects.of_ledger(version)
        .visible_to(request.user)
        .select_related("party", "activity", "version__workplan")
    )
    comment = get_object_or_404(rows, pk=pk)
    initial = {"revision": comment.revision, "disposition": comment.disposition, "answer": comment.answer}
    form = DispositionForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            comments.dispose(comment, by=request.user, **form.cleaned_data)
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("Answered. The office is told."))
            return redirect(reverse("workplan_ledger", args=[version.workplan.reference, version.number]))
    context = {
        "version": version,
        "comment": comment,
        "form": form,
        "about": titles_of([comment]).get(comment.activity_id),
    }
    return render(request, "workplans/dispose.html", context)
