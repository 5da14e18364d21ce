"""The practice centre's plans: an objection, an added priority, silence, answers, money, an amendment, progress."""

from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F
from django.utils import timezone

from accounts.models import AuditEvent
from centres.models import NationalPriority, Party, SupportCentre
from requests_offers.models import Component, Engagement
from workplans.actions import comments, consultation, drafting, finalizing, plans, progress
from workplans.models import (
    Activity,
    BudgetLine,
    Comment,
    Indicator,
    Invitation,
    Period,
    Version,
    Workplan,
)

RATES = {
    "EUR": ("1.0832", "2026-01-02", "Example rate"),
    "XOF": ("0.00165", "2026-01-02", "Example rate"),
}
FUND, AGENCY = "practice-biodiversity-fund", "practice-development-agency"
# title, text, functions, targets, Parties, essential, result, indicator, measure, unit, targets by year, budget lines
ACTIVITIES: list[dict[str, Any]] = [
    {
        "title": "Keep the landing places of the lagoons open",
        "description": "Fishing groups learn to control floating plants without herbicides and keep the records themselves.",
        "functions": ["technology_transfer", "matchmaking"], "targets": [6, 7], "parties": ["XA", "XC"],
        "is_essential": True, "days": ("02-01", "11-30"),
        "result": ("outcome", "Landing places stay open without herbicides"),
        "indicator": ("Landing places open all year", "", "places", ("4", "9"), False),
        "lines": [
            (0, "meetings", "Courses for fishing groups", "42000.00", "USD", "secured", FUND, None),
            (1, "meetings", "Follow-up courses", "38500.00", "USD", "sought", None, None),
            (0, "equipment", "Harvesting boats, two", "61250.50", "EUR", "sought", None, None),
            (1, "staff", "Biologist", "54000.00", "USD", "core", None, "12"),
        ],
    },
    {
        "title": "Wells and pastures: monitoring with herders",
        "description": "Herders and the dryland network count plants around forty wells twice a year.",
        "functions": ["knowledge_sharing", "institutional_capacity"], "targets": [2, 10, 21], "parties": ["XB", "XD"],
        "is_essential": True, "days": ("03-01", "12-15"),
        "result": ("output", "Herders keep their own record of the pastures"),
        "indicator": ("People trained", "people_trained", "people", ("60", "80"), True),
        "lines": [
            (0, "grants", "Contract with the dryland network", "18500000.00", "XOF", "sought", None, None),
            (1, "travel", "Field visits", "23800.00", "EUR", "secured", AGENCY, None),
            (0, "staff", "Coordinator of the field work", "31000.00", "USD", "core", None, "7.5"),
        ],
    },
    {
        "title": "A seed bank that four countries share",
        "description": "Rules, a first collection and a duplicate in a second country, with consent of those who gave seeds.",
        "functions": ["joint_research", "partnerships"], "targets": [4, 13], "parties": ["XA", "XB", "XC", "XD"],
        "is_essential": False, "days": ("05-01", "10-31"),
        "result": ("output", "Agreed rules and a first collection"),
        "indicator": ("Partnerships formed", "partnerships", "partnerships", ("1", "2"), True),
        "lines": [
            (0, "consultants", "Rules for access and benefits", "27500.00", "USD", "sought", None, None),
            (1, "equipment", "Cold store", "88000.00", "USD", "sought", None, None),
            (1, "support", "Programme support costs", "9240.00", "USD", "sought", None, None),
        ],
    },
]  # fmt: skip


