"""What the lists of the API can be narrowed to; workplans as on their page (workplans/filters.py)."""

import django_filters

from ..lifecycle import VersionStatus
from ..models import Activity, BudgetLine, Category, Comment, CommentKind, Disposition, Funding, Version, Workplan
from ..models.workplan import NETWORK


class _Base(django_filters.FilterSet):
    """What all of them share: the plan, and the state of its version."""

    VERSION = ""  # the path from a row to its version

    def of_workplan(self, rows, name, value):
        plans = Workplan.objects.by_reference(value)
        return rows.filter(**{f"{self.VERSION}workplan__in": plans})

    def of_centre(self, rows, name, value):
        """The plan of the network has no centre."""
        path = f"{self.VERSION}workplan__centre"
        return rows.filter(**({f"{path}__isnull": True} if value == NETWORK else {f"{path}__slug": value}))


def _workplan():
    return django_filters.CharFilter(label="Reference of the workplan", method="of_workplan")


def _centre():
    return django_filters.CharFilter(label="Slug of the centre, or network", method="of_centre")


class VersionFilter(_Base):
    """Versions."""

    workplan, centre = _workplan(), _centre()
    status = django_filters.ChoiceFilter(label="State", choices=VersionStatus.choices)

    class Meta:
        model = Version
        fields: list[str] = []


class ActivityFilter(_Base):
    """Activities."""

    VERSION = "version__"
    workplan, centre = _workplan(), _centre()
    status = django_filters.ChoiceFilter(
        label="State of the version", choices=VersionStatus.choices, field_name="version__status"
    )
    party = django_filters.CharFilter(label="Code of a Party", field_name="parties__iso2", distinct=True)
    target = django_filters.NumberFilter(label="Number of a target", method="of_target")
    function = django_filters.CharFilter(label="Code of a function", field_name="functions__code", distinct=True)
    is_essential = django_filters.BooleanFilter(label="Essential")
    search = django_filters.CharFilter(label="Words in title or text", method="with_words")

    class Meta:
        model = Activity
        fields: list[str] = []

    def of_target(self, rows, name, value):
        return rows.filter(targets__number=value) if 0 <= value < 10_000 else rows.none()

    def with_words(self, rows, name, value):
        return rows.search(value)


class BudgetLineFilter(_Base):
    """Budget lines."""

    VERSION = "activity__version__"
    workplan, centre = _workplan(), _centre()
    activity = django_filters.CharFilter(label="Reference of the activity", method="of_activity")
    year = django_filters.NumberFilter(label="Year", method="of_year")
    category = django_filters.ChoiceFilter(label="Kind of cost", choices=Category.choices)
    currency = django_filters.CharFilter(label="Code of the currency", field_name="currency")
    funding = django_filters.ChoiceFilter(label="Funding source", choices=Funding.choices)
    is_essential = django_filters.BooleanFilter(label="Of essential activities", field_name="activity__is_essential")

    class Meta:
        model = BudgetLine
        fields: list[str] = []

    def of_activity(self, rows, name, value):
        return rows.filter(activity__in=Activity.objects.by_reference(value))

    def of_year(self, rows, name, value):
        return rows.filter(year=value) if 0 <= value < 10_000 else rows.none()


class CommentFilter(_Base):
    """Comments."""

    VERSION = "version__"
    workplan, centre = _workplan(), _centre()
    party = django_filters.CharFilter(label="Code of the Party", field_name="party__iso2")
    kind = django_filters.ChoiceFilter(label="What it is", choices=CommentKind.choices)
    disposition = django_filters.ChoiceFilter(label="What became of it", choices=Disposition.choices)

    class Meta:
        model = Comment
        fields: list[str] = []
