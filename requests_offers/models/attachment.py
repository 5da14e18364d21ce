"""Files that belong to a request: maps, photographs, the official letter of endorsement, translations."""

from typing import Any, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line

from ..lifecycle import RequestStatus
from .endorsement import Endorsement
from .request import Component, CooperationRequest


class AttachmentQuerySet(models.QuerySet):
    """Attached files; every page starts from `visible_to`."""

    def visible_to(self, user) -> Self:
        """Those of the own office, of requests one's centre holds, and of needs for which one's offer was offered."""
        right = Q(request__status=RequestStatus.DRAFT)
        drafts = right & reach(user, Permission.REQUEST_DRAFT).as_q({"party": "request__party"})
        condition = drafts | ~right & reach(user, Permission.REQUEST_VIEW).as_q(Attachment.SCOPE)
        joined = reach(user, Permission.REQUEST_VIEW).parties
        if joined:
            given = Endorsement.objects.given().filter(request=OuterRef("request"), party__in=joined)
            condition |= Q(Exists(given))
        provided = reach(user, Permission.MATCH_ANSWER_PROVIDER)
        if provided.organizations:
            offered = Component.objects.offered_to(provided)
            of_request = Exists(offered.filter(request=OuterRef("request")))
            of_need = Exists(offered.filter(pk=OuterRef("component")))
            condition |= of_need | Q(component__isnull=True) & of_request
        return self.filter(condition)

    def in_order(self) -> Self:
        """The oldest first."""
        return self.order_by("at", "pk")


class Attachment(models.Model):
    """One file of a request. It is never public, and what it holds lies under a random name."""

    SCOPE = {"party": "request__party", "centre": "request__centre"}

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        ENDORSEMENT_LETTER = "endorsement_letter", _("Official letter of endorsement")
        TRANSLATION = "translation", _("Translation")

    request = models.ForeignKey(CooperationRequest, models.CASCADE, related_name="attachments")
    component = models.ForeignKey(Component, models.SET_NULL, null=True, blank=True, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.FILE)
    name = Line(_("name"), max_length=200)
    stored_as = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attached file")
        constraints = [
            models.UniqueConstraint(fields=["request", "sha256"], name="attachment_once_in_its_request"),
            models.CheckConstraint(
                name="attachment_kind_known", condition=Q(kind__in=["file", "endorsement_letter", "translation"])
            ),
            models.CheckConstraint(
                name="attachment_has_one_byte_to_ten_megabytes", condition=Q(size__gte=1, size__lte=10 * 1024 * 1024)
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("attachment_download", args=[self.request.reference, self.pk])

    def open(self) -> Any:
        """The stored bytes; FileNotFoundError where the file is gone."""
        return default_storage.open(self.stored_as, "rb")
