"""What pledges and unmet needs look like in the API, field by field, for the schema; and rows as such records."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.api import fields as f
from centres.models import PartyFlag
from requests_offers.lifecycle import ComponentStatus

from ..actions.contents import money, plain
from ..lifecycle import FIRM, PledgeStatus
from ..models import Pledge, PledgeMessage
from ..models.pledge import OBJECTS
from ..pledge_objects import titles_of
from .records import EXAMPLE, OPEN_STEPS, OPTIONAL, GapPart

INSIDE = "In a single record, for donor and centre: "


class ReceiptPart(serializers.Serializer):
    """Money that arrived."""

    amount = f.text("The amount, in the pledge's currency.")
    received_on = f.day("The day on which it arrived.")


class MessagePart(serializers.Serializer):
    """One message between donor and centre."""

    side = f.choice("Who wrote.", PledgeMessage.Side.choices)
    text = f.text("The words.")
    language = f.text("Their language.")
    at = f.moment("When.", allow_null=False)


class PaperPart(serializers.Serializer):
    """The paper of a commitment."""

    name = f.text("The name of the file.")
    content_type = f.text("Its kind.")
    size = f.number("Its size in bytes.")
    sha256 = f.text("Its fingerprint.")
    url = f.text("Where donor and centre download it, signed in.")


class PledgeRecord(serializers.Serializer):
    """What a donor means to give. Public from the pledge on, unless anonymous; before, for donor and centre alone."""

    reference = f.text("Such as PLE-000012.")
    url = f.text("The address of this record.")
    donor = f.text("The slug of the donor.")
    centre = f.text("The slug of the centre that answers; null: the coordinator.", allow_null=True)
    kind = f.choice("What kind of thing it is for.", [(name, name) for name in OBJECTS])
    object = f.text("The reference of what it is for.")
    title = f.text("What it is for, as people know it.")
    workplan = f.text("The workplan that this is part of; null for a request.", allow_null=True)
    status = f.choice("Its state.", PledgeStatus.choices)
    amount = f.text("The amount, to the cent; null before it is pledged.", allow_null=True)
    currency = f.text("The ISO code of the currency.")
    rate_to_usd = f.text("Dollars for one unit, or null.", allow_null=True)
    rate_on = f.day("The day of the rate.")
    rate_source = f.text("The source of the rate.")
    amount_usd = f.text("The amount in dollars by that rate; null without one.", allow_null=True)
    received = f.text("What has arrived, in the pledge's currency.")
    pledged_at = f.moment("When it was pledged.")
    committed_at = f.moment("When the commitment was confirmed.")
    receipts = ReceiptPart(many=True, help_text="What has arrived, each time.")
    is_example = f.flag(EXAMPLE)
    updated_at = f.moment("When it last changed.", allow_null=False)
    gap = GapPart(help_text="In a single record: how the money of its object stands; null for a request.",
                  allow_null=True, **OPTIONAL)  # fmt: skip
    is_anonymous = f.flag(INSIDE + "whether the public does not see the donor.", **OPTIONAL)
    conditions = f.text(INSIDE + "what it depends on.", **OPTIONAL)
    above_gap = f.texts(INSIDE + "which sides agree to more than is asked.", **OPTIONAL)
    reason_code = f.text(INSIDE + "why it ended.", **OPTIONAL)
    reason = f.text(INSIDE + "the words to that.", **OPTIONAL)
    due_on = f.day(INSIDE + "until when an answer is due.", **OPTIONAL)
    messages = MessagePart(many=True, help_text=INSIDE + "their talk.", **OPTIONAL)
    documents = PaperPart(many=True, help_text=INSIDE + "the papers.", **OPTIONAL)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)


PLAIN = ("currency", "rate_on", "rate_source", "pledged_at", "committed_at", "is_example", "updated_at", "status")


def pledge_records(rows: list[Pledge], prefix: str) -> list[dict]:
    """The records of some pledges; `rows` come with their objects and receipts."""
    titles = titles_of(rows)
    return [_pledge(row, titles[row.pk], prefix) for row in rows]


def _pledge(row: Pledge, title: str, prefix: str) -> dict:
    receipts = sorted(row.receipts.all(), key=lambda one: (one.received_on, one.pk))
    dollars = row.amount_usd
    return {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "donor": row.donor.slug,
        "centre": row.centre.slug if row.centre else None,
        "kind": row.kind,
        "object": row.object.reference,
        "title": title,
        "workplan": row.plan.reference if row.plan else None,
        **{name: getattr(row, name) for name in PLAIN},
        "amount": None if row.amount is None else money(row.amount),
        "rate_to_usd": plain(row.rate_to_usd),
        "amount_usd": None if dollars is None else money(dollars),
        "received": money(sum((one.amount for one in receipts), Decimal(0))),
        "receipts": [{"amount": money(one.amount), "received_on": one.received_on} for one in receipts],
    }


# Unmet needs ----------------------------------------------------------------------------------------------------------


class UnmetNeedRecord(serializers.Serializer):
    """A need for which nobody was found, of a request that you may see. Donors can pledge for its request."""

    reference = f.text("Such as REQ-000042-1.")
    request = f.text("The request that it is part of: what a pledge is for.")
    url = f.text("The address of this record.")
    title = f.text("The need.")
    request_title = f.text("The title of the request.")
    language = f.text("The language of both.")
    party = f.text("The code of the Party.")
    region = f.text("The code of its region.", allow_null=True)
    un_group = f.text("Its regional group in the United Nations.")
    is_ldc = f.flag("A least developed country today.")
    is_sids = f.flag("A small island developing State today.")
    is_lldc = f.flag("A landlocked developing country today.")
    centre = f.text("The slug of the centre that holds it; null: the coordinator.", allow_null=True)
    targets = f.numbers("Numbers of targets.")
    cooperation_types = f.texts("Codes of forms of cooperation.")
    status = f.choice("The state of the need.", ComponentStatus.choices)
    waiting_since = f.moment("Since when somebody is looked for.")
    promised = f.texts("What donors have pledged for the request, by currency, such as USD 500.00.")
    committed = f.texts("What is committed or received for it, by currency.")
    is_example = f.flag(EXAMPLE)
    updated_at = f.moment("When it last changed.", allow_null=False)


def need_records(rows: list, prefix: str) -> list[dict]:
    """The records of some needs; `rows` come with their request, its Party and region, targets and types."""
    flags: dict[int, set[str]] = defaultdict(set)
    parties = {row.request.party_id for row in rows}
    for party, kind in PartyFlag.objects.in_force().filter(party__in=parties).values_list("party", "kind"):
        flags[party].add(kind)
    money_of = _given({row.request_id for row in rows})
    return [_need(row, flags[row.request.party_id], money_of, prefix) for row in rows]


def _given(requests: set[int]) -> dict[tuple[int, bool], list[str]]:
    """What donors give for these requests: by request, and whether it is firm. Currencies are never added up."""
    sums: dict[tuple[int, bool], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows = Pledge.objects.counted().filter(request__in=requests)
    for request, status, currency, amount in rows.values_list("request", "status", "currency", "amount"):
        sums[request, status in FIRM][currency] += amount or Decimal(0)
    return {place: [f"{code} {money(found[code])}" for code in sorted(found)] for place, found in sums.items()}


def _need(row: Any, flags: set[str], given: dict[tuple[int, bool], list[str]], prefix: str) -> dict:
    request, party = row.request, row.request.party
    return {
        "reference": row.reference,
        "request": request.reference,
        "url": f"{prefix}{row.reference}/",
        "title": row.title,
        "request_title": request.title,
        "language": request.language,
        "party": party.iso2,
        "region": party.region.code if party.region else None,
        "un_group": party.un_group,
        **{f"is_{kind.lower()}": kind in flags for kind in ("LDC", "SIDS", "LLDC")},
        "centre": request.centre.slug if request.centre else None,
        "targets": sorted(target.number for target in row.targets.all()),
        "cooperation_types": sorted(one.code for one in row.cooperation_types.all()),
        "status": row.status,
        "waiting_since": request.matching_since,
        "promised": given.get((request.pk, False), []),
        "committed": given.get((request.pk, True), []),
        "is_example": request.is_example,
        "updated_at": request.updated_at,
    }
