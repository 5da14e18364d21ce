from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The top of the house: pages over several apps, and the demo world."""

    name = "tsc_portal"
    verbose_name = "TSC Portal"

    def ready(self):
        # The Celery application must exist before the first task is sent from a web process.
        from . import celery, checks  # noqa: F401 (checks register themselves)
