"""What the list of unmet needs can be narrowed to; page, feed, saved searches and API use the same names."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.list_filters import OrderFilter, choice
from centres.models import Party
from requests_offers.filters import CodeFilter, ComponentFilter

ORDERS = {
    "waiting": (_("Longest waiting first"), (F("request__matching_since").asc(nulls_last=True),)),
    "-waiting": (_("Newest first"), (F("request__matching_since").desc(nulls_last=True),)),
    "title": (_("By title"), ("title",)),
}


class UnmetNeedFilter(ComponentFilter):
    """Needs for which nobody was found."""

    status = None
    group = choice(
        _("Regional group of the United Nations"), Party.UNGroup.choices, field_name="request__party__un_group"
    )
    centre = CodeFilter("centre", field_name="request__centre__slug", label=_("Centre"))
    ordering = OrderFilter(ORDERS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["ordering"] = self.filters.pop("ordering")  # below what narrows the list
