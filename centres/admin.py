from typing import Any

from django.contrib import admin

from centres.models import (
    BeneficiaryGroup,
    CentreFunction,
    Constraint,
    CooperationType,
    Coverage,
    Goal,
    Hosting,
    Office,
    Organization,
    Party,
    PartyFlag,
    Region,
    Subject,
    SupportCentre,
    Target,
)


class ReferenceAdmin(admin.ModelAdmin):
    """Reference rows: what is changed here is left alone by the next load, and nothing is deleted."""

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        obj.from_reference = False
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Party)
class PartyAdmin(ReferenceAdmin):
    list_display = ("iso2", "name_en", "un_group", "region", "time_zone", "is_practice")
    list_filter = ("un_group", "kind", "is_practice")
    list_select_related = ("region",)
    search_fields = ("iso2", "search_text")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        obj.refresh_search_text()
        super().save_model(request, obj, form, change)


@admin.register(PartyFlag)
class PartyFlagAdmin(ReferenceAdmin):
    list_display = ("party", "kind", "valid_from", "valid_to", "confirmed")
    list_filter = ("kind", "confirmed")
    list_select_related = ("party",)
    autocomplete_fields = ("party",)


@admin.register(Organization)
class OrganizationAdmin(ReferenceAdmin):
    list_display = ("slug", "name", "kind", "party", "is_verified", "status")
    list_filter = ("kind", "is_verified", "status", "is_example")
    list_select_related = ("party",)
    search_fields = ("slug", "name", "acronym", "name_local")
    autocomplete_fields = ("party", "merged_into")


@admin.register(SupportCentre)
class SupportCentreAdmin(ReferenceAdmin):
    list_display = ("slug", "name_en", "coverage_confidence", "is_practice")
    search_fields = ("slug", "name_en")


@admin.register(Hosting)
class HostingAdmin(ReferenceAdmin):
    list_display = ("centre", "organization", "role", "agreement_signed_on", "operating_on")
    list_select_related = ("centre", "organization")
    autocomplete_fields = ("centre", "organization")


@admin.register(Coverage)
class CoverageAdmin(ReferenceAdmin):
    list_display = ("centre", "party", "confidence", "basis")
    list_filter = ("confidence", "centre")
    list_select_related = ("centre", "party")
    autocomplete_fields = ("centre", "party")


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin):
    list_display = ("party", "kind", "is_example")
    list_select_related = ("party",)
    autocomplete_fields = ("party",)


@admin.register(Region)
class RegionAdmin(ReferenceAdmin):
    list_display = ("code", "name_en", "kind", "parent")
    list_select_related = ("parent",)


@admin.register(CooperationType, Constraint, BeneficiaryGroup, CentreFunction, Subject)
class TermAdmin(ReferenceAdmin):
    list_display = ("code", "name_en", "number", "retired_on")
    search_fields = ("code", "name_en")


@admin.register(Target)
class TargetAdmin(ReferenceAdmin):
    list_display = ("number", "name_en", "section")


@admin.register(Goal)
class GoalAdmin(ReferenceAdmin):
    list_display = ("letter", "name_en")
