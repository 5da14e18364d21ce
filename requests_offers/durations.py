"""How long things took: medians in working days over the past twelve months, from the audit trail. No names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from centres.models import Party, SupportCentre
from centres.working_week import Calendar, working_days_between

from .clocks import centre_calendars
from .models import Clock, CooperationRequest, Match, Offer

PERIOD = timedelta(days=365)
ENOUGH = 5  # cases; fewer could be told apart


class Measure(TextChoices):
    """What is measured, each from a step to the answer."""

    FIRST_ANSWER = "first_answer", _("First answer to a request")
    CLARIFICATION = "clarification", _("Answer to a question")
    MATCH_ANSWER = "match_answer", _("Answer to an offered match")
    VERIFICATION = "verification", _("Verification of an offer")


CLOCK_OF = {
    Measure.FIRST_ANSWER: Clock.TRIAGE,
    Measure.CLARIFICATION: Clock.CLARIFICATION,
    Measure.MATCH_ANSWER: Clock.MATCH_ANSWER,
    Measure.VERIFICATION: Clock.VERIFICATION,
}


@dataclass(frozen=True)
class Rule:
    """A wait begins with one of `starts`, ends with one of `ends`, and is not counted after one of `cancels`."""

    measure: Measure
    model: type
    starts: frozenset[str]
    ends: frozenset[str]
    cancels: frozenset[str]
    ends_once: bool = True  # an offered match is answered by each side


def _rule(measure, model, starts, ends, cancels, ends_once=True) -> Rule:
    return Rule(measure, model, frozenset(starts), frozenset(ends), frozenset(cancels), ends_once)


FIRST_ANSWERS = {"accept", "ask_clarification", "redirect", "answer_directly", "refuse"}
VERIFIED = {"publish", "return_for_changes", "refuse"}
RULES = (
    _rule(Measure.FIRST_ANSWER, CooperationRequest, {"submit"}, FIRST_ANSWERS, {"pause", "withdraw"}),
    _rule(Measure.CLARIFICATION, CooperationRequest, {"ask_clarification"}, {"answer"}, {"pause", "withdraw"}),
    _rule(Measure.MATCH_ANSWER, Match, {"offer_to_both"}, {"accept", "decline"}, {"retract", "lapse"}, False),
    _rule(Measure.VERIFICATION, Offer, {"submit"}, VERIFIED, {"withdraw"}),
)
HANDOVERS = {"redirect", "appeal"}


@dataclass(frozen=True)
class Case:
    """One wait that has ended, and the centre that it belongs to (None: the helpdesk)."""

    measure: Measure
    centre_id: int | None
    days: int


@dataclass(frozen=True)
class Figure:
    """The median of a measure; None with fewer than five cases, and then their number is not told either."""

    median: float | None
    cases: int | None


def figure(days: list[int]) -> Figure:
    """The figure of so many waits."""
    return Figure(median(days), len(days)) if len(days) >= ENOUGH else Figure(None, None)


@dataclass(frozen=True)
class Durations:
    """The figures of the whole network and of each centre that had a case, by measure."""

    since: date
    until: date
    network: dict[Measure, Figure]
    centres: list[tuple[SupportCentre | None, dict[Measure, Figure]]]


def durations(now: datetime) -> Durations:
    """All figures of the twelve months before `now`, in a fixed number of queries."""
    cases = list(_cases(now - PERIOD, now))
    by_centre: dict[int | None, list[Case]] = defaultdict(list)
    for case in cases:
        by_centre[case.centre_id].append(case)
    named = SupportCentre.objects.filter(pk__in=[pk for pk in by_centre if pk]).by_name()
    order: list[SupportCentre | None] = [*named, *([None] if None in by_centre else [])]
    rows = [(centre, _figures(by_centre[centre.pk if centre else None])) for centre in order]
    return Durations((now - PERIOD).date(), now.date(), _figures(cases), rows)


def _figures(cases: Iterable[Case]) -> dict[Measure, Figure]:
    days: dict[Measure, list[int]] = {measure: [] for measure in Measure}
    for case in cases:
        days[case.measure].append(case.days)
    return {measure: figure(found) for measure, found in days.items()}


# From events to cases -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """What is read of an audit event; `former` is the centre that handed a request on, None where none did."""

    at: datetime
    action: str
    former: str | None


def _cases(since: datetime, until: datetime) -> Iterator[Case]:
    books = _Books(since, until)
    for model in (CooperationRequest, Match, Offer):
        rules = _rules_of(model)
        for pk, events in _histories(model, rules, since, until).items():
            for rule in rules:
                for start, end in waits(rule, events):
                    if events[end].at >= since:
                        yield books.case(rule.measure, pk, events, start, end)


def _rules_of(model) -> list[Rule]:
    return [rule for rule in RULES if rule.model is model]


def _answered(model, since: datetime, until: datetime):
    """The numbers of the records that were answered in the period: by the index over acts, not by looking at all."""
    ends = frozenset().union(*(rule.ends for rule in _rules_of(model)))
    told = AuditEvent.objects.filter(object_type=model._meta.label_lower, action__in=ends, at__range=(since, until))
    return told.values("object_id")


def _histories(model, rules, since: datetime, until: datetime) -> dict[int, list[Event]]:
    """The events of every record that was answered in the period, in their order."""
    told = AuditEvent.objects.filter(object_type=model._meta.label_lower, at__lte=until)
    actions = HANDOVERS.union(*(rule.starts | rule.ends | rule.cancels for rule in rules))
    rows = told.filter(object_id__in=_answered(model, since, until), action__in=actions).order_by("at", "pk")
    found: dict[int, list[Event]] = defaultdict(list)
    for pk, at, action, details in rows.values_list("object_id", "at", "action", "details"):
        former = details.get("former") if action in HANDOVERS else None
        found[pk].append(Event(at, action, former))
    return found


def waits(rule: Rule, events: list[Event]) -> Iterator[tuple[int, int]]:
    """The waits of one record that a rule counts, as places of their first and last event."""
    start: int | None = None
    for place, event in enumerate(events):
        if event.action in rule.ends and start is not None:
            yield start, place
            start = None if rule.ends_once else start
        if event.action in rule.cancels:
            start = None
        if event.action in rule.starts:
            start = place


def holder_at(events: list[Event], place: int, today: str) -> str:
    """The slug of the centre that held a request at an event: who handed it on next, or who has it today."""
    later = (event.former for event in events[place:] if event.former is not None)
    return next(later, today)


class _Books:
    """What belongs to whom: read once, for all cases, and of the records of the cases alone."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.centre_ids: dict[str, int | None] = {"": None, **dict(SupportCentre.objects.values_list("slug", "pk"))}
        slugs = {pk: slug for slug, pk in self.centre_ids.items()}
        self.parties = {party.pk: party for party in Party.objects.only("pk", "time_zone", "weekend")}
        self.calendars = centre_calendars([pk for pk in slugs if pk])
        asked = CooperationRequest.objects.filter(pk__in=_answered(CooperationRequest, since, until))
        requests = asked.values_list("pk", "centre", "party")
        self.requests = {pk: (slugs[centre], party) for pk, centre, party in requests}
        matches = Match.objects.filter(pk__in=_answered(Match, since, until))
        of_matches = matches.values_list("pk", "component__request__centre", "component__request__party")
        self.holders_of_matches = {pk: (slugs[centre], party) for pk, centre, party in of_matches}
        verified = Offer.objects.filter(pk__in=_answered(Offer, since, until))
        self.verifiers: dict[int, int | None] = dict(verified.values_list("pk", "verifying_centre"))

    def case(self, measure: Measure, pk: int, events: list[Event], start: int, end: int) -> Case:
        """One wait, counted in the working week of the side that acted."""
        if measure is Measure.VERIFICATION:
            centre = self.verifiers[pk]
            return Case(measure, centre, days_between(events[start].at, events[end].at, self.calendars[centre]))
        today, party = (self.holders_of_matches if measure is Measure.MATCH_ANSWER else self.requests)[pk]
        centre = self.centre_ids[today if measure is Measure.MATCH_ANSWER else holder_at(events, end, today)]
        calendar = self.calendars[centre] if measure is Measure.FIRST_ANSWER else self.parties[party]
        return Case(measure, centre, days_between(events[start].at, events[end].at, calendar))


def days_between(start: datetime, end: datetime, calendar: Calendar) -> int:
    """The working days after the day of `start` up to the day of `end`, where the acting office sits."""
    zone = ZoneInfo(calendar.time_zone)
    return working_days_between(start.astimezone(zone).date(), end.astimezone(zone).date(), set(calendar.weekend))
