"""The work that follows an agreed match: its steps."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ..actions.engagements import STEPS
from ..models import Engagement
from .steps import step_page

PARTS = (
    "match__component__request__party",
    "match__component__request__centre",
    "match__offer__organization",
)


@require_http_methods(["GET", "POST"])
def engagement_step(request, reference, name):
    """One step of an engagement: the page that asks, and the act."""
    rows = Engagement.objects.visible_to(request.user).by_reference(reference).select_related(*PARTS)
    engagement = get_object_or_404(rows)
    component = engagement.match.component
    back = reverse("request_matches", args=[component.request.reference]) + f"?component={component.number}"
    return step_page(request, engagement, name, STEPS, back=back)
