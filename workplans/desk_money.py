"""What waits on somebody's desk in plans and pledges: offices that are consulted, centres and donors that answer."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission as P
from accounts.permissions import reach
from centres.calendars import centre_calendars
from requests_offers.desk import MOST, register

from .actions.pledge_money import WARNED_BEFORE
from .lifecycle import PledgeStatus as S
from .lifecycle import VersionStatus as V
from .models import Invitation, Pledge, Version
from .pledge_objects import PARTS, titles_of

COORDINATION = _("The coordination entity")
CONSULTED = (_("Consultation on a workplan"), _("Comment, support or object"))
ADDRESSING = (_("Comments on a workplan"), _("Answer the comments"))
CENTRE = {
    S.INTEREST: (_("Interest of a donor"), _("Answer the donor")),
    S.DISCUSSION: (_("Question of a donor"), _("Answer the donor")),
    S.COMMITMENT_CLAIMED: (_("Commitment of a donor"), _("Confirm the commitment")),
}
DONOR = {
    S.DISCUSSION: (_("Discussion with a centre"), _("Pledge an amount, or ask on")),
    S.PLEDGED: (_("Pledge"), _("Send the signed commitment")),
}


def register_sources() -> None:
    """Put them on the desk; called when the app is ready."""
    for source in (_consultations, _comments_to_answer, _pledges_of_the_centre, _pledges_of_the_donor):
        register(source)


def _consultations(desk: Any) -> Iterator[Any]:
    """Plans on which the office is asked and has not answered."""
    ours = reach(desk.user, P.WORKPLAN_COMMENT).parties
    if not ours:
        return
    rows = Invitation.objects.unanswered().filter(party__in=ours, version__status=V.CONSULTATION)
    for row in rows.select_related("party", "version__workplan__period", "version__workplan__centre")[:MOST]:
        version = row.version
        url = reverse("workplan_consultation", args=[version.workplan.reference, version.number])
        yield _item(desk, CONSULTED, version.workplan, version.title, url, version.due_on, row.party, of=row.party.name)


def _comments_to_answer(desk: Any) -> Iterator[Any]:
    part = reach(desk.user, P.WORKPLAN_EDIT)
    if not part:
        return
    rows = Version.objects.filter(part.as_q(Version.SCOPE), status=V.ADDRESSING)
    for version in rows.select_related("workplan__period", "workplan__centre").defer("snapshot")[:MOST]:
        url = reverse("workplan_ledger", args=[version.workplan.reference, version.number])
        yield _item(desk, ADDRESSING, version.workplan, version.title, url, None, None)


def _pledges_of_the_centre(desk: Any) -> Iterator[Any]:
    """What a donor waits for."""
    talks, confirms = (reach(desk.user, right).as_q(Pledge.SCOPE) for right in (P.PLEDGE_TALK, P.PLEDGE_CONFIRM))
    makes = reach(desk.user, P.PLEDGE_MAKE).organizations
    if not reach(desk.user, P.PLEDGE_TALK):
        return
    talk = Pledge.objects.filter(talks, status__in=[S.INTEREST, S.DISCUSSION], due_on__isnull=False)
    paper = Pledge.objects.filter(confirms, status=S.COMMITMENT_CLAIMED)
    rows = list((talk | paper).exclude(donor__in=makes).select_related(*PARTS).order_by("due_on", "pk")[:MOST])
    calendars = centre_calendars({row.centre_id for row in rows} - {None}) if rows else {}
    titles = titles_of(rows)
    for row in rows:
        words = CENTRE[S(row.status)]
        yield _of_pledge(desk, row, words, titles[row.pk], row.due_on, calendars[row.centre_id], of=row.donor.name)


def _pledges_of_the_donor(desk: Any) -> Iterator[Any]:
    """What the centre has answered, and what was promised: with the day on which it would lapse, once it is near."""
    ours = reach(desk.user, P.PLEDGE_MAKE).organizations
    if not ours:
        return
    rows = Pledge.objects.filter(donor__in=ours, status__in=list(DONOR), due_on__isnull=True)
    found = list(rows.select_related(*PARTS).order_by("stepped_at", "pk")[:MOST])
    calendars = centre_calendars({row.centre_id for row in found} - {None}) if found else {}
    titles = titles_of(found)
    for row in found:
        due = (row.warned_at + WARNED_BEFORE).date() if row.warned_at else None
        words, centre = DONOR[S(row.status)], row.centre.name if row.centre else str(COORDINATION)
        yield _of_pledge(desk, row, words, titles[row.pk], due, calendars[row.centre_id], of=centre)


def _of_pledge(desk: Any, row: Pledge, words: Any, title: str, due: Any, calendar: Any, *, of: str) -> Any:
    facts = {"url": row.get_absolute_url(), "title": title, "reference": row.reference}
    return desk.item(row, words, due=due, calendar=calendar, of=of, **facts)


def _item(desk: Any, words: Any, plan: Any, title: str, url: str, due: Any, calendar: Any, *, of: str = "") -> Any:
    of = of or (plan.centre.name if plan.centre else str(COORDINATION))
    facts = {"url": url, "title": title, "reference": plan.reference}
    return desk.item(plan, words, due=due, calendar=calendar, of=of, **facts)
