"""What the tests of requests, offers and matches share."""

import pytest

from requests_offers.actions import scoring


@pytest.fixture(autouse=True)
def cold_index():
    """The scorer keeps the offers in memory; a test's own are gone when it ends."""
    scoring.WARM.__init__()
    yield
    scoring.WARM.__init__()
