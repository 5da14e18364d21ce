"""What offices keep, in the API: their national priorities, and who holds which role."""

from typing import Any, cast

import django_filters
from django.db.models import Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.actions import memberships
from accounts.api import fields as f
from accounts.api.access import Access
from accounts.api.inputs import CodeField, CodesField, Input
from accounts.api.reading import invalid
from accounts.api.resource import Resource
from accounts.api.writing import once
from accounts.models import Membership, User
from accounts.models.membership import OfficeKind
from accounts.permissions import SCOPE_OF, Permission, Role, require
from accounts.texts import validate_line, validate_lines
from centres.actions import priorities
from centres.forms_memberships import NEEDED
from centres.models import NationalPriority, Organization, Party, SupportCentre, Target
from centres.models.priority import EARLIEST_YEAR, LATEST_YEAR

# National priorities --------------------------------------------------------------------------------------------------


class PriorityRecord(serializers.Serializer):
    """A national target or an action of the national strategy, in the country's own words."""

    id = f.number("Its address here.")
    url = f.text("The address of this record.")
    party = f.text("The code of the Party.")
    code = f.text("Its code in the country's own document; requests name it by Party and code.")
    kind = f.choice("A national target, or an action of the strategy (NBSAP).", NationalPriority.Kind.choices)
    title = f.text("Its title.")
    language = f.text("The language of the title, as a BCP-47 tag.")
    targets = f.numbers("The targets of the Framework to which it contributes.")
    document_url = f.text("The address of the document, or empty.")
    source = f.text("Where it stands.")  # type: ignore[assignment]
    from_year = f.number("The first year for which it holds, where known.", allow_null=True)
    until_year = f.number("The last one.", allow_null=True)
    ended_on = f.day("Since when new requests cannot name it.")
    is_example = f.flag("Example data.")


class NationalPriorityFields(Input):
    """What a priority says."""

    kind = serializers.ChoiceField(
        choices=NationalPriority.Kind.choices, help_text="A national target, or an action of the strategy (NBSAP)."
    )
    code = serializers.CharField(
        max_length=40, help_text="As in the strategy or report, such as NT 6.", validators=[validate_line]
    )
    title = serializers.CharField(max_length=300, help_text="In its own words.", validators=[validate_line])
    language = serializers.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35, help_text="The language of the title, as a BCP-47 tag."
    )
    targets = CodesField(
        Target.objects.current,
        "number",
        child=serializers.IntegerField(min_value=1, max_value=23),
        help_text="Numbers of the targets to which it contributes; all of them.",
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=500, help_text="The document with its year and page.", validators=[validate_line]
    )
    document_url = serializers.URLField(
        max_length=500, allow_blank=True, required=False, help_text="The address of the document."
    )
    from_year = serializers.IntegerField(
        min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, allow_null=True, required=False, help_text="The first year."
    )
    until_year = serializers.IntegerField(
        min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, allow_null=True, required=False, help_text="The last year."
    )

    def validate(self, attrs):
        known = self.context.get("priority")
        begins, ends = (attrs.get(name, getattr(known, name, None)) for name in ("from_year", "until_year"))
        if begins and ends and ends < begins:
            sentence = _("Choose a last year that is not before the first year.")
            raise serializers.ValidationError({"until_year": [sentence]}, code="order")
        return attrs


class NationalPriorityInput(NationalPriorityFields):
    """A new priority of a Party."""

    party = CodeField(Party.objects.current, "iso2", max_length=2, help_text="The code of the Party.")


