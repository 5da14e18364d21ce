"""The Celery application: the worker's front door. Tasks live beside the actions they call."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsc_portal.settings")

app = Celery("tsc_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
