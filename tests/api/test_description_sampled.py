"""Odd calls of every operation, answered as the description says: a sample for every run.

Thousands more are in test_schema.py, for the long trials.

The calls go straight into the application, in this process and in the transaction of the test. Over HTTP each of them
opened a connection to the database, and that made minutes of it on PostgreSQL.
"""

from contextlib import suppress

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, unsupported_method

from requests_offers.api.previews import PreviewResource
from tests.api.test_schema import CALLERS, CONFIG, a_world, secret_of
from tsc_portal.api.throttles import Window
from tsc_portal.wsgi import application

pytestmark = pytest.mark.django_db

EXAMPLES = 2
SAMPLE = settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# These two call again by themselves, without a token or with another method: test_schema.py has them.
LEFT_OUT = [ignored_auth, unsupported_method]


@pytest.fixture
def unhurried(monkeypatch):
    """Nobody is throttled, and no preview is waited for: there is no worker."""
    monkeypatch.setattr(Window, "rate", lambda self: (10**9, 60))
    monkeypatch.setattr(PreviewResource, "waits_for", 0)
    # As Django's own test client does: the connection with the test's transaction outlives each call.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("caller", CALLERS)
def test_the_api_keeps_to_its_description(unhurried, caller):
    people = a_world()
    headers = {"Accept-Encoding": "identity"}  # nothing unpacks answers on this short way
    if caller != "anonymous":
        headers["Authorization"] = f"Token {secret_of(people.focal_point, caller)}"
    config = SchemathesisConfig.from_str(CONFIG)
    description = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, config=config)
    calls = 0
    for number, operation in enumerate(result.ok() for result in description.get_all_operations()):
        # Whoever may not write is refused before a body is read: one who may writes, in turns well and badly; the
        # others only read.
        if operation.method == "get" and caller != "write":
            calls += _try(operation, GenerationMode.POSITIVE, headers)
        if operation.method != "get" and caller == "write":
            calls += _try(operation, GenerationMode.NEGATIVE if number % 2 else GenerationMode.POSITIVE, headers)
    assert calls > 60


def _try(operation, mode, headers) -> int:
    """A few calls of one operation; how many they were."""
    count = 0

    @seed(1)
    @SAMPLE
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case):
        nonlocal count
        count += 1
        case.call_and_validate(headers=headers, excluded_checks=LEFT_OUT)

    with suppress(Unsatisfiable):  # nothing about this operation can be wrong
        call()
    return count