def tell(accounts: dict[str, Any], organizations: dict[str, Any], now: Period, later: Period) -> None:
    """The plan for these years: agreed, amended by more than 20 % and asked about again. And a draft for the next."""
    centre = SupportCentre.objects.get(slug="practice")
    officer, head = accounts["officer"], accounts["head"]
    workplan = plans.start_workplan(centre, now, by=officer, title=f"Workplan {now} of the Practice Centre")
    version = workplan.versions.get()
    summary = "What the practice centre does with its four practice Parties: lagoons, drylands and a shared seed bank."
    drafting.save_plan(version, by=officer, data={"summary": summary})
    for words in ACTIVITIES:
        _write(version, words, now, officer)
    _link_cooperation(version, officer)
    _consult(version, accounts)
    finalizing.finalize(version, by=head)
    into_the_past(version, timedelta(days=200))
    _report(version, accounts)
    _amend(version, officer, head)
    plans.start_workplan(centre, later, by=officer, title=f"Workplan {later} of the Practice Centre", copy_from=version)


def _write(version: Version, words: dict[str, Any], period: Period, officer: Any) -> Activity:
    kind, result = words["result"]
    title, measure, unit, reached, adds_up = words["indicator"]
    plain = ("title", "description", "functions", "targets", "parties", "is_essential")
    data = {name: words[name] for name in plain} | {
        "starts_on": f"{period.starts}-{words['days'][0]}",
        "ends_on": f"{period.ends}-{words['days'][1]}",
        "results": [
            {
                "kind": kind,
                "title": result,
                "indicators": [
                    {
                        "title": title, "measure": measure, "unit": unit, "is_cumulative": adds_up, "baseline": "0",
                        "baseline_year": period.starts - 1, "source": "Records of the centre",
                        "targets": [{"year": period.starts + n, "value": value} for n, value in enumerate(reached)],
                    }
                ],
            }
        ],
    }  # fmt: skip
    activity = drafting.add_activity(version, by=officer, data=data)
    for line in words["lines"]:
        drafting.add_line(activity, by=officer, data=_line(line, period))
    return activity


def _line(words: tuple[Any, ...], period: Period) -> dict[str, Any]:
    year, category, description, amount, currency, funding, funder, months = words
    data = {
        "year": period.starts + year, "category": category, "description": description, "amount": amount,
        "currency": currency, "funding": funding, "funder": funder, "staff_months": months,
    }  # fmt: skip
    if currency in RATES:
        data |= dict(zip(("rate_to_usd", "rate_on", "rate_source"), RATES[currency], strict=True))
    return data


def _link_cooperation(version: Version, officer: Any) -> None:
    """Needs of practice Parties and the work that came of them stand in the first activity that serves their Party."""
    for activity in version.activities.in_order():
        parties = activity.parties.all()
        needs = Component.objects.visible_to(officer).filter(
            request__party__in=parties, request__accepted_at__isnull=False, activities__isnull=True
        )
        works = Engagement.objects.visible_to(officer).filter(
            match__component__request__party__in=parties, activities__isnull=True
        )
        data = {
            "components": [row.reference for row in needs.order_by("pk")[:2]],
            "engagements": [row.reference for row in works.order_by("pk")[:2]],
        }
        drafting.save_activity(activity, by=officer, data=data)


