"""Who has which part of a draft open now, as their browsers say, and who saved it last."""

from django.db.models import Q
from django.utils import timezone

from accounts.models import User

from ..models import Activity, ActivityIdentity, Change, Presence, Version


def be_present(version: Version, *, by: User, activity: ActivityIdentity | None = None) -> list[Presence]:
    """Say that `by` has this part of a draft open; returns the others who are there now."""
    Presence.objects.update_or_create(
        version=version, user=by, defaults={"activity": activity, "seen_at": timezone.now()}
    )
    return others_present(version, by)


def others_present(version: Version, by: User) -> list[Presence]:
    """Who else has a part of this draft open."""
    rows = Presence.objects.now().filter(version=version).exclude(user=by)
    return list(rows.select_related("user", "activity").order_by("user__name", "pk"))


def leave(version: Version, *, by: User) -> None:
    """Say that `by` is gone."""
    Presence.objects.filter(version=version, user=by).delete()


def last_saved(version: Version, activity: Activity | None = None) -> Change | None:
    """The newest edit of a draft, or of one activity with its budget: by whom and when."""
    rows = Change.objects.filter(version=version)
    if activity is not None:
        lines = activity.budget_lines.values("identity")
        rows = rows.filter(
            Q(kind=Change.Kind.ACTIVITY, number=activity.identity_id) | Q(kind=Change.Kind.LINE, number__in=lines)
        )
    return rows.select_related("by").order_by("-at", "-pk").first()
