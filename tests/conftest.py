"""What every test stands on: the test mode and an empty data directory, chosen before Django reads its settings."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests import examples

# The first process makes the folder; parallel ones share it, each with a data directory of its own.
_made_here = "TSC_TEST_ROOT" not in os.environ
if _made_here:
    os.environ["TSC_TEST_ROOT"] = tempfile.mkdtemp(prefix="tsc-tests-")
_root = Path(os.environ["TSC_TEST_ROOT"])
os.environ["TSC_MODE"] = "test"
os.environ["TSC_DATA_DIR"] = str(_root / os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsc_portal.settings")
examples.register()


def pytest_addoption(parser):
    parser.addoption(
        "--what-differs",
        action="store_true",
        help="leave out the tests that touch neither the database nor Redis: they are the same wherever they run",
    )


def pytest_configure(config):
    from django.conf import settings

    if settings.TSC_MODE != "test":
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests choose their settings themselves.")
    # Nothing is collected for tests; without the folder WhiteNoise warns at every client.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """The database, emptied quickly after each test that commits."""
    from django.test import TransactionTestCase

    from tests import emptying

    TransactionTestCase._fixture_teardown = emptying.after_a_test


# Through these fixtures a test reaches the database or the counts that Redis keeps.
REACHING = {"db", "transactional_db", "live_server", "nobody_called_before"}


def differs(item):
    """Whether a test could end otherwise on other services. Without the mark a test is refused the database."""
    marked = any(item.get_closest_marker(name) for name in ("django_db", "services"))
    return marked or not REACHING.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_modifyitems(config, items):
    if config.getoption("what_differs"):
        config.hook.pytest_deselected(items=[item for item in items if not differs(item)])
        items[:] = [item for item in items if differs(item)]


def pytest_collection_finish():
    """What is there before the first test stays until the last: the collector of garbage need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_sessionfinish(session):
    """With CI=true a test that was skipped counts as one that failed."""
    if _made_here:
        shutil.rmtree(_root, ignore_errors=True)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if terminalreporter.stats.get("skipped") and os.environ.get("CI") == "true":
        terminalreporter.write_line("FAILED: tests were skipped, and CI=true allows none", red=True)


@pytest.fixture(autouse=True)
def english():
    """Each test begins in English: a page read in another language leaves that language behind in the process."""
    from django.utils import translation

    translation.activate("en")