class NationalPriorityChange(NationalPriorityFields):
    """A change of a priority: only the fields that change."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, partial=True, **kwargs)


class PriorityFilter(django_filters.FilterSet):
    """National priorities."""

    party = django_filters.CharFilter(label="Code of the Party", field_name="party__iso2")
    kind = django_filters.ChoiceFilter(label="Target or action", choices=NationalPriority.Kind.choices)
    code = django_filters.CharFilter(label="Its code in the country's own document")
    target = django_filters.NumberFilter(label="Contributes to this target", method="for_target")
    in_force = django_filters.BooleanFilter(label="Requests may name it today", method="holding")
    search = django_filters.CharFilter(label="Words of the code or title", method="with_words", max_length=200)

    class Meta:
        model = NationalPriority
        fields: list[str] = []

    def for_target(self, rows, name, value):
        return rows.filter(pk__in=NationalPriority.objects.filter(targets__number=value).values("pk"))

    def holding(self, rows, name, value):
        now = NationalPriority.objects.in_force().values("pk")
        return rows.filter(pk__in=now) if value else rows.exclude(pk__in=now)

    def with_words(self, rows, name, value):
        for word in value.split()[:12]:
            rows = rows.filter(Q(code__icontains=word) | Q(title__icontains=word))
        return rows


class PriorityResource(Resource):
    """National targets and NBSAP actions of the Parties; each Party's office keeps its own."""

    plural, key, key_pattern = "priorities", "id", "[0-9]{1,18}"
    record_class, filterset_class = PriorityRecord, PriorityFilter
    orderings = {"party": "party__iso2", "code": "code"}
    default_order = ("party__iso2", "-kind", "code", "pk")

    def rows(self):
        return NationalPriority.objects.select_related("party").prefetch_related("targets")

    def present(self, rows):
        return priority_records(rows, self.address_of(self.plural))

    @extend_schema(request=NationalPriorityInput, responses={200: PriorityRecord, 201: PriorityRecord})
    def create(self, request, **kwargs):
        """Add a national target or an action of your Party; 200 where the same is listed already."""
        return once(request, self._add)

    def _add(self) -> Response:
        said = self.validated(NationalPriorityInput)
        party = said.pop("party")
        empty: dict[str, Any] = {"targets": [], "url": "", "from_year": None, "until_year": None}
        before = set(party.priorities.values_list("pk", flat=True))
        made = priorities.add_priority(party, by=cast(User, self.request.user), data=empty | _renamed(said))
        return self.answer_again(made, 200 if made.pk in before else 201)

    @extend_schema(request=NationalPriorityChange, responses={200: PriorityRecord})
    def partial_update(self, request, **kwargs):
        """Mend a priority."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        require(self.request.user, Permission.PRIORITY_EDIT, row)
        self.refuse_stale(row)
        said = _renamed(self.validated(NationalPriorityChange, more={"priority": row}))
        data = {name: getattr(row, name) for name in priorities.FIELDS} | {"targets": list(row.targets.all())} | said
        priorities.change_priority(row, by=cast(User, self.request.user), data=data)
        return self.answer_again(row)

    @extend_schema(request=None, responses={200: PriorityRecord})
    @action(detail=True, methods=["post"], url_path="end")
    def end(self, request, **kwargs):
        """End a priority: requests that name it keep it, new ones cannot choose it."""
        return once(request, self._end)

    def _end(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        self.validated(Input)
        return self.answer_again(priorities.end_priority(row, by=cast(User, self.request.user)))


def _renamed(said: dict[str, Any]) -> dict[str, Any]:
    """In the API `url` is the address of the record itself."""
    return {"url" if name == "document_url" else name: value for name, value in said.items()}


def priority_records(rows: list[NationalPriority], prefix: str) -> list[dict]:
    """The records of some priorities; their Parties and targets come with the rows."""
    plain = ("code", "kind", "title", "language", "source", "from_year", "until_year", "is_example")
    return [
        {"id": row.pk, "url": f"{prefix}{row.pk}/", "party": row.party.iso2}
        | {name: getattr(row, name) for name in plain}
        | {"document_url": row.url, "ended_on": row.retired_on}
        | {"targets": sorted(target.number for target in row.targets.all())}
        for row in rows
    ]


# Memberships ----------------------------------------------------------------------------------------------------------


class MembershipRecord(serializers.Serializer):
    """A role that somebody holds. You see your own, and those of the offices that you look after."""

    id = f.number("Its address here.")
    url = f.text("The address of this record.")
    person = f.text("The name of the person.")
    email = f.text("The address of the person.")
    is_mine = f.flag("Whether it is your own.")
    role = f.choice("The role.", Role.choices)
    party = f.text("The code of the Party whose office it is, or null.", allow_null=True)
    office_kind = f.text("Which of the Party's offices: CBD, TSC, CHM …, or empty.")
    centre = f.text("The slug of the centre, or null.", allow_null=True)
    organization = f.text("The slug of the organization, or null.", allow_null=True)
    starts_on = f.day("The first day.")
    ends_on = f.day("The last day; null: no end is set.")
    in_force = f.flag("Whether it gives rights now.")
    is_example = f.flag("Example data.")


class MembershipInput(Input):
    """A role for somebody who has an account."""

    email = serializers.EmailField(help_text="The address with which the person signed up here.")
    role = serializers.ChoiceField(choices=Role.choices, help_text="The role; it says which of the others is needed.")
    party = CodeField(
        Party.objects.current, "iso2", max_length=2, required=False, help_text="For offices: the code of the Party."
    )
    office_kind = serializers.ChoiceField(
        choices=OfficeKind.choices, required=False, help_text="For offices: which of them."
    )
    centre = CodeField(SupportCentre.objects.current, "slug", required=False, help_text="For centres: the slug.")
    organization = CodeField(
        Organization.objects.current, "slug", required=False, help_text="For organizations: the slug."
    )

    def validate(self, attrs):
        kind = SCOPE_OF[Role(attrs["role"])]
        needed = {"party": ("party", "office_kind"), "network": ()}.get(kind, (kind,))
        for name in needed:
            if not attrs.get(name):
                sentence = NEEDED.get(name, _("Choose the office the person acts for."))
                raise serializers.ValidationError({name: [sentence]}, code="required")
        return {name: value for name, value in attrs.items() if name in {"email", "role", *needed}}


class EndMembershipInput(Input):
    """The last day of a role, and why."""

    last_day = serializers.DateField(help_text="The person keeps the rights until midnight of this day.")
    reason = serializers.CharField(
        max_length=500, help_text="The person reads it, and it stays in the record.", validators=[validate_lines]
    )


class MembershipFilter(django_filters.FilterSet):
    """Memberships."""

    role = django_filters.ChoiceFilter(label="Role", choices=Role.choices)
    party = django_filters.CharFilter(label="Code of the Party", field_name="party__iso2")
    centre = django_filters.CharFilter(label="Slug of the centre", field_name="centre__slug")
    organization = django_filters.CharFilter(label="Slug of the organization", field_name="organization__slug")
    mine = django_filters.BooleanFilter(label="Only your own", method="own")
    search = django_filters.CharFilter(label="Name or address of the person", method="with_words", max_length=100)

    class Meta:
        model = Membership
        fields: list[str] = []

    def own(self, rows, name, value):
        return rows.filter(user=self.request.user) if value else rows

    def with_words(self, rows, name, value):
        return rows.filter(Q(user__name__icontains=value) | Q(user__email__icontains=value))


class MembershipResource(Resource):
    """Roles: your own, and those of the offices, centres and organizations that you look after."""

    access = Access.SIGNED_IN
    plural, key, key_pattern = "memberships", "id", "[0-9]{1,18}"
    record_class, filterset_class = MembershipRecord, MembershipFilter
    orderings = {"starts_on": "starts_on", "person": "user__name"}
    default_order = ("-starts_on", "-pk")

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def rows(self):
        return Membership.objects.select_related("user", "party", "centre", "organization").defer(
            "centre__coverage_basis", "party__search_text"
        )

    def visible(self, rows):
        looked_after = Membership.objects.manageable_by(self.user).values("pk")
        return rows.filter(Q(user=self.user) | Q(pk__in=looked_after))

    def present(self, rows):
        prefix = self.address_of(self.plural)
        held = set(Membership.objects.in_force().filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
        return [_membership(row, self.user, row.pk in held, prefix) for row in rows]

    @extend_schema(request=MembershipInput, responses={201: MembershipRecord})
    def create(self, request, **kwargs):
        """Lend a role to somebody from today on; the person is told."""
        return once(request, self._lend)

    def _lend(self) -> Response:
        require(self.user, Permission.MEMBERSHIP_MANAGE)
        said = self.validated(MembershipInput)
        person = User.objects.filter(email__iexact=said.pop("email"), is_active=True).first()
        if person is None:
            raise invalid("email", _("Nobody has signed up with this address."), "does_not_exist")
        made = memberships.grant_membership(person, role=said.pop("role"), by=self.user, **said)
        return self.answer_again(made, 201)

    @extend_schema(request=EndMembershipInput, responses={200: MembershipRecord})
    @action(detail=True, methods=["post"], url_path="end")
    def end(self, request, **kwargs):
        """Set the last day of a role; the person is told."""
        return once(request, self._end)

    def _end(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        return self.answer_again(memberships.end_membership(row, by=self.user, **self.validated(EndMembershipInput)))


def _membership(row: Membership, user: User, in_force: bool, prefix: str) -> dict:
    return {
        "id": row.pk,
        "url": f"{prefix}{row.pk}/",
        "person": row.user.name,
        "email": row.user.email,
        "is_mine": row.user_id == user.pk,
        "role": row.role,
        "party": row.party.iso2 if row.party else None,
        "office_kind": row.office_kind,
        "centre": row.centre.slug if row.centre else None,
        "organization": row.organization.slug if row.organization else None,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "in_force": in_force,
        "is_example": row.is_example,
    }


RESOURCES = [PriorityResource, MembershipResource]
