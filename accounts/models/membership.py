"""A role in an office, a centre, an organization or the network, from a day to a day."""

from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..days import DAY, NETWORK_TIME_ZONE, Days, days_at, first_day_has_come, last_day_is_not_over
from ..permissions import SCOPE_OF, Permission, Role, reach


class OfficeKind(models.TextChoices):
    """The kinds of national focal point that a Party names."""

    CBD = "CBD", _("CBD national focal point")
    TSC = "TSC", _("National focal point for technical and scientific cooperation")
    CHM = "CHM", _("Clearing-house focal point")
    SBSTTA = "SBSTTA", _("SBSTTA focal point")
    ABS = "ABS", _("Access and benefit-sharing focal point")
    CARTAGENA = "CARTAGENA", _("Cartagena Protocol focal point")


def scope_fits_role() -> Q:
    """A condition: the role's own kind of scope is filled in, and no other."""
    condition = Q()
    for kind in ("party", "centre", "organization", "network"):
        roles = sorted(role.value for role, scope in SCOPE_OF.items() if scope == kind)
        empty = {f"{name}__isnull": name != kind for name in ("party", "centre", "organization")}
        condition |= Q(role__in=roles, **empty)
    return condition


def open_only_once(kind: str) -> models.UniqueConstraint:
    """A constraint: nobody holds the same role in the same place twice without an end."""
    scope = {"party": ["party", "office_kind"], "network": []}.get(kind, [kind])
    filled = Q() if kind == "network" else Q(**{f"{kind}__isnull": False})
    empty = {f"{name}__isnull": True for name in ("party", "centre", "organization") if name != kind}
    return models.UniqueConstraint(
        fields=["user", "role", *scope],
        condition=Q(ends_on__isnull=True, **empty) & filled,
        name=f"membership_of_{kind}_open_only_once",
    )


class MembershipQuerySet(models.QuerySet):
    def in_force(self, on: date | None = None):
        """Those whose first day has come and whose last day is not over: now, by the clock of the office, or on a day.

        A last day ends at midnight where the office sits: the capital of the Party, the seat of the organization or of
        the centre's lead host, Montreal for the network.
        """
        if on:
            return self.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
        days = days_at(timezone.now())
        lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=days.day)
        return self.filter(Q(starts_on__lte=days.day) & lasting | Q(pk__in=_in_force_at_the_edge(days, self.db)))

    def near(self):
        """Those that may be in force now: all that are, and those that begin or end about now somewhere."""
        day = days_at(timezone.now()).day
        begun = self.filter(starts_on__lte=day + DAY)
        return begun.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day - DAY))

    def not_over(self):
        """Those whose last day is not over by the clock of the office, whether they have begun or not."""
        return self.alias(zone=self._zone()).filter(last_day_is_not_over("ends_on", "zone", days_at(timezone.now())))

    def _zone(self) -> Coalesce:
        """The time zone in which an office's days are counted, as a database expression."""
        centre = self.model._meta.get_field("centre").related_model
        hosts = centre._meta.get_field("hostings").related_model.objects.filter(
            centre=OuterRef("centre"), retired_on__isnull=True, organization__party__isnull=False
        )
        lead_first = Case(When(role="lead", then=Value(0)), default=Value(1))
        seat = hosts.order_by(lead_first, "pk").values("organization__party__time_zone")[:1]
        return Coalesce("party__time_zone", "organization__party__time_zone", Subquery(seat), Value(NETWORK_TIME_ZONE))

    def _at_the_edge(self, days):
        """Of those that begin or end about a day, only those in force by the clock of their office."""
        edge = self.filter(Q(starts_on=days.day + DAY) | Q(ends_on__in=[days.day - DAY, days.day]))
        begun = first_day_has_come("starts_on", "zone", days)
        return edge.alias(zone=self._zone()).filter(begun, last_day_is_not_over("ends_on", "zone", days))

    def holding(self, *roles):
        """Those with one of these roles."""
        return self.filter(role__in=roles)

    def manageable_by(self, user):
        """Those that `user` may end: the office its own, a head the centre's and those seated in its Parties."""
        part = reach(user, Permission.MEMBERSHIP_MANAGE)
        seated = part.as_q_of_seats("organization__party")
        return self.filter(part.as_q(Membership.SCOPE) | seated).distinct()


@lru_cache(maxsize=8)
def _in_force_at_the_edge(days: Days, using: str) -> RawSQL:
    """The numbers of those rows as a subquery. Every notice and most lists ask for it: it is put into SQL only once
    as long as the days of the world stay the same.
    """
    edge = Membership.objects.using(using)._at_the_edge(days).values("pk").query
    return RawSQL(*edge.get_compiler(using).as_sql())  # noqa: S611 (what the query itself says)


class Membership(models.Model):
    """Rights belong to the office: this row lends them to a person, and its last day takes them back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    party = models.ForeignKey("centres.Party", models.PROTECT, null=True, blank=True, related_name="memberships")
    centre = models.ForeignKey(
        "centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    organization = models.ForeignKey(
        "centres.Organization", models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    office_kind = models.CharField(max_length=10, choices=OfficeKind, blank=True)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    is_example = models.BooleanField(default=False)

    SCOPE = {"party": "party", "centre": "centre", "organization": "organization"}

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="membership_scope_fits_its_role", condition=scope_fits_role()),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            *(open_only_once(kind) for kind in ("party", "centre", "organization", "network")),
        ]

    def __str__(self):
        return f"{self.scope}, {self.get_role_display()}" if self.scope else str(self.get_role_display())

    def is_in_force(self, now) -> bool:
        """Whether its first day has come and its last is not over: what `in_force` asks the database, for one row."""
        days = days_at(now)
        far_from_begin = self.starts_on <= days.day
        far_from_end = self.ends_on is None or self.ends_on > days.day
        if far_from_begin and far_from_end:
            return True
        here = days.at(self.zone)
        return (far_from_begin or self.starts_on <= here) and (self.ends_on is None or self.ends_on >= here)

    @property
    def zone(self) -> str:
        """The time zone in which the office's days are counted; asks for the centre's hosts."""
        seat = self.party or (self.organization.party if self.organization else None)
        if self.centre_id:
            hosts = self.centre.hostings.filter(retired_on__isnull=True, organization__party__isnull=False)
            found = sorted(hosts.select_related("organization__party"), key=lambda row: (row.role != "lead", row.pk))
            seat = found[0].organization.party if found else None
        return seat.time_zone if seat else NETWORK_TIME_ZONE

    @property
    def scope(self):
        """The Party, centre or organization it belongs to; None for the network."""
        return self.party or self.centre or self.organization
