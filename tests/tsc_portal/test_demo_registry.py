"""The example projects and opportunities: enough of them, in every state, and nobody real in trouble."""

import pytest
from django.utils import timezone

from centres.actions.practice import build_practice_network
from centres.actions.reference import load_reference
from knowledge.lifecycle import OpportunityStatus, ProjectStatus
from knowledge.models import Commitment, KeyPlayer, Opportunity, Project
from tsc_portal.demo import content, people, registry

pytestmark = pytest.mark.django_db


def test_the_registry_is_as_large_and_varied_as_it_must_be():
    now = timezone.now()
    load_reference()
    build_practice_network(now.date())
    codes = content.Codes()
    organizations = content.make_organizations(codes)
    registry.furnish(codes, organizations, people.make_people(), now)
    real = Project.objects.filter(party__is_practice=False)
    assert real.count() >= 25
    assert set(real.values_list("status", flat=True)) == {"published"}
    assert set(Project.objects.values_list("status", flat=True)) == set(ProjectStatus.values)
    assert set(real.values_list("language", flat=True)) == {"en", "fr", "es", "ar", "zh", "ru"}
    assert Project.objects.filter(pending__isnull=False).count() == 1
    assert Opportunity.objects.open(now).count() >= 20
    assert set(Opportunity.objects.values_list("status", flat=True)) == set(OpportunityStatus.values)
    for model in (Project, Opportunity, Commitment, KeyPlayer):
        assert not model.objects.filter(is_example=False).exists()
    assert not Commitment.objects.filter(party__is_practice=False).exists()
