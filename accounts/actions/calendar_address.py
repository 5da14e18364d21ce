"""Giving out, changing and closing the secret address of somebody's calendar of deadlines."""

from django.db import transaction

from ..models import CalendarAddress, User
from .audit import record


@transaction.atomic
def open_calendar(*, by: User) -> CalendarAddress:
    """A secret address; where there is one, another in its place: the old one opens nothing any more."""
    User.objects.select_for_update().get(pk=by.pk)
    address = CalendarAddress.objects.filter(user=by).first() or CalendarAddress(user=by)
    address.change_secret()
    address.save()
    record("calendar_address_made", address, by=by)
    return address


@transaction.atomic
def close_calendar(*, by: User) -> None:
    """No address any more: calendars that read it find nothing."""
    User.objects.select_for_update().get(pk=by.pk)
    for address in CalendarAddress.objects.filter(user=by):
        record("calendar_address_closed", address, by=by)
        address.delete()
