"""Example projects, commitments, key players and opportunities. Refusals, lateness and silence are played by practice
Parties only.
"""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import AuditEvent
from knowledge.actions import commitments, opportunities, project_data, projects, registry_clock
from knowledge.models import Opportunity, Programme, Project

from . import content

SOURCE = "Example data of the portal"
ANOTHER = "One hundred seedlings more, and a guard for the nursery."
# By Party: scope, kind, title, language, year. Facts that everybody can look up; the address leads to the source.
COMMITMENTS = {
    "XA": [
        ("national", "strategy", "Practice strategy for biodiversity 2025–2030", "en", 2025, [1, 14]),
        ("international", "coalition", "Practice coalition of island parks", "en", 2023, [3]),
    ],
    "XB": [("national", "law", "Loi d’exercice sur les pâturages", "fr", 2021, [10])],
    "XC": [("international", "pledge", "Compromiso de práctica: 300 hectáreas de manglar", "es", 2024, [2])],
}
KEY_PLAYERS = {
    "XA": [("practice-lagoon-institute", "", "Measures the lagoons and trains divers"), ("", "Practice Women’s Fishing Union", "Speaks for small-scale fishing")],
    "XB": [("", "Exercice : union des éleveurs", "Organise les accords de pâturage")],
}  # fmt: skip


def furnish(codes: Any, organizations: dict[str, Any], accounts: dict[str, Any], now: datetime) -> dict[str, int]:
    """Make all of it; returns how many projects and opportunities there are."""
    for entry in content.read("projects.json"):
        _project(entry, codes, accounts, now)
    for iso2, rows in COMMITMENTS.items():
        for scope, kind, title, language, year, targets in rows:
            data = {"scope": scope, "kind": kind, "title": title, "language": language, "year": year}
            data |= {"url": "https://example.org/practice", "targets": codes.rows("targets", targets)}
            commitments.save_commitment(codes.parties[iso2], by=None, data=data)
    for iso2, players in KEY_PLAYERS.items():
        for slug, name, role in players:
            data = {"organization": organizations.get(slug), "name": name, "role": role, "url": ""}
            commitments.save_key_player(codes.parties[iso2], by=None, data=data)
    for entry in content.read("opportunities.json"):
        _opportunity(entry, codes, accounts, now)
    return {"Projects": Project.objects.count(), "Opportunities": Opportunity.objects.count()}


# Projects -------------------------------------------------------------------------------------------------------------


def _project(entry: dict, codes: Any, accounts: dict[str, Any], now: datetime) -> None:
    """One project, taken to its state by the steps, then moved into the past."""
    data, is_practice = _data(entry, codes, now), codes.parties[entry["party"]].is_practice
    submitter = accounts["provider"] if is_practice else None
    project = projects.submit_project(by=submitter, data=data, is_example=True)
    office = accounts["focalpoint"] if entry["party"] == "XA" else accounts["coordinator"]
    state = entry["state"]
    if state == "change_requested":
        projects.request_change(project, by=office, reason_code="missing", reason=entry["story"])
    elif state == "refused":
        projects.refuse(project, by=office, reason_code=entry["story"], reason="Gardens of hotels are not meant here.")
    elif state not in {"submitted", "late"}:
        projects.publish(project, by=office)
    _into_the_past(project, entry["days_ago"], now)
    if state == "stale":
        _grow_stale(project, now)
    elif state == "late":
        Project.objects.filter(pk=project.pk).update(due_on=now.date() - timedelta(days=9))
    elif state == "pending":
        said = project_data.data_of(project)
        projects.change(project, by=submitter, data=said | {"summary": f"{said['summary']} {ANOTHER}"})


def _data(entry: dict, codes: Any, now: datetime) -> dict:
    today = now.date()
    plain = {name: entry[name] for name in ("title", "summary", "language", "territories", "partners")}
    funding = [row | {"amount": Decimal(row["amount"]) if row["amount"] else None} for row in entry["funding"]]
    return plain | {
        "party": codes.parties[entry["party"]],
        "co_parties": codes.rows("parties", entry["co_parties"]),
        "targets": codes.rows("targets", entry["targets"]),
        "subjects": codes.rows("subjects", entry["subjects"]),
        "starts_on": content.day(today, entry["starts_in_days"]),
        "ends_on": content.day(today, entry["ends_in_days"]),
        "funding": funding,
        "source": SOURCE,
    }


def _into_the_past(project: Project, days: int, now: datetime) -> None:
    """Submitted so many days ago, decided a week later."""
    begun = now - timedelta(days=days)
    decided = min(begun + timedelta(days=7), now - timedelta(hours=3))
    events = list(AuditEvent.objects.of(project).order_by("pk"))
    for number, event in enumerate(events):
        moment = begun if number == 0 else decided
        event.at = moment
        event.notices.update(queued_at=moment, due_at=moment)
    AuditEvent.objects.bulk_update(events, ["at"])
    moments: dict[str, Any] = {"created_at": begun, "updated_at": decided if len(events) > 1 else begun}
    if project.published_at:
        moments |= {"published_at": decided, "confirmed_at": decided}
    Project.objects.filter(pk=project.pk).update(**moments)
    project.refresh_from_db()


def _grow_stale(project: Project, now: datetime) -> None:
    """Nobody answered when the portal asked after a year."""
    registry_clock.ask_whether_right(project, now)
    Project.objects.filter(pk=project.pk).update(asked_at=now - timedelta(days=31))
    registry_clock.grow_stale(project, now)


# Opportunities --------------------------------------------------------------------------------------------------------


def _opportunity(entry: dict, codes: Any, accounts: dict[str, Any], now: datetime) -> None:
    """One opportunity; one whose deadline has passed was entered before it had."""
    closes, state = entry["closes_in_days"], entry["state"]
    by = accounts["coordinator"] if state == "published" else accounts["provider"]
    data = _said(entry, codes, now)
    over = closes is not None and closes < 0
    if over:
        data["closes_on"] = now.date() + timedelta(days=30)
    made = opportunities.enter_opportunity(by=by, data=data, is_example=True)
    if state == "refused":
        opportunities.refuse(made, by=accounts["coordinator"], reason="It is advertising.")
    if over:
        made.closes_on = now.date() + timedelta(days=closes)
        made.set_deadline()
        made.published_at = now - timedelta(days=60)
        made.save()
        opportunities.expire_if_due(made, now)


def _said(entry: dict, codes: Any, now: datetime) -> dict:
    today = now.date()
    plain = {
        name: entry[name]
        for name in ("kind", "title", "summary", "language", "organizer", "worldwide", "languages", "currency", "place")
    }
    flags, hour = entry["flags"], entry["hour"]
    closes = entry["closes_in_days"]
    return plain | {
        **{name: codes.rows(name, entry[name]) for name in ("targets", "subjects", "cooperation_types")},
        "regions": codes.rows("regions", entry["regions"]),
        "parties": codes.rows("parties", entry["parties"]),
        "programme": Programme.objects.filter(slug=entry["programme"]).first(),
        "url": "https://example.org/opportunities",
        "flags": f" {' '.join(flags)} " if flags else "",
        "has_deadline": closes is not None,
        "closes_on": content.day(today, closes),
        "closes_time": time.fromisoformat(hour) if hour else None,
        "time_zone": entry["time_zone"],
        "amount": Decimal(entry["amount"]) if entry["amount"] else None,
        "starts_on": content.day(today, entry["starts_in_days"]),
        "ends_on": content.day(today, entry["ends_in_days"]),
    }
