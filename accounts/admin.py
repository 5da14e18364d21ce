"""The administration site: accounts are looked up and closed there; rights are given on the portal's own pages."""

from django.contrib import admin

from .actions.audit import record
from .models import ApiToken, AuditEvent, Claim, Digest, Membership, Notice, User


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at. Changes are business acts, with their checks and their trail."""

    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["email", "name", "language", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_example"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "time_zone", "notice_frequency", "is_active", "is_example", "date_joined"]
    readonly_fields = ["email", "time_zone", "is_example", "date_joined"]

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser or request.user.has_perm("accounts.change_user")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        record("user_changed", obj, by=request.user, fields=form.changed_data)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "role", "party", "centre", "organization", "starts_on", "ends_on"]
    list_filter = ["role"]
    search_fields = ["user__email", "user__name"]
    list_select_related = ["user", "party", "centre", "organization"]


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ["user", "role", "claimed", "status", "created_at", "due_on"]
    list_filter = ["status", "role"]
    search_fields = ["user__email", "user__name"]
    list_select_related = ["user", "party", "organization"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["token_key", "name", "user", "scopes", "created", "expiry", "last_used_at"]
    fields = ["token_key", "name", "user", "scopes", "created", "expiry", "last_used_at"]
    search_fields = ["user__email", "name"]
    list_select_related = ["user"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "action", "object_type", "object_id", "actor", "before", "after", "reason_code"]
    list_filter = ["action"]
    date_hierarchy = "at"
    list_select_related = ["actor"]


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["recipient", "kind", "state", "attempt", "queued_at", "mailed_at", "error"]
    list_filter = ["state", "kind"]
    # Not what it says: an administrator sees restricted content only by an audited step.
    fields = ["recipient", "kind", "state", "attempt", "queued_at", "mailed_at", "error"]
    list_select_related = ["recipient"]


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    list_display = ["recipient", "until", "state", "attempt", "error"]
    list_filter = ["state"]
    list_select_related = ["recipient"]
