"""One page about a need that waits, for whoever could meet it: what is needed, by whom, and how to help.

Nothing is on it that the public part of a request does not say: never a contact person.
"""

from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import qrcode  # it comes with the two-step sign-in
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathImage

from accounts.cldr import money
from requests_offers.days import day
from requests_offers.letters.typesetting import is_right_to_left, script, typeset
from requests_offers.lifecycle import ComponentStatus, RequestStatus
from requests_offers.models import Component, CooperationRequest
from requests_offers.models.request import Visibility

from ..lifecycle import FIRM
from ..models import Pledge

PAGE = Path(__file__).resolve().parent / "brief.typ"
# What fits on one page in every script; the whole text stands behind the address.
MOST_NEEDS, LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_NEED, LONGEST_TEXT = 2, 120, 360, 100, 180
WAITING = [ComponentStatus.OPEN, ComponentStatus.OFFERED, ComponentStatus.UNMET]


def brief_pdf(request: CooperationRequest, number: int | None = None) -> bytes:
    """The brief of a request, or of one of its needs."""
    return typeset(PAGE, "brief", words_of(request, number))


def words_of(request: CooperationRequest, number: int | None = None) -> dict[str, Any]:
    """Everything that the page says, in the active language."""
    needs = _needs(request, number)
    is_unmet = request.status == RequestStatus.UNMET
    page = f"{reverse('pledge_new')}?for={request.reference}" if is_unmet else request.get_absolute_url()
    address = settings.SITE_ADDRESS + page
    return {
        **script(),
        "mark": _("EXAMPLE: this record is example data and stands for no real request.") if request.is_example else "",
        "kind": _("A need that waits for somebody") if is_unmet else _("A need that looks for a partner"),
        "title": _said(_short(request.title, LONGEST_TITLE)),
        "summary": _said(_short(request.summary, LONGEST_SUMMARY)),
        "facts": _facts(request),
        "needs_heading": _("What is needed"),
        "needs": [_need(row) for row in needs[:MOST_NEEDS]],
        "more": _more(len(needs) - MOST_NEEDS),
        "help_heading": _("How to help"),
        "help": _help(is_unmet),
        "given": _given(request),
        "address": address,
        "qr": qr_code(address),
        "qr_label": _("Scan this, or type the address below."),
        "shared": "" if request.visibility == Visibility.PUBLIC else _("For the network: do not pass this page on."),
        "written": _("Written on %(day)s.") % {"day": day(timezone.now(), "long")},
        "disclaimer": _(
            "The designations employed do not imply the expression of any opinion on the legal status of any country "
            "or territory. This page is no official document of the country that asks."
        ),
        "reference": request.reference,
    }


def qr_code(address: str) -> str:
    """The address as a square that a telephone reads, as SVG."""
    file = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, box_size=10, border=4).save(file)
    return file.getvalue().decode()


def _said(text: str) -> dict[str, Any]:
    return {"text": text, "rtl": is_right_to_left(text)}


def _short(text: str, most: int) -> str:
    """As much of a text as the page has room for, up to the end of a word; signs of East Asian scripts are two wide."""
    text, width = " ".join(text.split()), 0
    for place, sign in enumerate(text):
        width += 2 if east_asian_width(sign) in "WF" else 1
        if width > most:
            cut = text[:place]
            return f"{cut.rsplit(' ', 1)[0] if ' ' in cut[-40:] else cut} …"
    return text


def _facts(request: CooperationRequest) -> list[tuple[str, dict[str, Any]]]:
    rtl = get_language_bidi()
    given = {row.party_id for row in request.endorsements.all() if row.is_given}
    others = [party.name for party in request.co_parties.all() if party.pk in given]
    parties = _(", ").join([request.party.name, *others])
    centre = request.centre.name if request.centre else _("The coordinator’s helpdesk")
    return [
        (_("Who asks"), {"text": parties, "rtl": rtl}),
        (_("With"), {"text": centre, "rtl": rtl}),
        (_("Waiting since"), {"text": day(request.matching_since, "long"), "rtl": rtl}),
        (_("Reference"), {"text": request.reference, "rtl": False}),
    ]


def _needs(request: CooperationRequest, number: int | None) -> list[Component]:
    """The needs that wait, or the one that is asked for."""
    rows = Component.objects.filter(request=request, status__in=WAITING).order_by("number")
    if number is not None:
        rows = rows.filter(number=number)
    return list(rows.prefetch_related("targets", "cooperation_types"))


def _more(count: int) -> str:
    if count <= 0:
        return ""
    sentence = ngettext(
        "%(count)s more need of this request stands in the portal.",
        "%(count)s more needs of this request stand in the portal.",
        count,
    )
    return sentence % {"count": count}


def _need(row: Component) -> dict[str, Any]:
    targets = ", ".join(str(target.number) for target in sorted(row.targets.all(), key=lambda one: one.number))
    forms = _(", ").join(one.name for one in row.cooperation_types.all())
    period = " – ".join(part for part in (day(row.starts_on, "long"), day(row.ends_on, "long")) if part)
    facts = [
        _("Targets of the Framework: %(numbers)s") % {"numbers": targets} if targets else "",
        forms,
        period,
    ]
    return {
        "title": _said(_short(row.title, LONGEST_NEED)),
        "text": _said(_short(row.text, LONGEST_TEXT)),
        "facts": " · ".join(fact for fact in facts if fact),
    }


def _help(is_unmet: bool) -> list[str]:
    if not is_unmet:
        return [
            _("Organizations that can do this work write an offer in the portal; the centre brings both together."),
            _("Nothing is promised by that: the country and the organization both say yes or no."),
        ]
    return [
        _("Nobody was found who can meet this need without funds. A donor can pay for it, in part or as a whole."),
        _(
            "Tell the centre of your interest at the address below. It binds nobody and is seen by you and the centre "
            "alone; an amount follows when both have talked."
        ),
        _("Organizations that could do the work themselves write an offer in the portal."),
    ]


def _given(request: CooperationRequest) -> list[str]:
    """What donors have promised and committed so far, by currency."""
    sums: dict[tuple[bool, str], Any] = {}
    for status, currency, amount in (
        Pledge.objects.counted().filter(request=request).values_list("status", "currency", "amount")
    ):
        place = status in FIRM, currency
        sums[place] = sums.get(place, 0) + amount
    words = {True: _("Committed so far: %(amount)s"), False: _("Pledged so far: %(amount)s")}
    return [words[firm] % {"amount": money(amount, currency)} for (firm, currency), amount in sorted(sums.items())]
