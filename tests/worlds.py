"""Worlds that are built once for all tests of a file; each test works on a copy, and what it changes is undone.

Only for files whose tests all stand in this world and none of which commits (`transaction=True`): the world lies in a
transaction that stays open until the last of them, and each test in a savepoint inside.
"""

import sys
from contextlib import contextmanager
from copy import deepcopy

import pytest


@contextmanager
def open_until_the_end(blocker):
    """Whatever is written inside is seen by the tests that run meanwhile, and gone afterwards."""
    from django.db import transaction  # Django is ready only when tests run
    from django.utils import translation

    around = transaction.atomic()
    around._from_testcase = True  # durable acts may be done inside, as in every test
    with blocker.unblock(), around:
        translation.activate("en")
        yield
        transaction.set_rollback(True)


def _copy(world):
    """Records hold each other in long chains, and each link takes some calls."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        return deepcopy(world)
    finally:
        sys.setrecursionlimit(limit)


def shared(build):
    """Two fixtures, to be called `built` and as the tests want: the world of the file, and each test's own copy."""

    @pytest.fixture(scope="module", autouse=True)
    def built(django_db_setup, django_db_blocker):
        with open_until_the_end(django_db_blocker):
            yield build()

    @pytest.fixture
    def own(built):
        return _copy(built)

    return built, own
