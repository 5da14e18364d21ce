"""The files of a request: the page that lists and takes them, the download, the removal. Never public."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, IllegalStep
from accounts.permissions import Permission, require

from ..actions import attachments
from ..audience import audience
from ..forms.attachments import AttachmentForm
from ..models import Attachment, CooperationRequest


@require_http_methods(["GET", "POST"])
def request_attachments(request, reference):
    """The files of a request, and the form for one more while the office can write."""
    record = _inside(request.user, reference)
    form = None
    if request.method == "POST":
        require(request.user, Permission.REQUEST_DRAFT, record)
    if attachments.may_change_files(record, request.user) or request.method == "POST":
        needs = record.components.order_by("number")
        form = AttachmentForm(request.POST or None, request.FILES or None, needs=needs)
        if form.is_valid() and _attached(request, record, form):
            return redirect("request_attachments", record.reference)
    context = {"record": record, "form": form, **files_of(record, request.user)}
    return render(request, "requests_offers/attachments.html", context)


def _inside(user, reference) -> CooperationRequest:
    """The request, for those who see more of it than the public part; 404 for everybody else."""
    rows = CooperationRequest.objects.visible_to(user).by_reference(reference).select_related("party", "centre")
    record = get_object_or_404(rows)
    if audience(record, user) == "public":
        raise Http404
    return record


def _attached(request, record, form) -> bool:
    said = form.cleaned_data
    more = {"kind": said["kind"], "component": said.get("component")}
    try:
        made = attachments.attach(record, by=request.user, file=said["file"], name=said["file"].name, **more)
    except IllegalStep as error:
        messages.warning(request, str(error))
        return True
    except DomainError as error:
        form.add_error("file", str(error))
        return False
    messages.success(request, _("“%(name)s” is attached.") % {"name": made.name})
    return True


def files_of(record, user) -> dict:
    """What a page needs to show the files of a request: the rows that `user` sees, and whether they may be changed."""
    rows = Attachment.objects.visible_to(user).filter(request=record).select_related("component", "request").in_order()
    return {"attachments": list(rows), "can_attach": attachments.may_change_files(record, user)}


@require_safe
def attachment_download(request, reference, pk):
    """The bytes, always as a download and never as a page of the portal."""
    attachment = _attachment(request.user, reference, pk)
    try:
        content = attachment.open()
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=attachment.name, content_type=attachment.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _attachment(user, reference, pk) -> Attachment:
    requests = CooperationRequest.objects.visible_to(user).by_reference(reference)
    rows = Attachment.objects.visible_to(user).filter(request__in=requests, pk=pk)
    return get_object_or_404(rows.select_related("request__party", "request__centre"))


@require_http_methods(["GET", "POST"])
def attachment_remove(request, reference, pk):
    """Take a file away, after asking."""
    attachment = _attachment(request.user, reference, pk)
    record = attachment.request
    require(request.user, Permission.REQUEST_DRAFT, record)
    if request.method == "POST":
        attachments.remove(attachment, by=request.user)
        messages.success(request, _("“%(name)s” is removed.") % {"name": attachment.name})
        return redirect("request_attachments", record.reference)
    return render(request, "requests_offers/attachment_remove.html", {"record": record, "attachment": attachment})
