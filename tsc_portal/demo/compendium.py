"""The compendium in the example world: suggestions of practice people, a review round in progress, practices, questions.

Real sources are there as reference data; what example people say of them is benign and undecided.
"""

from datetime import timedelta

from accounts.models import Membership, User
from accounts.permissions import Role
from centres.helpdesk import actions as helpdesk
from centres.models import Constraint, CooperationType, Region, Subject, SupportCentre, Target, Ticket
from knowledge.actions import checking, practices, questions, reviewing, sources
from knowledge.models import Source

from . import people

EXAMPLE_SOURCE = "Example data of the portal"
SUGGESTED = {
    "kind": "training", "name": "Reef school of the practice island", "owner": "Practice Lagoon Institute",
    "url": "https://reef-school.example.org", "description": "A week of training in reef monitoring for village groups, twice a year.",
    "access": "registration", "languages": ["en"], "update_rhythm": "yearly",
}  # fmt: skip
REFUSED = {
    "kind": "tool", "name": "Practice shop for nets", "owner": "Practice Trading House", "url": "https://nets.example.org",
    "description": "Sells nets and buoys.", "access": "paid", "languages": ["en"], "update_rhythm": "irregular",
}  # fmt: skip
SILENT = {
    "kind": "dataset", "name": "Lagoon water quality of the practice island", "owner": "Practice Data Cooperative",
    "url": "https://lagoon-data.example.org", "description": "Monthly measurements of nutrients, oxygen and clarity in the practice lagoon.",
    "access": "open", "languages": ["en", "fr"], "update_rhythm": "monthly",
}  # fmt: skip
GUIDANCE = (
    "Please look whether targets, languages and regions are right, and whether the description says what one finds."
)
PRACTICES = [
    {
        "title": "Village patrols that know the lagoon weeds",
        "summary": "Twelve villages of the practice island learned to tell three invasive seaweeds from the native ones and pulled "
        "them out by hand every month. After a year the patches were half as large. It cost mostly time: two days of each "
        "village a month, one boat, and a visit of the institute every quarter.",
        "lessons": "Pictures on waterproof cards helped more than lectures. Come back in the second month: that is when groups give "
        "up. Agree beforehand where the weeds go, or they float back.",
    },
    {
        "title": "A shared register of seed for dry years",
        "summary": "Farmers of the practice dry land keep seed of old sorghum varieties in four villages and write down who took what. "
        "In the last dry year two thirds of the families sowed from it.",
        "lessons": "Let women who keep the seed decide on the rules. Write the register in the local language.",
    },
]  # fmt: skip


def furnish(accounts: dict[str, User], now) -> None:
    """Put all of it in its place; the practice people do it themselves, through the actions."""
    _suggest(accounts, now)
    _review(accounts, now)
    _practices(accounts)
    _question(accounts)


def _suggest(accounts, now) -> None:
    words = {
        "targets": _targets(3, 11),
        "subjects": _subjects("mar"),
        "regions": list(Region.objects.filter(code="009")),
        "source": EXAMPLE_SOURCE,
    }
    sources.suggest(by=accounts["provider"], data=SUGGESTED | words)
    refused = sources.suggest(by=accounts["partner"], data=REFUSED | words)
    sources.refuse(
        refused, by=accounts["head"], reason="It sells things; the compendium lists knowledge that others can use."
    )
    silent = sources.suggest(by=accounts["partner"], data=SILENT | words)
    sources.publish(silent, by=accounts["officer"])
    for days in (9, 6, 3):
        checking.note(silent, works=False, now=now - timedelta(days=days))


def _review(accounts, now) -> None:
    """Three advisors, twenty sources; two have begun, and one proposes to add a language."""
    group = [accounts["advisor"], *(_advisor(number) for number in (2, 3))]
    listed = list(Source.objects.listed().filter(is_example=False, targets__number=6).order_by("name")[:20])
    if len(listed) < 3:
        return
    made = reviewing.open_round(
        by=accounts["coordinator"], title="Invasive alien species: is the list right?", guidance=GUIDANCE,
        due_on=now.date() + timedelta(days=18), listed=listed, people=group, filters={"target": "6"},
    )  # fmt: skip
    for review in made.reviews.filter(advisor=group[1]).select_related("source").order_by("pk")[:3]:
        reviewing.answer(review, by=group[1], verdict="keep")
    review = made.reviews.filter(advisor=group[2]).select_related("source").order_by("pk")[0]
    more = sorted({*review.source.languages, "fr"})
    changes = {"languages": more} if more != sorted(review.source.languages) else {"update_rhythm": "yearly"}
    reviewing.answer(
        review,
        by=group[2],
        verdict="change",
        reason="Parts of it are there in French as well (example).",
        changes=changes,
    )


def _advisor(number: int) -> User:
    user = people.person(f"advisor{number}@demo.tsc", f"Advisor {number} (example)", "en", "!")
    Membership.objects.create(user=user, role=Role.ADVISOR, is_example=True)
    return user


def _practices(accounts) -> None:
    centre = SupportCentre.objects.get(slug=people.CENTRE)
    provider, office = accounts["provider"], accounts["focalpoint"]
    words = {
        "constraints": Constraint.objects.filter(code__in=["data_gaps", "whole_of_society"]),
        "cooperation_types": CooperationType.objects.filter(code="training"),
    }
    party, organization = office.current_memberships[0].party, provider.current_memberships[0].organization
    weeds = practices.start(
        by=provider, data=PRACTICES[0] | words | {"targets": _targets(6, 22), "subjects": _subjects("ias", "mar")},
        party=party, organization=organization, centre=centre,
    )  # fmt: skip
    practices.submit(weeds, by=provider)
    practices.publish(weeds, by=accounts["officer"])
    seed = practices.start(
        by=office, data=PRACTICES[1] | words | {"targets": _targets(4, 10)}, party=party, centre=centre
    )
    practices.submit(seed, by=office)


def _question(accounts) -> None:
    ticket = helpdesk.ask(
        by=accounts["focalpoint"], kind=Ticket.Kind.KNOWLEDGE, subject="Names of marine species",
        text="Our fishery reports use old names of fishes and seaweeds. Where can we match a whole list with the names in use?",
    )  # fmt: skip
    reply = "Two registers match whole lists: one for everything marine, one for fishes. Begin with the first; it takes a table."
    helpdesk.reply(ticket, by=accounts["coordinator"], text=reply)
    questions.publish_answer(
        ticket, by=accounts["coordinator"], answer=reply, targets=_targets(5, 21), subjects=_subjects("mar", "taxonomy"),
        question="Where can a whole list of old species names be matched with the names in use?",
        sources=Source.objects.filter(external_id__in=["worms", "fishbase"]),
    )  # fmt: skip


def _targets(*numbers: int) -> list[Target]:
    return list(Target.objects.filter(number__in=numbers))


def _subjects(*codes: str) -> list[Subject]:
    return list(Subject.objects.filter(code__in=codes))
