"""What the tests of requests, offers and matches share."""

import pytest


@pytest.fixture(autouse=True)
def cold_index():
    """The scorer keeps the offers in memory; a test's own are gone when it ends."""
    from requests_offers.actions.scoring import WARM  # Django is ready only when a test runs

    WARM.__init__()
    yield
    WARM.__init__()
