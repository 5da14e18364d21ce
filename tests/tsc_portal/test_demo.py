"""The demo world: as large as it must be, in every state, and nobody real in trouble."""

import io

import pytest
from django.core.management import call_command
from django.test import override_settings

from accounts.models import Notice, User
from centres.models import Party, SupportCentre
from requests_offers.lifecycle import OfferStatus, RequestStatus
from requests_offers.models import CooperationRequest, Match, MatchRun, Offer
from tests import worlds
from tests.workplans import iati_rules
from workplans.actions import snapshots
from workplans.exports.iati import feed
from workplans.exports.iati.organisation import organisation
from workplans.models import BudgetLine, Comment, Invitation, Version, Workplan

pytestmark = pytest.mark.django_db
TROUBLE = {RequestStatus.REFUSED, RequestStatus.DORMANT, RequestStatus.WITHDRAWN, RequestStatus.UNMET}


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker):
    """Nobody changes it, so the tests share it."""
    with worlds.open_until_the_end(django_db_blocker):
        _build()
        yield


def _build():
    call_command("load_reference", stdout=io.StringIO())
    call_command("demo", stdout=io.StringIO())


def test_the_world_is_as_large_and_varied_as_it_must_be(world):
    requests = CooperationRequest.objects.all()
    asking = Party.objects.filter(requests__isnull=False, is_practice=False).distinct()
    flagged = asking.filter(flags__kind__in=["LDC", "SIDS"]).distinct()
    assert requests.count() >= 60
    assert asking.count() >= 45
    assert flagged.count() >= 20
    assert Offer.objects.count() >= 140
    assert Offer.objects.values("organization").distinct().count() >= 60
    assert set(requests.values_list("language", flat=True)) == {"en", "fr", "es", "ar", "zh", "ru"}
    assert set(requests.values_list("status", flat=True)) == set(RequestStatus.values)
    assert set(Offer.objects.values_list("status", flat=True)) == set(OfferStatus.values)
    assert Match.objects.filter(status="offered").exists()
    assert not MatchRun.objects.exclude(state="done").exists()

    real = requests.filter(party__is_practice=False)
    assert not real.filter(status__in=TROUBLE).exists()
    assert not Match.objects.filter(component__request__in=real, status__in=["declined", "lapsed"]).exists()
    today = min(Offer.objects.values_list("created_at", flat=True)).date()
    assert not real.filter(due_on__lt=today).exists()
    assert not requests.filter(is_example=False).exists()
    assert not Offer.objects.filter(is_example=False).exists()
    assert not User.objects.filter(is_example=False).exists()
    assert not Notice.objects.filter(state="queued").exists()
    look_at_the_workplans()


def look_at_the_workplans():
    """Every centre and the network has one for these years and a draft for the next; money and voices are practice."""
    plans = Workplan.objects.filter(is_example=True)
    centres = SupportCentre.objects.current().count()
    assert plans.count() == Workplan.objects.count() == 2 * (centres + 1)
    for starts, status in ((2025, "finalized"), (2027, "draft")):
        assert Version.objects.filter(workplan__period__starts=starts, status=status).count() == centres + 1
    practice = Version.objects.filter(workplan__centre__slug="practice")
    assert set(practice.values_list("status", flat=True)) == {"finalized", "consultation", "draft"}
    assert BudgetLine.objects.filter(activity__version__in=practice).exists()
    assert not BudgetLine.objects.exclude(activity__version__in=practice).exists()
    assert set(Comment.objects.values_list("kind", flat=True)) == {"comment", "support", "objection", "priority"}
    assert not Comment.objects.filter(party__is_practice=False).exists()
    assert not Invitation.objects.filter(party__is_practice=False).exists()
    assert Invitation.objects.filter(version__status="finalized").silent().count() == 1
    assert all(snapshots.is_untouched(version) for version in Version.objects.exclude(status="draft"))
    _its_plans_are_valid_as_iati()


def _its_plans_are_valid_as_iati():
    """All finalized plans, in the preview alone, where each title says that it is an example."""
    with override_settings(IATI_REPORTING_ORG="XX-EXAMPLE-TSC"):
        assert not feed.published().exists()
        with override_settings(DEMO=True):
            found = iati_rules.checked("".join(feed.stream(feed.published())).encode())
            iati_rules.checked_organisation(organisation(feed.published()).encode())
    plans = [one for one in found if one.get("hierarchy") == "1"]
    assert len(plans) == Workplan.objects.published().count() >= 17
    assert all(one.findtext("title/narrative").startswith("EXAMPLE") for one in found)


def test_a_second_time_changes_nothing_and_real_people_are_left_alone(world, capsys):
    before = CooperationRequest.objects.count()
    call_command("demo")
    assert "nothing was changed" in capsys.readouterr().out
    assert CooperationRequest.objects.count() == before
