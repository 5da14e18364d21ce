"""Words, Parties, centres, organizations and people for tests; the records they work with are in tests/factories.py."""

from datetime import timedelta
from itertools import count
from types import SimpleNamespace

from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import Role
from centres.models import (
    BeneficiaryGroup,
    Constraint,
    CooperationType,
    Coverage,
    Hosting,
    NationalPriority,
    Organization,
    Party,
    PartyFlag,
    Region,
    Subject,
    SupportCentre,
    Target,
)

numbers = count(1)
parties_made = count(1)

# Words ----------------------------------------------------------------------------------------------------------------

REGIONS = {  # code: (name, code of the region it is part of)
    "009": ("Oceania", ""),
    "054": ("Melanesia", "009"),
    "061": ("Polynesia", "009"),
    "002": ("Africa", ""),
    "202": ("Sub-Saharan Africa", "002"),
    "017": ("Middle Africa", "202"),
    "150": ("Europe", ""),
}
KINDS_OF_REGION = (Region.Kind.REGION, Region.Kind.SUBREGION, Region.Kind.INTERMEDIATE)
TARGETS = {1: "Plan and manage all areas", 6: "Reduce invasive alien species", 11: "Restore nature’s contributions"}
PARTIES = {  # code: (name, region, flags)
    "FJ": ("Fiji", "054", ("SIDS", "DEVELOPING")),
    "TV": ("Tuvalu", "061", ("LDC", "SIDS", "DEVELOPING")),
    "TD": ("Chad", "017", ("LDC", "LLDC", "DEVELOPING")),
    "FR": ("France", "150", ()),
}


def region(code):
    """A region, with those that it is part of."""
    name, above = REGIONS[code]
    parent = region(above) if above else None
    depth = 0 if parent is None else 1 if parent.parent_id is None else 2
    facts = {"name_en": name, "parent": parent, "kind": KINDS_OF_REGION[depth]}
    return Region.objects.get_or_create(code=code, defaults=facts)[0]


def target(number=6):
    facts = {"name_en": TARGETS.get(number, f"Heading {number}"), "identifier": f"KMGBF-TARGET-{number}"}
    facts["section"] = Target.Section.THREATS
    return Target.objects.get_or_create(number=number, defaults=facts)[0]


def subject(code="invasive_alien_species"):
    facts = {"name_en": _words(code), "identifier": f"CBD-{code}"}
    return Subject.objects.get_or_create(code=code, defaults=facts)[0]


def cooperation_type(code="technology_transfer"):
    return CooperationType.objects.get_or_create(code=code, defaults={"name_en": _words(code)})[0]


def constraint(code="access_to_technology"):
    return Constraint.objects.get_or_create(code=code, defaults={"name_en": _words(code)})[0]


def beneficiary_group(code="womenGirls"):
    facts = {"name_en": "Women and girls" if code == "womenGirls" else _words(code)}
    return BeneficiaryGroup.objects.get_or_create(code=code, defaults=facts)[0]


def _words(code):
    return code.replace("_", " ").capitalize()


# The network ----------------------------------------------------------------------------------------------------------


def party(iso2="", **fields):
    """A Party: one of PARTIES with its region and flags, or a new one."""
    if iso2 and (known := Party.objects.filter(iso2=iso2).first()):
        return known
    if iso2 in PARTIES:
        return _known_party(iso2, fields)
    number = next(parties_made)
    # A figure first: the code of no country. They come round again after 260, when earlier tests are rolled back.
    code = f"{number // 26 % 10}{chr(ord('A') + number % 26)}"
    made = Party.objects.create(iso2=iso2 or code, **{"name_en": f"Party {number}"} | fields)
    return _searchable(made)


def _known_party(iso2, fields):
    name, code, flags = PARTIES[iso2]
    made = Party.objects.create(iso2=iso2, **{"name_en": name, "region": region(code)} | fields)
    for kind in flags:
        PartyFlag.objects.create(party=made, kind=kind, confirmed=True)
    return _searchable(made)


def _searchable(made):
    made.refresh_search_text()
    made.save()
    return made


