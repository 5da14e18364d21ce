"""Papers of the hosts: for donors and everybody to read, for heads to put there."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, NotAllowed
from accounts.permissions import Permission, can, reach, require
from centres.models import Hosting, SupportCentre, language_of

from ..actions import host_documents as actions
from ..forms.host_documents import HostDocumentForm
from ..models import HostDocument

NETWORK = "network"


@login_not_required
@require_safe
def host_documents(request):
    """The papers that the reader may see, by centre."""
    rows = list(HostDocument.objects.visible_to(request.user).select_related("centre", "organization").in_order())
    for row in rows:
        row.is_mine = can(request.user, Permission.FIDUCIARY_EDIT, row)
    groups = [(centre, list(papers)) for centre, papers in groupby(rows, key=lambda row: row.centre)]
    context = {
        "groups": groups,
        "own": _own_places(request.user),
        "sees_all": bool(reach(request.user, Permission.FIDUCIARY_VIEW).organizations),
    }
    return render(request, "workplans/host_documents.html", context)


def _own_places(user) -> list[tuple[str, str]]:
    """For which centres this person may put papers there: slug and name."""
    part = reach(user, Permission.FIDUCIARY_EDIT)
    centres = SupportCentre.objects.current().filter(pk__in=part.centres) if part.centres else ()
    network = [(NETWORK, _("The coordination entity"))] if part.helpdesk or part.everywhere else []
    return [*((centre.slug, centre.name) for centre in centres), *network]


@require_http_methods(["GET", "POST"])
def host_document_new(request, place):
    """A paper of a centre, or of the coordination entity."""
    centre = None if place == NETWORK else get_object_or_404(SupportCentre.objects.current(), slug=place)
    require(request.user, Permission.FIDUCIARY_EDIT, HostDocument(centre=centre))
    hosts = [row.organization for row in Hosting.objects.current().filter(centre=centre).select_related("organization")]
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = HostDocumentForm(*data, hosts=hosts if centre else [], initial={"language": language_of(get_language())})
    if form.is_valid():
        try:
            actions.add_document(centre, by=request.user, **form.said)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The paper is there."))
            return redirect("host_documents")
    return render(request, "workplans/host_document_new.html", {"form": form, "centre": centre})


@login_not_required
@require_safe
@never_cache
def host_document(request, pk):
    """The paper itself, as a file to keep."""
    row = get_object_or_404(HostDocument.objects.visible_to(request.user), pk=pk)
    try:
        content = row.open()
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(content, as_attachment=True, filename=row.name, content_type=row.content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "POST"])
def host_document_withdraw(request, pk):
    """Take a paper back, after a question."""
    row = get_object_or_404(HostDocument.objects.visible_to(request.user).select_related("centre"), pk=pk)
    if not can(request.user, Permission.FIDUCIARY_EDIT, row):
        raise NotAllowed(_("The head of the centre takes its papers back."))
    if request.method == "POST":
        actions.withdraw_document(row, by=request.user)
        messages.success(request, _("The paper is taken back. Nobody finds it any more."))
        return redirect("host_documents")
    return render(request, "workplans/host_document_withdraw.html", {"paper": row})
