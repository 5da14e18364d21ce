"""Whether this process lives, and whether it can do its work: database, broker, worker and queue told apart."""

from datetime import timedelta

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Heartbeat
from accounts.outbox import job_models

SILENT_AFTER = timedelta(seconds=90)
OLD_AFTER = timedelta(minutes=5)


@login_not_required
@require_safe
@never_cache
def healthz(request):
    """This web process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request):
    """Each part by itself; 503 while the database or the broker is away, a warning while the worker is silent."""
    parts = parts_of_the_portal()
    ready = parts["database"] == "ok" and parts["broker"] == "ok"
    return JsonResponse({"status": "ok" if ready else "unavailable", **parts}, status=200 if ready else 503)


def parts_of_the_portal() -> dict[str, str]:
    """Each part and what is known of it: "ok", "unavailable", "silent" or "late"."""
    parts = {"database": _database(), "broker": _broker()}
    if parts["database"] == "ok":
        parts |= {"worker": _worker(), "queue": _queue()}
    return parts


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        return "unavailable"
    return "ok"


def _broker() -> str:
    try:
        with current_app.connection_for_write(connect_timeout=1) as link:
            link.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except Exception:
        return "unavailable"
    return "ok"


def _worker() -> str:
    beat = Heartbeat.last("quick")
    return "ok" if beat and timezone.now() - beat < SILENT_AFTER else "silent"


def _queue() -> str:
    """The age of the oldest job that waits."""
    waiting = [
        model.objects.waiting().order_by("due_at").values_list("due_at", flat=True).first() for model in job_models()
    ]
    oldest = min((due for due in waiting if due), default=None)
    return "late" if oldest and timezone.now() - oldest > OLD_AFTER else "ok"
