"""The administration site shows how scoring runs. Requests, offers and matches are read on the pages of the portal."""

from django.contrib import admin

from .models import MatchRun, MatchWeights, OfferRun


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at: runs are queued by acts, weights are changed by the coordinator with a reason."""

    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class RunAdmin(ReadOnlyAdmin):
    list_filter = ["state"]
    ordering = ["-queued_at", "-pk"]
    show_full_result_count = False


@admin.register(MatchRun)
class MatchRunAdmin(RunAdmin):
    list_display = ["pk", "component_reference", "cause", "state", "attempt", "queued_at", "finished_at", "error"]
    list_select_related = ["component"]
    # The need itself is not shown: an administrator sees restricted content only by an audited step.
    fields = ["component_reference", "cause", "state", "attempt", "queued_at", "claimed_at", "finished_at", "error"]

    @admin.display(description="component")
    def component_reference(self, run):
        return run.component.reference


@admin.register(OfferRun)
class OfferRunAdmin(RunAdmin):
    list_display = ["pk", "offer_reference", "state", "attempt", "queued_at", "finished_at", "error"]
    list_select_related = ["offer"]
    fields = ["offer_reference", "state", "attempt", "queued_at", "claimed_at", "finished_at", "error"]

    @admin.display(description="offer")
    def offer_reference(self, run):
        return run.offer.reference


@admin.register(MatchWeights)
class MatchWeightsAdmin(ReadOnlyAdmin):
    list_display = ["version", "values", "reason", "created_by", "created_at"]
    ordering = ["-version"]
