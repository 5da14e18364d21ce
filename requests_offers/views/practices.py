"""The page of a practice, with the engagement that it comes from."""

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.http import require_safe

from knowledge.views.practices import practice_page, visible

from ..models import Engagement


@login_not_required
@require_safe
def practice_detail(request, reference):
    """A practice; its engagement is named to whoever may see that, everybody where both sides agreed to publish."""
    practice = visible(request.user, reference)
    engagement = Engagement.objects.visible_to(request.user).filter(practice=practice).first()
    return practice_page(request, practice, template_name="knowledge/practice_detail.html", engagement=engagement)
