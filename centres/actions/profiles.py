"""Writing the profile of an organization: its own words, and the parts that show what it can do."""

from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, StaleWrite
from accounts.models import User
from accounts.permissions import Permission, can, reach, require
from centres.models import Expert, Expertise, LanguageSkill, NetworkTie, Organization, PastWork

PARTS: dict[str, type[Any]] = {
    "expertise": Expertise,
    "experts": Expert,
    "languages": LanguageSkill,
    "references": PastWork,
    "networks": NetworkTie,
}
FIELDS = ("about", "city", "website", "name_local", "acronym")
MOST = 60  # of each part
SPOKEN = frozenset({LanguageSkill.Level.WORKING, LanguageSkill.Level.FLUENT, LanguageSkill.Level.FIRST})


def _lock(organization: Organization, by: User | None) -> None:
    organization.refresh_from_db(from_queryset=Organization.objects.select_for_update())
    if by is not None:
        require(by, Permission.ORGANIZATION_EDIT, organization)


@transaction.atomic
def save_profile(
    organization: Organization, *, by: User | None, data: dict[str, Any], version: int | None = None
) -> Organization:
    """Save what an organization says of itself. Its official name is changed by whoever keeps the reference data."""
    _lock(organization, by)
    if version is not None and version != organization.version:
        raise StaleWrite(_("Somebody else has saved this profile since you opened it. Your text is still here."))
    for name in FIELDS:
        if name in data:
            setattr(organization, name, data[name])
    organization.from_reference = False
    organization.version += 1
    organization.save()
    record("save_profile", organization, by=by, version=organization.version)
    return organization


@transaction.atomic
def add_part(organization: Organization, name: str, *, by: User | None, data: dict[str, Any]) -> Any:
    """Add an expertise, expert, language, reference or tie. The same one twice is one."""
    _lock(organization, by)
    model = PARTS[name]
    _check(organization, data)
    same = model.objects.filter(organization=organization, **data).first()
    if same:
        return same
    if model.objects.filter(organization=organization).count() >= MOST:
        raise DomainError(_("A profile has at most %(most)s entries of one kind.") % {"most": MOST})
    made = model(organization=organization, **data)
    if isinstance(made, Expert):
        made.is_example = organization.is_example
    _keep(made)
    _speak(organization, name)
    record(f"add_{name}", organization, by=by, part=made.pk)
    return made


@transaction.atomic
def change_part(part: Any, name: str, *, by: User | None, data: dict[str, Any]) -> Any:
    """Change what is given of a part of the profile, and nothing else."""
    organization = part.organization
    _lock(organization, by)
    part.refresh_from_db()
    _check(organization, data)
    for field, value in data.items():
        setattr(part, field, value)
    _keep(part)
    _speak(organization, name)
    record(f"change_{name}", organization, by=by, part=part.pk)
    return part


@transaction.atomic
def remove_part(part: Any, name: str, *, by: User | None) -> None:
    """Take a part out of the profile; an expert takes their expertise and languages along."""
    organization = part.organization
    _lock(organization, by)
    pk = part.pk
    part.delete()
    _speak(organization, name)
    record(f"remove_{name}", organization, by=by, part=pk)


def _check(organization: Organization, data: dict[str, Any]) -> None:
    expert = data.get("expert")
    if expert is not None and expert.organization_id != organization.pk:
        raise DomainError(_("Choose an expert of your own organization."))


def _keep(part: models.Model) -> None:
    try:
        with transaction.atomic():
            part.save()
    except IntegrityError:
        raise DomainError(_("Your profile has this already, or something that belongs to it is missing.")) from None


def _speak(organization: Organization, name: str) -> None:
    """The working languages of an organization follow the levels that it gives."""
    if name != "languages":
        return
    levels = dict(organization.language_skills.filter(expert__isnull=True).values_list("language", "level"))
    organization.languages = [code for code, level in sorted(levels.items()) if level in SPOKEN]
    organization.from_reference = False
    organization.save(update_fields=["languages", "from_reference"])


def name_of(expert: Expert, user: Any) -> str:
    """The name of an expert where the owner of the profile shows it to this reader; nothing otherwise."""
    if expert.name_shown == Expert.NameShown.PUBLIC or can(user, Permission.ORGANIZATION_EDIT, expert):
        return expert.name
    network = expert.name_shown == Expert.NameShown.NETWORK and bool(reach(user, Permission.NETWORK_VIEW))
    return expert.name if network else ""


def with_gaps(organizations: Any) -> Any:
    """These organizations with `gap_count`: how much their profiles lack, in the same query."""
    kinds = (Expertise, LanguageSkill, PastWork)
    missing = [~models.Exists(kind.objects.filter(organization=models.OuterRef("pk"))) for kind in kinds]
    count = sum(
        (models.Case(models.When(gap, then=1), default=0) for gap in [models.Q(about=""), *missing]), models.Value(0)
    )
    return organizations.annotate(gap_count=count)


def gaps(organization: Organization) -> list[str]:
    """What a profile lacks that whoever looks for a partner asks first, as sentences."""
    wanted = [
        (not organization.about.strip(), _("Say in a few sentences what the organization does.")),
        (not organization.expertise.exists(), _("Name a field of expertise, with evidence.")),
        (not organization.language_skills.exists(), _("Say in which languages you work, and how well.")),
        (not organization.past_work.exists(), _("Give a reference: work that you have done.")),
    ]
    return [str(sentence) for lacking, sentence in wanted if lacking]
