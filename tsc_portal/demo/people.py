"""The demo accounts: people are played only by the practice Parties, centre and organizations."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from knox.crypto import hash_token
from knox.settings import CONSTANTS

from accounts.actions.service_accounts import make_service_account
from accounts.actions.tokens import make_token
from accounts.models import ApiToken, Membership, User
from accounts.permissions import Role
from centres.models import Organization, Party, SupportCentre

PARTY, CENTRE, PROVIDER, DONOR, PARTNER = (
    "XA", "practice", "practice-lagoon-institute", "practice-biodiversity-fund", "practice-data-cooperative",
)  # fmt: skip

# name before the @: (name, language, role, kind of scope, office)
ACCOUNTS = {
    "focalpoint": ("Focal Point (example)", "en", Role.FOCAL_POINT, "party", "TSC"),
    "deputy": ("Deputy (example)", "en", Role.DEPUTY, "party", "TSC"),
    "drafter": ("Drafter (example)", "en", Role.DRAFTER, "party", ""),
    "provider": ("Provider (example)", "en", Role.PROVIDER, "organization", ""),
    "officer": ("Officer (example)", "en", Role.OFFICER, "centre", ""),
    "head": ("Head of Centre (example)", "en", Role.HEAD, "centre", ""),
    "coordinator": ("Coordinator (example)", "en", Role.COORDINATOR, "network", ""),
    "donor": ("Donor (example)", "en", Role.DONOR, "donor", ""),
    "advisor": ("Advisor (example)", "en", Role.ADVISOR, "network", ""),
    "evaluator": ("Evaluator (example)", "en", Role.EVALUATOR, "network", ""),
    "partner": ("Partner System (example)", "en", Role.PROVIDER, "partner", ""),
    "admin": ("Administrator (example)", "en", Role.ADMINISTRATOR, "network", ""),
}


def _scopes() -> dict[str, dict]:
    organization = Organization.objects.in_bulk([PROVIDER, DONOR, PARTNER], field_name="slug")
    return {
        "party": {"party": Party.objects.get(iso2=PARTY)},
        "centre": {"centre": SupportCentre.objects.get(slug=CENTRE)},
        "organization": {"organization": organization[PROVIDER]},
        "donor": {"organization": organization[DONOR]},
        "partner": {"organization": organization[PARTNER]},
        "network": {},
    }


def make_people() -> dict[str, User]:
    """The twelve demo accounts with their memberships, by the name before the @."""
    known = make_password(settings.DEMO_PASSWORD)  # slow on purpose: once for all
    scopes = _scopes()
    people = {}
    for local, (name, language, role, kind, office) in ACCOUNTS.items():
        user = person(f"{local}@demo.tsc", name, language, known, is_admin=local == "admin")
        Membership.objects.create(user=user, role=role, office_kind=office, is_example=True, **scopes[kind])
        people[local] = user
    _make_sandbox(people["partner"])
    return people


def _make_sandbox(partner: User) -> None:
    """The token with which visitors of a demo try the API, and a service account beside it."""
    known = settings.DEMO_TOKEN
    life = timezone.now() + timedelta(days=365)
    facts = {"digest": hash_token(known), "token_key": known[: CONSTANTS.TOKEN_KEY_LENGTH], "expiry": life}
    ApiToken(user=partner, name="Sandbox", scopes=["read", "write"], **facts).save()
    organization = partner.memberships.get().organization
    account = make_service_account(organization, name="Clearing-house mirror (example)", by=partner)
    make_token(account, name="Nightly mirror", scopes=["read"], by=partner)


def person(email: str, name: str, language: str, password: str, *, is_admin: bool = False) -> User:
    """One example person whose address counts as confirmed. `password` is a hash."""
    user = User.objects.create(
        email=email,
        name=name,
        language=language,
        password=password,
        is_example=True,
        is_staff=is_admin,
        is_superuser=is_admin,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
