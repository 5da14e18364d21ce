"""The pages of a request's wizard: which there are, in which order, and where each is."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Component, CooperationRequest

SHORT, NEED, TAGS, WHY, CIRCLE, SIGHT, REVIEW = range(1, 8)
STEPS = REVIEW
NEW = "new"


@dataclass(frozen=True)
class Place:
    """A page of the wizard: the step, and on those for each need the number of the component or "new"."""

    step: int
    component: int | str = ""

    @property
    def query(self) -> str:
        return f"?step={self.step}" + (f"&component={self.component}" if self.component else "")


def draft_of(user, reference) -> CooperationRequest:
    """The request with everything that its pages show, or 404."""
    rows = CooperationRequest.objects.visible_to(user).by_reference(reference).select_related("party", "centre")
    rows = rows.prefetch_related("components__targets", "components__subjects", "components__cooperation_types")
    rows = rows.prefetch_related("co_parties", "constraints_addressed", "priorities", "beneficiary_groups")
    return get_object_or_404(rows)


def components(draft) -> list[Component]:
    """The needs in their order."""
    return sorted(draft.components.all(), key=lambda component: component.number)


def component_at(draft, place) -> Component | None:
    """The need that a page is about."""
    return next((one for one in components(draft) if one.number == place.component), None)


def way(draft, *, adding=False) -> list[Place]:
    """All pages of this draft in their order."""
    numbers = [component.number for component in components(draft)]
    needs: list[int | str] = [*numbers, *([NEW] if adding or not numbers else [])]
    twos, threes = [Place(NEED, number) for number in needs], [Place(TAGS, number) for number in numbers]
    return [Place(SHORT), *twos, *threes, *(Place(step) for step in (WHY, CIRCLE, SIGHT, REVIEW))]


def place_of(request, draft) -> Place:
    """The page that the address names; the nearest one where it names none."""
    step = request.GET.get("step", "1")
    step = min(max(int(step), 1), STEPS) if step.isdecimal() and len(step) < 3 else 1
    asked = request.GET.get("component", "")
    found = [place for place in way(draft, adding=asked == NEW) if place.step == step]
    named = [place for place in found if str(place.component) == asked]
    return (named or found or [Place(NEED, NEW)])[0]


def is_gone(request, place) -> bool:
    """Whether the page was opened for a need that is not in the draft any more."""
    asked = request.GET.get("component", "")
    return bool(place.component) and asked not in {"", NEW, str(place.component)}


def url_of(draft, place) -> str:
    return reverse("request_edit", args=[draft.reference]) + place.query


def heading_of(place) -> str:
    """The question of a page."""
    return {
        SHORT: _("The need in short"),
        NEED: _("What do you need?"),
        TAGS: _("What does it contribute to?"),
        WHY: _("Why does it matter to your country?"),
        CIRCLE: _("Who takes part?"),
        SIGHT: _("Whose knowledge is it, and who may see the request?"),
    }[place.step]
