"""The status page: whether the parts of the portal work, what waits for the workers, and what failed for good."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Min, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import jobs
from accounts.models import Heartbeat
from accounts.models.job import Job
from accounts.outbox import job_models
from accounts.permissions import Permission, require

from .health import parts_of_the_portal

FAILED_SHOWN = 50
DAY = timedelta(days=1)
WORK = {  # the task of a kind of job → what people call the work
    "accounts.send_notice": gettext_lazy("Mails of notices"),
    "accounts.send_digest": gettext_lazy("Collected mails"),
    "accounts.send_invitation": gettext_lazy("Invitations"),
    "accounts.run_import": gettext_lazy("Imported files"),
    "accounts.deliver_webhook": gettext_lazy("Deliveries to partner systems"),
    "requests_offers.score_component": gettext_lazy("Scores of needs"),
    "requests_offers.score_offer": gettext_lazy("Scores of offers"),
    "requests_offers.preview": gettext_lazy("Previews of matches"),
    "requests_offers.compute_round": gettext_lazy("Allocation rounds"),
    "knowledge.check_link": gettext_lazy("Links of knowledge sources"),
    "knowledge.send_submitter_mail": gettext_lazy("Mails to those who submit projects"),
}
PARTS = {
    "database": gettext_lazy("Database"),
    "broker": gettext_lazy("Broker"),
    "worker": gettext_lazy("Worker"),
    "queue": gettext_lazy("Queue"),
}
FOUND = {
    "ok": gettext_lazy("works"),
    "unavailable": gettext_lazy("does not answer"),
    "silent": gettext_lazy("has not been heard of"),
    "late": gettext_lazy("is late"),
}


@dataclass(frozen=True)
class Kind:
    """One kind of work and how it stands."""

    name: str
    queue: str
    waiting: int
    running: int
    done: int  # in the last 24 hours
    failed: int
    oldest: datetime | None  # since when the longest waiting one could have been done


def work_name(model: type[Job]) -> str:
    """What people call this kind of work."""
    return str(WORK.get(model.TASK) or model._meta.verbose_name)


def kind_of(model: type[Job], now: datetime) -> Kind:
    """How one kind of work stands; one query."""
    state = Job.State
    found = model.objects.aggregate(
        waiting=Count("pk", filter=Q(state=state.QUEUED)),
        running=Count("pk", filter=Q(state=state.RUNNING)),
        done=Count("pk", filter=Q(state=state.DONE, finished_at__gte=now - DAY)),
        failed=Count("pk", filter=Q(state=state.FAILED)),
        oldest=Min("due_at", filter=Q(state=state.QUEUED, due_at__lte=now)),
    )
    return Kind(work_name(model), model.QUEUE, **found)


@require_safe
def status(request):
    """How the portal is: for those who look after it, without what the work is about."""
    require(request.user, Permission.JOBS_MANAGE)
    now = timezone.now()
    parts = [(PARTS[name], FOUND[found], found == "ok") for name, found in parts_of_the_portal().items()]
    context = {
        "parts": parts,
        "beats": Heartbeat.objects.order_by("queue"),
        "kinds": [kind_of(model, now) for model in job_models()],
        "failed": _failed(),
        "now": now,
    }
    return render(request, "tsc_portal/status.html", context)


def _failed() -> list[dict[str, Any]]:
    """The latest failures of every kind, latest first."""
    found: list[dict[str, Any]] = [
        {"job": job, "name": work_name(model), "kind": model._meta.label_lower.replace(".", "-")}
        for model in job_models()
        for job in model.objects.filter(state=Job.State.FAILED).order_by("-finished_at", "-pk")[:FAILED_SHOWN]
    ]
    found.sort(key=lambda row: row["job"].finished_at or row["job"].queued_at, reverse=True)
    return found[:FAILED_SHOWN]


@require_POST
def status_try_again(request, kind, pk):
    """Let one failed piece of work start anew."""
    require(request.user, Permission.JOBS_MANAGE)
    model = next((model for model in job_models() if model._meta.label_lower.replace(".", "-") == kind), None)
    if model is None or not model.objects.filter(pk=pk).exists():
        raise Http404
    jobs.try_again(model, pk, by=request.user)
    messages.success(request, _("It is tried again. Reload this page in a moment to see whether it worked."))
    return redirect("status")
