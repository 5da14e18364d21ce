from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from centres.models import Coverage, Hosting, Office, Organization, Party, PartyFlag, Region, SupportCentre, fold
from tests.factories import centre, coordinator, member, organization, party, user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def breaks(name, make):
    """The database refuses it, by the constraint of this name."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make()
    named_by_columns = "UNIQUE constraint failed" in str(
        refused.value
    )  # SQLite names the columns of a unique constraint
    assert name in str(refused.value) or named_by_columns


# Names ----------------------------------------------------------------------------------------------------------------


def test_a_name_is_shown_in_the_active_language_and_in_english_where_there_is_none():
    chad = party(name_en="Chad", name_fr="Tchad", name_zh="乍得")
    with translation.override("fr"):
        assert chad.name == "Tchad"
    with translation.override("zh-hans"):
        assert chad.name == "乍得"
    with translation.override("ru"):
        assert chad.name == "Chad"
    assert chad.name_in("zh-hans") == "乍得"


def test_names_stand_in_the_order_of_the_active_language_accents_ignored():
    for english, french in [("Egypt", "Égypte"), ("Spain", "Espagne"), ("Ecuador", "Équateur"), ("Benin", "Bénin")]:
        party(name_en=english, name_fr=french)
    with translation.override("fr"):
        assert [row.name for row in Party.objects.by_name()] == ["Bénin", "Égypte", "Équateur", "Espagne"]
    assert [row.name for row in Party.objects.by_name()] == ["Benin", "Ecuador", "Egypt", "Spain"]


@pytest.mark.parametrize("words", ["cote d", "CÔTE", "кот-д", "CIV", "ivory"])
def test_a_party_is_found_without_accents_in_any_script_by_alias_or_code(words):
    names = {"name_en": "Côte d'Ivoire", "name_ru": "Кот-д'Ивуар", "aliases": "Ivory Coast"}
    found = party("CI", iso3="CIV", **names)
    party(name_en="Ghana")
    assert list(Party.objects.search(words)) == [found]


def test_folding_keeps_scripts_without_case_as_they_are():
    assert [fold(" Équateur "), fold("乍得"), fold("تشاد")] == ["equateur", "乍得", "تشاد"]


# Flags ----------------------------------------------------------------------------------------------------------------


def flag(**facts):
    return PartyFlag.objects.create(**{"party": party(), "kind": PartyFlag.Kind.LDC} | facts)


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ({}, True),
        ({"valid_from": TODAY}, True),
        ({"valid_from": TODAY + timedelta(1)}, False),
        ({"valid_to": TODAY + timedelta(1)}, True),
        ({"valid_to": TODAY}, False),
        ({"valid_to": TODAY, "confirmed": False}, True),
        ({"valid_to": TODAY - timedelta(90), "confirmed": False}, True),
        ({"valid_from": TODAY, "confirmed": False}, False),
        ({"retired_on": TODAY}, False),
    ],
)
def test_a_flag_holds_on_its_days_and_a_scheduled_change_waits_for_confirmation(facts, holds):
    kept = flag(**facts)
    assert kept.is_in_force(TODAY) is holds
    assert (kept in PartyFlag.objects.in_force(TODAY)) is holds
    assert (kept.party in Party.objects.flagged("LDC", TODAY)) is holds


def test_developing_is_what_the_list_says():
    listed = flag(kind=PartyFlag.Kind.DEVELOPING).party
    assert listed.developing
    assert not party(un_group=Party.UNGroup.GRULAC).developing
    assert list(Party.objects.developing()) == [listed]


def test_a_flag_does_not_end_before_it_begins():
    breaks("party_flag_ends_after_it_begins", lambda: flag(valid_from=TODAY, valid_to=TODAY))


def test_a_flag_without_a_first_day_stands_once():
    kept = flag()
    breaks("party_flag_once_without_start", lambda: flag(party=kept.party))


# Parties and offices --------------------------------------------------------------------------------------------------


def test_a_region_holds_the_parties_of_its_parts():
    africa = Region.objects.create(code="002", kind="region", name_en="Africa")
    south = Region.objects.create(code="202", kind="subregion", name_en="Sub-Saharan Africa", parent=africa)
    middle = Region.objects.create(code="017", kind="intermediate", name_en="Middle Africa", parent=south)
    chad = party(region=middle)
    party(name_en="elsewhere")
    assert [list(Party.objects.in_region(code)) for code in ("002", "202", "017")] == [[chad]] * 3


def test_a_part_of_the_world_without_a_parent_is_refused():
    breaks("region_has_parent_unless_top", lambda: Region.objects.create(code="017", kind="intermediate", name_en="x"))


def test_a_dot_has_both_coordinates():
    breaks("party_dot_has_both_coordinates", lambda: party(latitude=1.0))
    breaks("party_map_place_has_both_parts", lambda: party(map_x=1))


def test_a_practice_party_is_an_example():
    breaks("party_for_practice_is_example", lambda: party(is_practice=True))


def test_a_party_has_one_office_of_a_kind():
    fiji = party()
    Office.objects.create(party=fiji, kind=Office.Kind.TSC)
    breaks("office_once_per_party_and_kind", lambda: Office.objects.create(party=fiji, kind=Office.Kind.TSC))


# Centres --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ({}, "designated"),
        ({"agreement_signed_on": TODAY}, "hosted"),
        ({"agreement_signed_on": TODAY + timedelta(1)}, "designated"),
        ({"agreement_signed_on": TODAY, "operating_on": TODAY}, "operating"),
        ({"agreement_signed_on": TODAY, "operating_on": TODAY + timedelta(1)}, "hosted"),
        ({"operating_on": TODAY, "retired_on": TODAY}, "designated"),
    ],
)
def test_the_status_of_a_centre_follows_the_days_of_its_hosts(days, status):
    made = centre(operating=False)
    made.hostings.update(**days)
    assert made.status_on(TODAY) == status
    operating = status == "operating"
    assert SupportCentre.objects.operating(TODAY).filter(pk=made.pk).exists() is operating


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("selected_on", "invited_on"), ("invited_on", "operating_on"), ("agreement_signed_on", "operating_on")],
)
def test_a_centre_takes_its_steps_in_order(earlier, later):
    hosting = centre(operating=False).hostings.get()
    step = later.removesuffix("_on")
    days = {earlier: TODAY, later: TODAY - timedelta(1)}
    breaks(f"hosting_{step}_not_before", lambda: Hosting.objects.filter(pk=hosting.pk).update(**days))


def test_a_centre_has_one_lead_host():
    made = centre()
    breaks("hosting_one_lead_per_centre", lambda: Hosting.objects.create(centre=made, organization=organization()))


def test_operating_centres_serve_first_then_those_whose_list_is_sure():
    fiji = party()
    derived, sure, closed = centre(fiji), centre(fiji), centre(fiji, operating=False)
    Coverage.objects.filter(centre__in=[sure, closed]).update(confidence="high")
    centre(party())
    assert list(SupportCentre.objects.serving(fiji)) == [sure, derived, closed]


def test_a_retired_centre_serves_nobody():
    fiji = party()
    retired = centre(fiji)
    assert list(SupportCentre.objects.serving(fiji)) == [retired]
    assert not Party.objects.without_centre().filter(pk=fiji.pk).exists()
    SupportCentre.objects.update(retired_on=TODAY)
    assert list(SupportCentre.objects.serving(fiji)) == []
    assert Party.objects.without_centre().filter(pk=fiji.pk).exists()


def test_a_party_is_covered_once_by_a_centre():
    fiji = party()
    made = centre(fiji)
    breaks("coverage_once_per_centre_and_party", lambda: Coverage.objects.create(centre=made, party=fiji))


# Organizations --------------------------------------------------------------------------------------------------------


def test_a_host_is_an_organization_that_runs_a_centre():
    host = centre().hosts.get()
    other = organization()
    assert [host.is_host, other.is_host] == [True, False]
    assert list(Organization.objects.hosts()) == [host]


def test_a_merged_organization_names_the_other():
    old = organization()
    breaks(
        "organization_merged_iff_into_another", lambda: Organization.objects.filter(pk=old.pk).update(status="merged")
    )
    Organization.objects.filter(pk=old.pk).update(status="merged", merged_into=organization())
    assert old not in Organization.objects.current()


def test_an_unverified_organization_is_seen_by_its_people_and_the_coordinator_only():
    claimed = organization(is_verified=False)
    seeing = [member("provider", organization=claimed), coordinator()]
    others = [user(), member("provider", organization=organization())]
    assert [claimed in Organization.objects.visible_to(who) for who in seeing] == [True, True]
    assert [claimed in Organization.objects.visible_to(who) for who in others] == [False, False]


def test_a_coordinator_who_also_answers_for_an_organization_sees_every_unverified_one():
    claimed = organization(is_verified=False)
    both = member("provider", organization=organization(), who=coordinator())
    assert claimed in Organization.objects.visible_to(both)
