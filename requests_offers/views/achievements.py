"""What cooperation achieved: only what both sides released, and sums of at least five."""

from collections import Counter

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Avg, Count, F, Sum
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from centres.models import BeneficiaryGroup

from ..lifecycle import EngagementStatus
from ..models import Appraisal, Beneficiary, Component, Engagement

PER_PAGE = 20
LEAST = 5  # below it nobody is counted: two sides could be told apart
DONE = (EngagementStatus.CONCLUDED, EngagementStatus.APPRAISED)


@login_not_required
@require_safe
def achievements(request):
    """Stories that both sides released, newest first, with figures where there are enough of them."""
    rows = Engagement.objects.released().select_related(
        "match__component__request__party", "match__offer__organization__party"
    )
    page = Paginator(rows.order_by(F("ended_at").desc(nulls_last=True), "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page_obj": page, "figures": figures(), "groups": groups(), "targets": targets(), "least": LEAST}
    return render(request, "requests_offers/achievements.html", context)


def figures() -> list[tuple]:
    """Headline figures of all work that is done; nothing while there are fewer than five."""
    done = Engagement.objects.filter(status__in=DONE)
    counted = done.aggregate(
        works=Count("pk"),
        parties=Count("match__component__request__party", distinct=True),
        organizations=Count("match__offer__organization", distinct=True),
    )
    if counted["works"] < LEAST:
        return []
    words = (
        (counted["works"], _("engagements concluded")),
        (counted["parties"], _("Parties that were helped")),
        (counted["organizations"], _("organizations that helped")),
    )
    found: list[tuple] = [(number, label) for number, label in words if number >= LEAST]
    rated = Appraisal.objects.filter(engagement__in=done, rating__isnull=False)
    if rated.values("engagement").distinct().count() >= LEAST:
        mean = rated.aggregate(mean=Avg("rating"))["mean"]
        found.append((f"{mean:.1f}", _("mean rating by both sides, of 5")))
    return found


def groups() -> list[dict]:
    """The groups of indicator 20.b that at least five engagements reached, with the people who were counted."""
    rows = Beneficiary.objects.filter(engagement__status__in=DONE).values("group")
    works = Count("engagement", distinct=True)
    summed = rows.annotate(works=works, sums=Sum("people"), counts=Count("people")).filter(works__gte=LEAST)
    labels = dict(BeneficiaryGroup.Code.choices)
    return [
        {
            "label": labels[row["group"]],
            "works": row["works"],
            "people": row["sums"] if row["counts"] >= LEAST else None,
        }
        for row in summed.order_by("-works", "group")
    ]


def targets() -> list[tuple[int, int]]:
    """The targets to which at least five concluded engagements contributed, with their number."""
    tied = Component.targets.through.objects.filter(component__matches__engagement__status__in=DONE)
    count = Counter(tied.values_list("target__number", flat=True))
    return sorted((number, works) for number, works in count.items() if works >= LEAST)
