"""Example workplans: of the centres without money or anybody's words; what the practice Parties play stands in plan_story."""

from datetime import date, timedelta
from typing import Any

from centres.models import SupportCentre
from requests_offers.models import Component
from workplans.actions import consultation, drafting, finalizing, plans
from workplans.models import Period, Version, Workplan

from . import content, plan_story, reported

NOW_PERIOD, NEXT_PERIOD = (2025, 2026), (2027, 2028)
# In the order of the activities of a text: functions, targets, measure, what the years should reach, months of the period.
SHAPES: list[tuple[list[str], list[int], str, tuple[int, int], tuple[int, int]]] = [
    (["matchmaking", "one_stop_service"], [20], "matches_agreed", (6, 10), (1, 24)),
    (["knowledge_sharing", "information_on_opportunities"], [20, 21], "knowledge_products", (3, 5), (2, 20)),
    (["institutional_capacity"], [3, 4, 6], "people_trained", (60, 90), (4, 22)),
    (["good_practices", "synergies"], [20, 21], "practices_documented", (4, 8), (9, 24)),
]
ESSENTIAL = 3  # so many of them, from the first
MOST_LINKED = 2
AGREED_AGO = timedelta(days=300)


def make_workplans(accounts: dict[str, Any], organizations: dict[str, Any]) -> int:
    """A finalized plan of each centre and of the network for these years, and a draft for the next; returns how many."""
    texts = {entry["language"]: entry for entry in content.read("workplans.json")}
    now, later = (Period.objects.get_or_create(starts=a, defaults={"ends": b})[0] for a, b in (NOW_PERIOD, NEXT_PERIOD))
    centres = list(SupportCentre.objects.current().real().order_by("pk"))
    for centre in [*centres, None]:
        text = texts[_language(centre, texts)]
        finalized = _finalized(centre, now, text)
        _begin(centre, later, text, copy_from=finalized)
    plan_story.tell(accounts, organizations, now, later)
    reported.tell(accounts)
    return Workplan.objects.count()


def _language(centre: SupportCentre | None, texts: dict[str, Any]) -> str:
    """The first working language of a centre in which there is a text."""
    spoken = centre.languages if centre else ["en"]
    return next((language for language in spoken if language in texts), "en")


def _begin(centre: SupportCentre | None, period: Period, text: dict[str, Any], **more: Any) -> Workplan:
    title = text["title"].format(period=period)
    return plans.start_workplan(
        centre, period, by=None, language=text["language"], title=title, is_example=True, **more
    )


def _finalized(centre: SupportCentre | None, period: Period, text: dict[str, Any]) -> Version:
    """An example is agreed with nobody: no real office is asked about it, so nobody's word is put into its mouth."""
    workplan = _begin(centre, period, text)
    version = workplan.versions.get()
    drafting.save_plan(version, by=None, data={"summary": text["summary"]})
    parties = _parties(centre)
    for number, words in enumerate(text["activities"]):
        data = activity_data(words, number, period) | {"parties": parties}
        if number == 0 and centre:
            data["components"] = _needs(centre)
        drafting.add_activity(version, by=None, data=data)
    consultation.open_consultation(version, by=None)
    consultation.close_consultation(version, by=None)
    finalizing.finalize(version, by=None)
    plan_story.into_the_past(version, AGREED_AGO)
    return version


def _parties(centre: SupportCentre | None) -> list[str]:
    if centre is None:
        return []
    served = centre.coverages.filter(retired_on__isnull=True, party__retired_on__isnull=True)
    return sorted(served.values_list("party__iso2", flat=True))


def _needs(centre: SupportCentre) -> list[str]:
    """Needs of example requests that the centre holds."""
    held = Component.objects.filter(request__centre=centre, request__accepted_at__isnull=False)
    return [component.reference for component in held.select_related("request").order_by("pk")[:MOST_LINKED]]


def activity_data(words: dict[str, str], number: int, period: Period) -> dict[str, Any]:
    """What an example activity says."""
    functions, targets, measure, reached, months = SHAPES[number]
    return {
        "title": words["title"],
        "description": words["description"],
        "functions": functions,
        "targets": targets,
        "is_essential": number < ESSENTIAL,
        "starts_on": _month(period, months[0], first=True),
        "ends_on": _month(period, months[1], first=False),
        "results": [
            {
                "kind": "output",
                "title": words["result"],
                "indicators": [
                    {
                        "title": words["indicator"],
                        "unit": words["unit"],
                        "measure": measure,
                        "baseline": "0",
                        "baseline_year": period.starts - 1,
                        "targets": [
                            {"year": period.starts + place, "value": str(value)} for place, value in enumerate(reached)
                        ],
                    }
                ],
            }
        ],
    }


def _month(period: Period, number: int, *, first: bool) -> date:
    """The first day of a month of the period, counted from 1, or its 28th."""
    return date(period.starts + (number - 1) // 12, (number - 1) % 12 + 1, 1 if first else 28)
