"""A worker's pulse: a file that it touches whenever it takes up a task. No touch for long means that it hangs.

Beat asks for a sweep on every queue again and again, so a healthy worker is never idle for long. The supervisor of the
embedded portal and the health checks of the containers both read the same file.
"""

import os
import sys
import time
from pathlib import Path

from celery.signals import task_postrun, task_prerun, worker_ready

# Longer than the hard time limit of any task of the queue, and than the distance between two sweeps.
SILENT_FOR = {"quick": 180.0, "bulk": 720.0}


def pulse_file(data_dir: Path, queue: str) -> Path:
    """The file that the worker of a queue touches."""
    return data_dir / f"pulse-{queue}"


def is_alive(data_dir: Path, queue: str) -> bool:
    """Whether the worker of the queue took up or finished a task lately."""
    file = pulse_file(data_dir, queue)
    return file.exists() and time.time() - file.stat().st_mtime < SILENT_FOR[queue]


def touch(**_: object) -> None:
    """Say "alive". The queue is named by whoever started the worker; without a name there is nothing to say."""
    if queue := os.environ.get("TSC_QUEUE"):
        pulse_file(Path(os.environ.get("TSC_DATA_DIR", "var")), queue).touch()


for signal in (worker_ready, task_prerun, task_postrun):
    signal.connect(touch, weak=False)


if __name__ == "__main__":
    sys.exit(0 if is_alive(Path(os.environ.get("TSC_DATA_DIR", "var")), sys.argv[1]) else 1)
