"""Letters about a request, for its office, its centre and the coordinator."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from ..audience import audience
from ..letters.acknowledgement import acknowledgement
from ..models import CooperationRequest


@require_safe
def request_letter(request, reference):
    """The acknowledgement of a submitted request, as PDF in the language of the page."""
    rows = CooperationRequest.objects.visible_to(request.user).by_reference(reference)
    record = get_object_or_404(rows.select_related("party", "centre"))
    if record.submitted_at is None or audience(record, request.user) != "full":
        raise Http404
    response = HttpResponse(acknowledgement(record), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{record.reference}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
