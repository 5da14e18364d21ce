"""From what an engagement taught to the draft of a practice that others may read."""

from accounts.models import User
from knowledge.actions import practices
from knowledge.models import Practice

from ..lifecycle import EngagementStatus
from ..models import Engagement

OVER = frozenset({EngagementStatus.CONCLUDED, EngagementStatus.APPRAISED})
LONGEST_TITLE = 200


def practice_from(engagement: Engagement, *, by: User | None) -> Practice | None:
    """Begin the draft of a practice, once, when work is over whose lessons may become one. Call it under lock."""
    ready = engagement.status in OVER and engagement.may_become_practice and engagement.lessons.strip()
    if not ready or engagement.practice_id is not None:
        return None
    component, offer = engagement.match.component, engagement.match.offer
    request = component.request
    data = {
        "title": component.title[:LONGEST_TITLE],
        "summary": engagement.story,
        "lessons": engagement.lessons,
        "language": engagement.story_language if engagement.story else request.language,
        "constraints": request.constraints_addressed.all(),
        "targets": component.targets.all(),
        "subjects": component.subjects.all(),
        "cooperation_types": component.cooperation_types.all(),
    }
    # The sides of the engagement write it together, so nobody's right is asked for: the act that led here has asked.
    practice = practices.start(
        by=None,
        data=data,
        party=request.party,
        organization=offer.organization,
        centre=request.centre,
        author=by,
        is_example=engagement.is_example,
    )
    engagement.practice = practice
    engagement.save(update_fields=["practice"])
    return practice
