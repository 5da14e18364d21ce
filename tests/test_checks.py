"""What must never meet: example people and known passwords in production, real people in the demo."""

import pytest
from django.core.checks import Tags, run_checks

from accounts.models import User
from tsc_portal import marks

pytestmark = pytest.mark.django_db


def faults():
    """The numbers of the faults that keep the portal from starting."""
    found = run_checks(tags=[Tags.database], databases=["default"])
    return [fault.id for fault in found if fault.is_serious()]


@pytest.fixture(params=["production", "demo"])
def mode(request, settings):
    settings.PRODUCTION = request.param == "production"
    settings.DEMO = request.param == "demo"
    return request.param


@pytest.fixture
def production(settings):
    settings.PRODUCTION, settings.DEMO = True, False


@pytest.fixture
def demo(settings, tmp_path):
    settings.PRODUCTION, settings.DEMO, settings.DATA_DIR = False, True, tmp_path


def test_an_empty_database_suits_every_mode(mode):
    assert faults() == []


def test_production_refuses_example_people(production):
    User.objects.create_user("someone@organization.example", "a good long password", is_example=True)
    assert faults() == ["portal.E002"]


def test_production_refuses_addresses_of_the_demo(production):
    User.objects.create_user("officer@demo.tsc", "a good long password")
    assert faults() == ["portal.E002"]


def test_production_refuses_the_password_that_everybody_knows(production, settings):
    user = User.objects.create_superuser("head@organization.example", settings.DEMO_PASSWORD)
    assert faults() == ["portal.E003"]
    user.set_password("a good long password")
    user.save()
    assert faults() == []


def test_the_demo_refuses_real_people(demo):
    User.objects.create_user("someone@organization.example", "a good long password")
    assert faults() == ["portal.E004"]


def test_the_demo_welcomes_whoever_signs_up_in_it(demo):
    marks.remember_demo()
    User.objects.create_user("someone@organization.example", "a good long password")
    assert faults() == []


def test_the_demo_remembers_the_database_and_not_only_the_folder(demo):
    marks.remember_demo()
    assert marks.made_by_demo()
    (file,) = marks.settings.DATA_DIR.glob("demo-made")
    file.write_text("postgresql 127.0.0.1:5432 another\n")
    assert not marks.made_by_demo()


def test_debug_is_refused(settings):
    settings.DEBUG = True
    found = run_checks(tags=[Tags.security])
    assert [fault.id for fault in found if fault.is_serious()] == ["portal.E001"]
