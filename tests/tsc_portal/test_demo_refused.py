"""Where no demo world may come into being."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_database_with_people_is_refused():
    User.objects.create_user("somebody@example.org", "a long sentence", name="Somebody")
    with pytest.raises(CommandError, match="people in it"):
        call_command("demo")


def test_production_has_no_demo(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("demo")
