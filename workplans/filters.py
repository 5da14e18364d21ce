"""What the list of workplans can be narrowed to; pages and API use the same names."""

from django.utils.translation import gettext_lazy as _

from accounts.list_filters import ANY, OrderFilter, choice
from requests_offers.filters import CodeFilter, RecordFilter, party_in_region

from .lifecycle import VersionStatus
from .models import Activity, Period, Version, Workplan
from .models.workplan import NETWORK

ORDERS = {
    "-updated_at": (_("Last changed first"), ("-updated_at",)),
    "updated_at": (_("Longest unchanged first"), ("updated_at",)),
    "-period": (_("Newest period first"), ("-period__starts", "centre__name_en")),
    "period": (_("Oldest period first"), ("period__starts", "centre__name_en")),
}


class HolderFilter(CodeFilter):
    """The centre whose plan it is, or the network, whose plan has none."""

    @property
    def field(self):
        found = super().field
        names, kind = self.names, self.kind
        found.choices = lambda: [("", ANY), (NETWORK, _("The coordination entity")), *names.choices(kind)]
        return found


class WorkplanFilter(RecordFilter):
    """Workplans by period, centre, region, Party, target, function and state."""

    period = choice(_("Period"), lambda: _periods(), field_name="period__starts")
    centre = HolderFilter("centre", label=_("Centre"), method="held_by")
    region = CodeFilter("region", label=_("Region"), method="in_region")
    party = CodeFilter("party", label=_("Party"), method="names_party")
    target = CodeFilter("target", label=_("Target"), method="serves_target")
    function = CodeFilter("function", label=_("Function of the centre"), method="has_function")
    status = choice(_("Status"), VersionStatus.choices, method="in_state")
    ordering = OrderFilter(ORDERS)

    class Meta:
        model = Workplan
        fields: list[str] = []

    def _holding(self, **condition):
        """Plans of whose versions that the reader may see one has such an activity."""
        versions = Version.objects.visible_to(self.user).newest_of_each()
        return Activity.objects.filter(version__in=versions, **condition).values("version__workplan")

    def held_by(self, rows, name, value):
        return rows.filter(centre__isnull=True) if value == NETWORK else rows.filter(centre__slug=value)

    def in_region(self, rows, name, value):
        versions = Version.objects.visible_to(self.user).newest_of_each()
        found = Activity.objects.filter(party_in_region("parties", value), version__in=versions)
        return rows.filter(pk__in=found.values("version__workplan"))

    def names_party(self, rows, name, value):
        return rows.filter(pk__in=self._holding(parties__iso2=value))

    def serves_target(self, rows, name, value):
        return rows.filter(pk__in=self._holding(targets__number=int(value))) if value.isdigit() else rows.none()

    def has_function(self, rows, name, value):
        return rows.filter(pk__in=self._holding(functions__code=value))

    def in_state(self, rows, name, value):
        versions = Version.objects.visible_to(self.user).filter(status=value)
        return rows.filter(pk__in=versions.values("workplan"))


def _periods():
    return [(str(row.starts), str(row)) for row in Period.objects.in_order()]
