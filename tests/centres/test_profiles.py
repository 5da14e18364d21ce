"""Profiles of organizations: who writes them, what everybody reads, and what nobody outside reads."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.errors import DomainError, NotAllowed, StaleWrite
from centres.actions import profiles
from centres.models import Expert, Expertise, LanguageSkill, Organization
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db
SECRET = "secret-4711"
NAME = "Name Of The Expert"


built, known = worlds.shared(f.everyone_known)


def expert(organization, **fields):
    facts = {"role": "Hydrologist", "name": NAME, "contact": SECRET, "name_shown": "organization"}
    return profiles.add_part(organization, "experts", by=None, data=facts | fields)


ENTRIES = {
    "expertise": lambda: {"subject": f.subject(), "evidence": "A book."},
    "experts": lambda: {"role": "Hydrologist"},
    "languages": lambda: {"language": "fr", "level": "working"},
    "references": lambda: {"title": "Lagoons of the north", "year_from": 2020, "year_until": 2022},
    "networks": lambda: {"name": "Wetland Network", "kind": "network"},
}


@pytest.mark.parametrize("part", ENTRIES)
@pytest.mark.parametrize("person", ["provider", "officer", "coordinator", "donor", "stranger", "focal_point"])
def test_only_the_organization_writes_its_profile(known, part, person):
    by, data = getattr(known, person), ENTRIES[part]()
    if person == "provider":
        made = profiles.add_part(known.organization, part, by=by, data=data)
        assert profiles.add_part(known.organization, part, by=by, data=data) == made  # the same twice is one
        profiles.remove_part(made, part, by=by)
        return
    with pytest.raises(NotAllowed):
        profiles.add_part(known.organization, part, by=by, data=data)
    assert not profiles.PARTS[part].objects.exists()


def test_the_working_languages_follow_the_levels(known):
    for language, level in (("fr", "working"), ("es", "basic"), ("en", "first")):
        profiles.add_part(known.organization, "languages", by=None, data={"language": language, "level": level})
    assert Organization.objects.get(pk=known.organization.pk).languages == ["en", "fr"]


def test_expertise_names_its_field_and_its_evidence(known):
    facts = {"organization": known.organization}
    for wrong in ({"evidence": "A book."}, {"subject": f.subject()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Expertise.objects.create(**facts | wrong)


def test_an_expert_of_somebody_else_is_not_named(known):
    other = expert(f.organization())
    with pytest.raises(DomainError, match="your own organization"):
        profiles.add_part(
            known.organization,
            "languages",
            by=known.provider,
            data={"language": "fr", "level": "basic", "expert": other},
        )


def test_two_people_who_write_about_the_organization_do_not_overwrite_each_other(known):
    profiles.save_profile(known.organization, by=known.provider, data={"about": "First."}, version=1)
    with pytest.raises(StaleWrite):
        profiles.save_profile(known.organization, by=known.provider, data={"about": "Second."}, version=1)
    assert Organization.objects.get(pk=known.organization.pk).about == "First."


def test_the_official_name_is_not_changed_by_its_people(known):
    profiles.save_profile(known.organization, by=known.provider, data={"name": "Another", "is_verified": False})
    organization = Organization.objects.get(pk=known.organization.pk)
    assert (organization.name, organization.is_verified) == ("Marine Laboratory", True)


# Who reads what -------------------------------------------------------------------------------------------------------

SHOWN = {  # the choice of the owner: who reads the name
    "organization": {"provider"},
    "network": {"provider", "officer", "donor", "coordinator"},
    "public": {"provider", "officer", "donor", "coordinator", "stranger", "focal_point", "anonymous"},
}


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize(
    "person", ["provider", "officer", "donor", "coordinator", "stranger", "focal_point", "anonymous"]
)
def test_the_name_of_an_expert_is_shown_to_whom_the_owner_chose_and_the_contact_to_nobody(client, known, shown, person):
    expert(known.organization, name_shown=shown)
    if person != "anonymous":
        client.force_login(getattr(known, person))
    page = client.get(known.organization.get_absolute_url()).content.decode()
    record = client.get(f"/api/v1/organizations/{known.organization.slug}/").json()
    assert "Hydrologist" in page
    assert (NAME in page) == (person in SHOWN[shown])
    assert record["experts"][0]["name"] == (NAME if person in SHOWN[shown] else "")
    assert SECRET not in page
    assert SECRET not in str(record)


def test_the_contact_is_there_for_its_own_people(client, known):
    made = expert(known.organization)
    client.force_login(known.provider)
    page = reverse("profile_part", args=[known.organization.slug, "experts", made.pk])
    assert SECRET in client.get(page).content.decode()
    client.force_login(known.officer)
    assert client.get(page).status_code == 403


def test_the_pages_add_change_and_remove(client, known):
    client.force_login(known.provider)
    slug = known.organization.slug
    new = reverse("profile_part_new", args=[slug, "expertise"])
    answer = client.post(new, {"text": "Lagoons", "evidence": "A book."})
    assert "Choose a subject, a target or a form of cooperation." in answer.content.decode()
    assert "Lagoons" in answer.content.decode()  # nothing typed is lost
    for _ in range(2):
        client.post(new, {"subject": f.subject().pk, "text": "Lagoons", "evidence": "A book."})
    made = Expertise.objects.get()
    change = reverse("profile_part", args=[slug, "expertise", made.pk])
    client.post(change, {"subject": f.subject().pk, "text": "Lagoons and reefs", "evidence": "A book."})
    assert Expertise.objects.get().text == "Lagoons and reefs"
    assert "Lagoons and reefs" in client.get(known.organization.get_absolute_url()).content.decode()
    client.post(reverse("profile_part_remove", args=[slug, "expertise", made.pk]))
    assert not Expertise.objects.exists()
    assert client.get(reverse("profile_part_new", args=[slug, "secrets"])).status_code == 404


def test_the_public_page_takes_as_many_queries_for_many_entries_as_for_one(
    client, known, django_assert_max_num_queries
):
    def entries(number):
        for n in range(number):
            made = expert(known.organization, role=f"Expert {Expert.objects.count()}", name_shown="public")
            data = {"subject": f.subject(), "evidence": f"Book {n}", "expert": made}
            profiles.add_part(known.organization, "expertise", by=None, data=data)
            LanguageSkill.objects.create(organization=known.organization, expert=made, language="fr", level="basic")

    entries(1)
    client.get(known.organization.get_absolute_url())
    with django_assert_max_num_queries(12) as one:
        client.get(known.organization.get_absolute_url())
    entries(3)
    with django_assert_max_num_queries(len(one)):
        client.get(known.organization.get_absolute_url())
