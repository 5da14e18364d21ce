"""Money that donors promise, commit and pay, and how a pledge ends. Raises NotAllowed, IllegalStep or DomainError."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.cldr import Money, money, validate_currency
from accounts.errors import DomainError, IllegalStep
from accounts.models import User
from requests_offers import uploads
from requests_offers.actions.attachments import keep_file

from ..announce_pledges import about_pledge
from ..funding import converted
from ..lifecycle import PROMISED, UNCONFIRMED, PledgeStatus
from ..models import Pledge, PledgeDocument, PledgeMessage, Receipt
from ..models.budget import CENT, DOLLAR
from ..reasons import BY_STEP
from ..validators import validate_rate
from .gaps import gap_of, line_of
from .pledges import centre_due, check, check_object, lock, save, side_of, take

FOLDER = "pledges"
LAPSES_AFTER = timedelta(days=180)
WARNED_BEFORE = timedelta(days=14)
ABOVE_GAP = gettext_lazy(
    "Only %(left)s is still open here. Pledge up to that, or say that you mean to give more than is asked; "
    "the centre has to agree as well."
)


@transaction.atomic
def pledge_amount(
    pledge: Pledge,
    *,
    by: User | None,
    amount: Decimal,
    currency: str = DOLLAR,
    rate_to_usd: Decimal | None = None,
    rate_on: date | None = None,
    rate_source: str = "",
    conditions: str = "",
    is_anonymous: bool | None = None,
    above_gap: bool = False,
) -> Pledge:
    """A donor pledges an amount. More than the indicative gap only when the donor says so; the centre agrees later."""
    check(pledge, "pledge", by=by)
    check_object(pledge.object, by)
    rate = _rate(pledge, currency, rate_to_usd, rate_on, rate_source)
    pledge.currency, pledge.amount, pledge.rate_to_usd = currency, _cents(amount), rate["rate_to_usd"]
    _check_currency(pledge)
    if (left := left_below(pledge, "indicative_gap")) and not above_gap:
        raise DomainError(ABOVE_GAP % {"left": left})
    changes = rate | {
        "amount": pledge.amount,
        "currency": currency,
        "conditions": conditions.strip(),
        "above_gap_by_donor": above_gap,
        "is_anonymous": pledge.is_anonymous if is_anonymous is None else is_anonymous,
        "pledged_at": timezone.now(),
    }
    event = take(pledge, "pledge", by=by, **changes)
    about_pledge(pledge, event, "pledge", amount=money_of(pledge))
    return pledge


def _cents(amount: Decimal | None) -> Decimal:
    if amount is None or amount <= 0:
        raise DomainError(_("Give an amount above zero."))
    if amount != amount.quantize(CENT):
        raise DomainError(_("Give the amount with at most two decimals."))
    return amount


def _rate(pledge: Pledge, currency: str, rate: Decimal | None, on: date | None, source: str) -> dict[str, Any]:
    """The dated rate of a pledge; in the currency of its budget line the line's own counts where none is given."""
    line = line_of(pledge.line)
    if rate is None and line is not None and currency == line.currency:
        rate, on, source = line.rate_to_usd, line.rate_on, line.rate_source
    if currency == DOLLAR:
        rate, on, source = None, None, ""
    try:
        validate_currency(currency)
        validate_rate(currency, rate, on, source)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from error
    return {"rate_to_usd": rate, "rate_on": on, "rate_source": source}


def _check_currency(pledge: Pledge) -> None:
    """Currencies are never mixed without a dated rate: the pledge's, and the budget line's where it has another."""
    if gap_of(pledge) is None:
        return  # nobody has asked for an amount: there is nothing to compare with
    line = line_of(pledge.line)
    if line is not None and line.currency == pledge.currency:
        return
    if line is not None and line.currency != DOLLAR and line.rate_to_usd is None:
        sentence = _("This budget line is in %(currency)s and has no rate to dollars: pledge in %(currency)s.")
        raise DomainError(sentence % {"currency": line.currency})
    if pledge.currency != DOLLAR and pledge.rate_to_usd is None:
        raise DomainError(_("Give the dollars for one unit of this currency, the day of the rate and its source."))


