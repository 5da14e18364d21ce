"""Moves what the demo has just made into the past, in the order in which it happened."""

from datetime import date, datetime, timedelta

from accounts.models import AuditEvent
from centres.working_week import add_working_days
from requests_offers import clocks
from requests_offers.models import CooperationRequest, Engagement, Match

LAST_STEP = timedelta(hours=30)
USUAL_PACE = timedelta(days=4, hours=3)


def into_the_past(request: CooperationRequest, days: int, now: datetime, *, late: bool) -> None:
    """Spread the events of a request, its matches and engagements over the last `days` days; dates and clocks follow."""
    request.refresh_from_db()
    matches = list(Match.objects.filter(component__request=request))
    engagements = list(Engagement.objects.filter(match__in=matches))
    events = _events(request, matches, engagements)
    moments = _moments(len(events), now - timedelta(days=days), now)
    for event, moment in zip(events, moments, strict=True):
        event.at = moment
        event.notices.update(queued_at=moment, due_at=moment)
    AuditEvent.objects.bulk_update(events, ["at"])
    _date_request(
        request, [event for event in events if event.object_type.endswith("cooperationrequest")], now, late=late
    )
    for match in matches:
        _date_match(
            match,
            [event for event in events if event.object_id == match.pk and event.object_type.endswith(".match")],
            now,
        )
    for engagement in engagements:
        _date_engagement(engagement, events)


def _events(request, matches, engagements) -> list[AuditEvent]:
    found = [*AuditEvent.objects.of(request)]
    for record in (*matches, *engagements):
        found += AuditEvent.objects.of(record)
    return sorted(found, key=lambda event: event.pk)


def _moments(count: int, start: datetime, now: datetime) -> list[datetime]:
    """The events some days apart, as offices work, the last one not after yesterday; each later than the one before."""
    room = max(now - LAST_STEP - start, timedelta(hours=1))
    pace = min(room / max(count - 1, 1), USUAL_PACE)
    return [start + pace * number for number in range(count)]


def _last(events, *actions) -> datetime | None:
    return max((event.at for event in events if event.action in actions), default=None)


def _date_request(request, events, now: datetime, *, late: bool) -> None:
    request.created_at = min(event.at for event in events)
    for field, action in (
        ("submitted_at", "submit"), ("accepted_at", "accept"), ("matching_since", "accept"), ("asked_at", "ask_clarification"),
        ("appealed_at", "appeal"), ("completed_by_party_at", "complete"), ("completed_by_centre_at", "complete"),
    ):  # fmt: skip
        if getattr(request, field):
            setattr(request, field, _last(events, action) or getattr(request, field))
    if request.due_on:
        request.due_on = _due(request, max(event.at for event in events), now, late=late)
    request.save()
    CooperationRequest.objects.filter(pk=request.pk).update(updated_at=max(event.at for event in events))


def _due(request, since: datetime, now: datetime, *, late: bool) -> date:
    """The due date as the clock had set it then; only practice Parties are ever late."""
    if request.status == "submitted":
        due = clocks.triage_due(request, since)
    elif request.status == "matching":
        due = (request.matching_since + clocks.UNMET_AFTER).date()
    else:
        due = clocks.office_due(request.party, since)
    return due if late else max(due, _soon(request.party, now))


def _soon(party, now: datetime) -> date:
    """Two working days from now: examples of real Parties are never late."""
    return add_working_days(now.date(), 2, set(party.weekend))


def _date_match(match, events, now: datetime) -> None:
    if not events:
        return
    if match.offered_at:
        match.offered_at = _last(events, "offer_to_both") or match.offered_at
    for field in ("accepted_by_party_at", "accepted_by_provider_at", "agreed_at"):
        if getattr(match, field):
            setattr(match, field, _last(events, "accept") or getattr(match, field))
    if match.due_on:
        party = match.component.request.party
        match.due_on = max(clocks.match_due(party, match.offered_at), _soon(party, now))
    match.save()


def _date_engagement(engagement, events) -> None:
    engagement.started_at = engagement.match.agreed_at or engagement.started_at
    mine = [event for event in events if event.object_id == engagement.pk and event.object_type.endswith(".engagement")]
    if engagement.ended_at:
        engagement.ended_at = _last(mine, "conclude", "end_early") or engagement.ended_at
    engagement.save()


def publish_earlier(offer, number: int, now: datetime) -> None:
    """Spread the days on which the offers were published over the last months."""
    if offer.published_at:
        moment = now - timedelta(days=2 + number * 37 % 140, hours=number % 9)
        type(offer).objects.filter(pk=offer.pk).update(published_at=moment)
        AuditEvent.objects.of(offer).filter(action="publish").update(at=moment)
        AuditEvent.objects.of(offer).exclude(action="publish").filter(
            at__gte=moment, action__in=["start", "submit"]
        ).update(at=moment - timedelta(days=6))
