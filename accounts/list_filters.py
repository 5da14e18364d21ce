"""What lists of all apps are narrowed and ordered with; pages and API use the same names."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ANY = pgettext_lazy("filter", "Any")


def choice(label: Any, choices: Any, **kwargs: Any) -> django_filters.ChoiceFilter:
    """One of a few values, or any."""
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=ANY, **kwargs)


class OrderFilter(django_filters.ChoiceFilter):
    """The order of a list, from an allow-list; ties end in the primary key."""

    def __init__(self, orders: dict[str, tuple[Any, tuple]], *, ties: str = "-pk", **kwargs: Any) -> None:
        self.orders, self.ties = orders, ties
        choices = [(name, label) for name, (label, _order) in orders.items()]
        super().__init__(choices=choices, label=_("Order"), empty_label=None, **kwargs)

    def filter(self, rows: Any, value: str) -> Any:
        _label, order = self.orders.get(value) or next(iter(self.orders.values()))
        return rows.order_by(*order, self.ties)