def left_below(pledge: Pledge, gap: str) -> str:
    """What is left of a gap, in words, where the pledge's amount is more than that; nothing where it fits."""
    found = gap_of(pledge)
    if found is None:
        return ""
    currency, here = found
    amount = converted(pledge.amount or Decimal(0), pledge.currency, pledge.rate_to_usd, to=currency)
    left = getattr(here, gap)
    return money(left, currency) if amount is not None and amount > left else ""


@transaction.atomic
def allow_above_gap(pledge: Pledge, *, by: User | None, side: str = "") -> Pledge:
    """One side agrees that more is given than is asked. Both have to before the commitment can be confirmed."""
    lock(pledge)
    side = side_of(pledge, by) if by is not None else side
    if pledge.status not in PROMISED:
        raise IllegalStep(_("Only a pledge whose commitment is not confirmed yet can be more than is asked."))
    field = "above_gap_by_donor" if side == PledgeMessage.Side.DONOR else "above_gap_by_centre"
    if not getattr(pledge, field):
        setattr(pledge, field, True)
        save(pledge, [field])
        about_pledge(pledge, record("allow_above_gap", pledge, by=by, side=side), "allow_above_gap")
    return pledge


def commit(pledge: Pledge, *, by: User | None, document: BinaryIO, name: str) -> Pledge:
    """A donor sends the paper of its commitment; the head of the centre confirms it. The file first, then its row."""
    seen = uploads.look_at(document, name)
    keep_file(document, FOLDER, lambda stored_as: _commit(pledge, seen, stored_as, by=by))
    return pledge


@transaction.atomic
def _commit(pledge: Pledge, seen: uploads.Seen, stored_as: str, *, by: User | None) -> PledgeDocument:
    check(pledge, "commit", by=by)
    facts = {"name": seen.name, "content_type": seen.content_type, "size": seen.size}
    kept, _made = PledgeDocument.objects.get_or_create(
        pledge=pledge, sha256=seen.sha256, defaults=facts | {"stored_as": stored_as, "uploaded_by": by}
    )
    event = take(pledge, "commit", by=by, due_on=centre_due(pledge))
    about_pledge(pledge, event, "commit", amount=money_of(pledge), until=pledge.due_on)
    return kept


@transaction.atomic
def confirm_commitment(pledge: Pledge, *, by: User | None, above_gap: bool = False) -> Pledge:
    """The head confirms a commitment: it counts as firm. More than the firm gap only when both sides said so."""
    check(pledge, "confirm_commitment", by=by)
    agreed = above_gap or pledge.above_gap_by_centre
    if left := left_below(pledge, "firm_gap"):
        if not pledge.above_gap_by_donor:
            sentence = _("Only %(left)s is still open here. Ask the donor whether it means to give more than is asked.")
            raise DomainError(sentence % {"left": left})
        if not agreed:
            sentence = _("Only %(left)s is still open here. Tick that you agree to more than is asked, or refuse.")
            raise DomainError(sentence % {"left": left})
    event = take(pledge, "confirm_commitment", by=by, committed_at=timezone.now(), above_gap_by_centre=agreed)
    about_pledge(pledge, event, "confirm_commitment", amount=money_of(pledge))
    return pledge


