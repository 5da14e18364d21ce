"""How gunicorn serves the portal, embedded and in a container alike."""

import os

os.environ["TSC_PROCESS"] = "web"

bind = os.environ.get("TSC_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# The application is loaded once and shared by the workers: less memory, and a worker that dies is back at once.
preload_app = True
timeout = 30
graceful_timeout = 8
keepalive = 5
# Heartbeats of the workers must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 (gunicorn makes a file of its own)
errorlog = "-"
loglevel = "warning"
accesslog = None
control_socket_disable = True


def when_ready(server):
    """Load addresses and views before the first person asks for a page."""
    from django.urls import get_resolver  # noqa: PLC0415 (Django is set up only now)

    get_resolver().url_patterns  # noqa: B018 (reading it is what loads it)