def priority(party, **fields):
    """A national target of a Party."""
    number = next(numbers)
    facts = {"kind": "national_target", "code": f"NT {number}", "title": f"National target {number}"}
    return NationalPriority.objects.create(party=party, **facts | {"source": "National strategy"} | fields)


def organization(seat=None, name="", **fields):
    """A verified organization; without a seat it belongs to no country."""
    number = next(numbers)
    facts = {"slug": f"organization-{number}", "name": name or f"Organization {number}", "is_verified": True}
    return Organization.objects.create(party=seat, **facts | fields)


def centre(*parties, name="", operating=True, **fields):
    """A centre that serves these Parties, run by a host of its own; it operates unless told otherwise."""
    number = next(numbers)
    made = SupportCentre.objects.create(slug=f"centre-{number}", name_en=name or f"Centre {number}", **fields)
    for served in parties:
        Coverage.objects.create(centre=made, party=served)
    opened = timezone.now().date() - timedelta(days=400) if operating else None
    Hosting.objects.create(centre=made, organization=organization(), operating_on=opened)
    return made


def centre_serving(served):
    """The operating centre of a Party, made if there is none."""
    return SupportCentre.objects.serving(served).filter(is_operating=True).first() or centre(served)


# People ---------------------------------------------------------------------------------------------------------------


def user(name="", **fields):
    """Somebody with an account and no role."""
    number = next(numbers)
    facts = {"email": f"person{number}@example.org", "name": name or f"Person {number}"}
    return User.objects.create(**facts | fields)


def member(role, *, who=None, **scope):
    """Somebody who holds a role; an office role is that of the TSC focal point unless `office_kind` says otherwise."""
    if role in {Role.DRAFTER, Role.FOCAL_POINT, Role.DEPUTY}:
        scope.setdefault("office_kind", "TSC")
    who = who or user()
    Membership.objects.create(user=who, role=role, **scope)
    return again(who)


def again(who):
    """The same person as the next request sees them: memberships are read anew."""
    return User.objects.get(pk=who.pk)


def _holder(role, **scope):
    """Whoever holds the role there, made if there is nobody."""
    held = Membership.objects.in_force().filter(role=role, **scope).order_by("pk").first()
    return again(held.user) if held else member(role, **scope)


def focal_point_of(office):
    return _holder(Role.FOCAL_POINT, party=office)


def deputy_of(office):
    return _holder(Role.DEPUTY, party=office)


def drafter_of(office):
    return _holder(Role.DRAFTER, party=office)


def officer_of(held):
    """An officer of a centre; of the helpdesk, hence a coordinator, where there is no centre."""
    return _holder(Role.OFFICER, centre=held) if held else coordinator()


def head_of(held):
    """The head of a centre; a coordinator where there is no centre."""
    return _holder(Role.HEAD, centre=held) if held else coordinator()


def provider_of(offering):
    return _holder(Role.PROVIDER, organization=offering)


def donor_of(giving):
    return _holder(Role.DONOR, organization=giving)


def coordinator():
    return _holder(Role.COORDINATOR)


def advisor():
    return _holder(Role.ADVISOR)


def evaluator():
    return _holder(Role.EVALUATOR)


def administrator():
    return _holder(Role.ADMINISTRATOR)


def everyone_known():
    """The people everyone knows: an office, its centre, a provider, a donor, a coordinator and a stranger."""
    fiji = party("FJ")
    pacific = centre(fiji, party("TV"), name="Pacific Centre")
    laboratory = organization(fiji, "Marine Laboratory")
    fund = organization(None, "Nature Fund")
    return SimpleNamespace(
        party=fiji,
        centre=pacific,
        organization=laboratory,
        fund=fund,
        focal_point=focal_point_of(fiji),
        deputy=deputy_of(fiji),
        drafter=drafter_of(fiji),
        officer=officer_of(pacific),
        head=head_of(pacific),
        provider=provider_of(laboratory),
        donor=donor_of(fund),
        coordinator=coordinator(),
        stranger=user("Stranger"),
    )