def _consult(version: Version, accounts: dict[str, Any]) -> None:
    """One office objects, one adds a priority, one supports with comments, one stays silent; each gets its answer."""
    officer, head, office = accounts["officer"], accounts["head"], accounts["focalpoint"]
    consultation.open_consultation(version, by=head)
    parties = {party.iso2: party for party in Party.objects.filter(iso2__in=["XA", "XB", "XC"])}
    first, second, third = (row.identity for row in version.activities.in_order())
    said = [
        (
            comments.comment(
                version, parties["XA"], by=office, kind="objection", activity=third, publish=True,
                text="A store in a second country needs the consent of our communities first. We object until it is there.",
            ),
            "partly", "The collection waits for the consent; the rules are written first, with the communities.",
        ),
        (
            comments.comment(
                version, parties["XA"], by=office, activity=first, field="budget_lines",
                text="Two boats are not enough for nine landing places.",
            ),
            "not_accepted", "More boats are not to be had for this money; the groups share them by a calendar.",
        ),
        (
            comments.comment(
                version, parties["XB"], by=None, kind="priority", activity=second, publish=True,
                priorities=list(NationalPriority.objects.filter(party=parties["XB"])[:1]),
                text="Ce programme répond à notre objectif national de restauration.",
            ),
            "accepted", "Cet objectif est cité dans l’activité dès la prochaine version.",
        ),
        (
            comments.comment(
                version, parties["XC"], by=None, text="Los cursos deberían darse también en español.", publish=True,
            ),
            "accepted", "Sí: uno de cada dos cursos será en español.",
        ),
    ]  # fmt: skip
    comments.comment(version, parties["XC"], by=None, kind="support", activity=first)
    for iso2, verdict in (("XA", "objection"), ("XB", "support_with_comments"), ("XC", "support_with_comments")):
        by = office if iso2 == "XA" else None
        consultation.answer(version, parties[iso2], by=by, verdict=verdict)
    Version.objects.filter(pk=version.pk).update(due_on=timezone.now().date() - timedelta(days=3))
    consultation.close_consultation(version)  # XD has said nothing, and its time is over
    for comment, disposition, answer in said:
        comments.dispose(comment, by=officer, disposition=disposition, answer=answer)


def _report(version: Version, accounts: dict[str, Any]) -> None:
    """The first year is reported: one value approved, one that waits for the head."""
    year = version.workplan.period.starts
    rows = Indicator.objects.filter(result__activity__version=version).order_by("result__activity__position")
    values = zip(rows, ("5", "48"), strict=False)
    for place, (indicator, value) in enumerate(values):
        words = "Counted at the end of the year; the lists lie at the centre."
        made = progress.submit(indicator.identity, year, by=accounts["officer"], data={"value": value, "text": words})
        if place == 0:
            progress.approve(made, by=accounts["head"])


def _amend(version: Version, officer: Any, head: Any) -> None:
    """A second store and more courses: more than 20 %, so the offices are asked again. Version 1 stays public."""
    draft = finalizing.amend(version, by=officer, amendment="budget_above")
    store = BudgetLine.objects.filter(activity__version=draft, description="Cold store").get()
    drafting.save_line(store, by=officer, data={"amount": "176000.00", "description": "Cold stores in two countries"})
    consultation.open_consultation(draft, by=head)
    party = Party.objects.get(iso2="XB")
    comments.comment(draft, party, by=None, text="Nous proposons d’accueillir le second dépôt.", publish=True)


# So many days before it was finalized.
BEFORE = {"created_at": 70, "consulted_at": 52, "consultation_closed_at": 6, "finalized_at": 0}


def into_the_past(version: Version, back: timedelta) -> None:
    """What happened to the first version happened months ago, over ten weeks."""
    earlier = ExpressionWrapper(F("at") - back, output_field=DateTimeField())
    for record in (version, version.workplan):
        events = AuditEvent.objects.of(record)
        for event in events:
            event.notices.update(queued_at=event.at - back, due_at=event.at - back)
        events.update(at=earlier)
    moments = {name: getattr(_again(version), name) - back - timedelta(days=days) for name, days in BEFORE.items()}
    Version.objects.filter(pk=version.pk).update(**moments)
    for comment in Comment.objects.filter(version=version):
        answered = comment.answered_at - back - timedelta(days=3) if comment.answered_at else None
        said = comment.created_at - back - timedelta(days=20)
        Comment.objects.filter(pk=comment.pk).update(created_at=said, updated_at=said, answered_at=answered)
    for invitation in Invitation.objects.filter(version=version):
        answered = invitation.answered_at - back - timedelta(days=12) if invitation.answered_at else None
        invited = moments["consulted_at"]
        Invitation.objects.filter(pk=invitation.pk).update(invited_at=invited, answered_at=answered)
    Workplan.objects.filter(pk=version.workplan_id).update(created_at=moments["created_at"])
    version.refresh_from_db()


def _again(version: Version) -> Version:
    return Version.objects.get(pk=version.pk)