@transaction.atomic
def record_receipt(
    pledge: Pledge,
    *,
    by: User | None,
    amount: Decimal,
    received_on: date,
    note: str = "",
    form_key: UUID | None = None,
) -> Pledge:
    """The head records money that arrived, in the pledge's currency. With the last of it the pledge is received."""
    lock(pledge)
    if form_key and Receipt.objects.filter(form_key=form_key, pledge=pledge).exists():
        return pledge
    check(pledge, "record_receipt", by=by)
    amount = _cents(amount)
    if received_on > timezone.now().date() + timedelta(days=1):
        raise DomainError(_("Give the day on which the money arrived: it cannot lie ahead."))
    left = open_amount(pledge)
    if amount > left:
        sentence = _("%(left)s of this commitment is still to come. Record up to that; more is a pledge of its own.")
        raise DomainError(sentence % {"left": money(left, pledge.currency)})
    Receipt.objects.create(
        pledge=pledge, amount=amount, received_on=received_on, note=note, form_key=form_key, recorded_by=by
    )
    target = PledgeStatus.RECEIVED if amount == left else PledgeStatus.PART_RECEIVED
    event = take(pledge, "record_receipt", by=by, target=target)
    about_pledge(pledge, event, "record_receipt", received=Money(amount, pledge.currency))
    return pledge


def open_amount(pledge: Pledge) -> Decimal:
    """What of a pledge has not arrived yet, in its currency."""
    received = pledge.receipts.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return (pledge.amount or Decimal(0)) - received


# How a pledge ends ----------------------------------------------------------------------------------------------------


@transaction.atomic
def refuse(pledge: Pledge, *, by: User | None, reason_code: str, reason: str = "") -> Pledge:
    """The head cannot take the money, with a reason that the donor reads."""
    return _end(pledge, "refuse", by=by, reason_code=reason_code, reason=reason)


@transaction.atomic
def withdraw(pledge: Pledge, *, by: User | None, reason_code: str, reason: str = "") -> Pledge:
    """The donor takes its word back, with a reason. Money that has arrived cannot be withdrawn."""
    return _end(pledge, "withdraw", by=by, reason_code=reason_code, reason=reason)


def _end(pledge: Pledge, name: str, *, by: User | None, reason_code: str, reason: str) -> Pledge:
    check(pledge, name, by=by)
    if reason_code not in BY_STEP[name]:
        raise DomainError(_("Choose a reason from the list."))
    event = take(pledge, name, by=by, reason_code=reason_code, reason=reason)
    about_pledge(pledge, event, name, reason=BY_STEP[name][reason_code], text=reason)
    return pledge


@transaction.atomic
def lapse(pledge: Pledge, now: datetime) -> Pledge:
    """The clock: nothing has happened for 180 days, and both were warned two weeks before."""
    check(pledge, "lapse", by=None)
    warned = pledge.warned_at is not None and now - pledge.warned_at >= WARNED_BEFORE
    if not warned or now - pledge.stepped_at < LAPSES_AFTER:
        raise DomainError(_("It is not time yet."))
    about_pledge(pledge, take(pledge, "lapse", by=None), "lapse")
    return pledge


@transaction.atomic
def warn(pledge: Pledge, now: datetime) -> Pledge:
    """The clock: tell both sides that the pledge lapses in two weeks without a step."""
    lock(pledge)
    quiet = now - pledge.stepped_at >= LAPSES_AFTER - WARNED_BEFORE
    if pledge.status not in UNCONFIRMED or pledge.warned_at is not None or not quiet:
        raise DomainError(_("It is not time yet."))
    pledge.warned_at = now
    save(pledge, ["warned_at"])
    about_pledge(pledge, record("warn", pledge, by=None), "warn", until=(now + WARNED_BEFORE).date())
    return pledge


def due_pledges(now: datetime) -> list[tuple[Any, Pledge]]:
    """What the clock has to do with pledges: each act with its pledge."""
    quiet = Pledge.objects.filter(status__in=sorted(UNCONFIRMED), stepped_at__lte=now - LAPSES_AFTER + WARNED_BEFORE)
    late = Q(warned_at__lte=now - WARNED_BEFORE, stepped_at__lte=now - LAPSES_AFTER)
    lapsing = [(lapse, pledge) for pledge in quiet.filter(late).order_by("pk")]
    return [*lapsing, *((warn, pledge) for pledge in quiet.filter(warned_at__isnull=True).order_by("pk"))]


def money_of(pledge: Pledge) -> Money:
    """The amount of a pledge, for each reader in their own language."""
    return Money(pledge.amount or Decimal(0), pledge.currency)
