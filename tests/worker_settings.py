"""The portal's settings for trials with real workers: short leases and frequent sweeps, nothing else."""

import os

from tsc_portal.settings import *  # noqa: F403 (all of them, on purpose)
from tsc_portal.settings import CELERY_BROKER_TRANSPORT_OPTIONS, REDIS_URL

JOB_LEASE_SCALE = 0.1
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "accounts.sweep", "schedule": 1.0}}
if REDIS_URL:  # other tests may use the same server
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"global_keyprefix": os.environ["TSC_TRIAL"]}
