from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The top of the house: pages over several apps, and the demo world."""

    name = "tsc_portal"
    verbose_name = "TSC Portal"

    def ready(self):
        # The Celery application must exist before the first task is sent from a web process.
        from accounts import feed

        from . import celery, checks, followed  # noqa: F401 (checks register themselves)

        feed.watch(*followed.WATCHED)
        feed.fill_with("tsc_portal.api.kinds.kinds")
