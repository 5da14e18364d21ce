"""What donors can narrow the finalized plans and their activities to."""

import django_filters
from django.db.models import CharField, DecimalField, Exists, F, Model, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext_lazy as _

from accounts.list_filters import OrderFilter, choice
from centres.models import Organization
from requests_offers.filters import CodeFilter, RecordFilter, party_in_region, tick

from .lifecycle import FIRM, PROMISED
from .models import Activity, Gap, Period, Pledge, Workplan
from .models.budget import DOLLAR

GAP_FIELDS = ("asked", "received", "committed", "pledged", "firm_gap", "indicative_gap")
ORDERS = {
    "-firm_gap": (_("Largest firm gap first"), (F("firm_gap").desc(nulls_last=True),)),
    "firm_gap": (_("Smallest firm gap first"), (F("firm_gap").asc(nulls_last=True),)),
    "-indicative_gap": (_("Largest indicative gap first"), (F("indicative_gap").desc(nulls_last=True),)),
    "-asked": (_("Most asked first"), (F("asked").desc(nulls_last=True),)),
}


def with_gaps(rows, **place):
    """Rows with their sums in dollars; `place` says how a row finds its own: {"workplan": OuterRef("pk"), …}."""
    found = Gap.objects.filter(currency=DOLLAR, line__isnull=True, **place)
    money = DecimalField(max_digits=16, decimal_places=2)
    sums = {name: Subquery(found.values(name)[:1], output_field=money) for name in GAP_FIELDS}
    return rows.annotate(currency=Value(DOLLAR, output_field=CharField()), **sums)


def public_activities():
    """The activities of finalized plans that are not closed, with their sums in dollars."""
    rows = Activity.objects.filter(
        version=F("version__workplan__current_version"), version__workplan__closed_at__isnull=True
    )
    return with_gaps(rows, activity=OuterRef("identity"))


def with_money_asked(rows):
    """Those of these activities or plans that ask donors for money, in whatever currency."""
    here = (
        {"activity": OuterRef("identity")} if rows.model is Activity else {"workplan": OuterRef("pk"), "activity": None}
    )
    return rows.filter(Exists(Gap.objects.filter(line=None, asked__gt=0, **here)))


def public_plans():
    """The finalized plans that are not closed, with their sums in dollars."""
    rows = Workplan.objects.published().filter(closed_at__isnull=True)
    return with_gaps(rows, workplan=OuterRef("pk"), activity__isnull=True)


class DonorFilter(RecordFilter):
    """What both lists share. ACTIVITIES leads from a row to the activities that are looked at."""

    region = CodeFilter("region", label=_("Region"), method="in_region")
    party = CodeFilter("party", label=_("Country"), method="of_party")
    target = CodeFilter("target", label=_("Target"), method="of_target")
    function = CodeFilter("function", label=_("Function of the centre"), method="of_function")
    period = choice(_("Period"), lambda: [(str(row.starts), str(row)) for row in Period.objects.in_order()],
                    method="of_period")  # fmt: skip
    essential = tick(_("Only essential activities"), "only_essential")
    gap_from = django_filters.NumberFilter(
        label=_("Firm gap from, USD"), field_name="firm_gap", lookup_expr="gte", min_value=0
    )
    gap_to = django_filters.NumberFilter(
        label=_("Firm gap up to, USD"), field_name="firm_gap", lookup_expr="lte", min_value=0
    )
    funder = django_filters.CharFilter(label=_("Also funded by (part of a name)"), method="funded_by", max_length=100)
    shown = django_filters.ChoiceFilter(
        label=_("Shown"),
        choices=[("all", _("Also what asks for nothing"))],
        empty_label=_("What asks for money"),
        method="also_others",
    )
    ordering = OrderFilter(ORDERS)
    PLAN = ""

    class Meta:
        model: type[Model] = Activity
        fields: list[str] = []

    @property
    def qs(self):
        rows = super().qs
        everything = self.form.is_valid() and self.form.cleaned_data.get("shown")
        return rows if everything else with_money_asked(rows)

    def also_others(self, rows, name, value):
        return rows  # what is left out by default, `qs` leaves out

    def holding(self, condition):
        raise NotImplementedError

    def in_region(self, rows, name, value):
        return rows.filter(self.holding(party_in_region("parties", value)))

    def of_party(self, rows, name, value):
        return rows.filter(self.holding(Q(parties__iso2=value)))

    def of_target(self, rows, name, value):
        return rows.filter(self.holding(Q(targets__number=int(value)))) if value.isdigit() else rows.none()

    def of_function(self, rows, name, value):
        return rows.filter(self.holding(Q(functions__code=value)))

    def of_period(self, rows, name, value):
        return rows.filter(**{f"{self.PLAN}period__starts": value}) if value.isdigit() else rows.none()

    def only_essential(self, rows, name, value):
        return rows.filter(self.holding(Q(is_essential=True))) if value else rows

    def funded_by(self, rows, name, value):
        """Those with a public pledge of a donor of that name; anonymous money has none."""
        donors = Organization.objects.filter(name__icontains=value)
        given = Pledge.objects.filter(donor__in=donors, is_anonymous=False, status__in=sorted(PROMISED | FIRM))
        return rows.filter(self.given_by(given))


class DonorActivityFilter(DonorFilter):
    """Activities of finalized plans."""

    PLAN = "version__workplan__"

    def holding(self, condition):
        return Exists(Activity.objects.filter(condition, pk=OuterRef("pk")))

    def given_by(self, given):
        own = given.filter(Q(activity=OuterRef("identity")) | Q(line__rows__activity=OuterRef("pk")))
        return Exists(own)


class DonorPlanFilter(DonorFilter):
    """Finalized plans."""

    class Meta(DonorFilter.Meta):
        model = Workplan

    def holding(self, condition):
        return Exists(Activity.objects.filter(condition, version=OuterRef("current_version")))

    def given_by(self, given):
        here = Q(workplan=OuterRef("pk")) | Q(activity__workplan=OuterRef("pk")) | Q(line__workplan=OuterRef("pk"))
        return Exists(given.filter(here))
