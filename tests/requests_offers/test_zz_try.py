import pytest
from tests import factories as f
@pytest.mark.django_db
@pytest.mark.parametrize("s", list(f.REQUEST_PATHS))
def test_a(s):
    f.request_in(s, needs=[f.need(), f.need(title="Second")] if s=="partly_matched" else None)
