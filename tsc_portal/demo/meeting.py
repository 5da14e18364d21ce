"""How people meet in the example world, among practice offices: a call, an invitation, a conversation, a translator."""

from datetime import timedelta

from requests_offers.actions import approaches, calls, conversation
from requests_offers.models import Component, Match

CALL = "We are glad about offers of every size: a training week is welcome as much as a longer partnership."
INVITATION = "You have trained fishing groups on a neighbouring island. Could you do the same here, even for one group?"
MESSAGES = (
    ("party", "en", "Good morning. Could your trainers come before the rainy season, that is before the end of May?"),
    ("provider", "en", "Gladly. Two of us can come for ten days in March. Which languages do the groups speak?"),
    (
        "centre",
        "en",
        "The office and you may use our meeting room for a first call. Please name three days that suit you.",
    ),
)
TRANSLATOR = "The language unit of the practice centre"


def furnish(accounts, now) -> None:
    """Needs of the practice island are called for and somebody is invited; people of a match have begun to write."""
    officer, provider = accounts["officer"], accounts["provider"]
    office = accounts["focalpoint"]
    needs = list(_open_needs(officer).order_by("pk"))
    if needs:
        calls.open_call(needs[0], by=officer, until=now.date() + timedelta(days=21), text=CALL)
    organization = provider.current_memberships[0].organization
    for need in needs[1:2]:
        approaches.invite(need, organization, by=officer, message=INVITATION)
    _talk(accounts, office, now)


def _open_needs(officer):
    """Needs of the practice Parties whose requests the practice centre holds."""
    held = Component.objects.scored().filter(request__centre=officer.current_memberships[0].centre, status="open")
    return held.filter(request__visibility="public", request__party__is_practice=True)


def _talk(accounts, office, now) -> None:
    """The people of one match write to each other; where the two have no language in common, somebody translates."""
    people = {"party": office, "provider": accounts["provider"], "centre": accounts["officer"]}
    party = office.current_memberships[0].party
    held = Match.objects.filter(component__request__party=party, status__in=["offered", "agreed"]).order_by("pk")
    for match in held.select_related("component__request__party", "component__request__centre", "offer__organization"):
        for side, language, text in MESSAGES:
            if side in conversation.sides_of(match, people[side]):
                conversation.say(match, by=people[side], side=side, text=text, language=language)
        if not match.common_languages:
            since = (match.offered_at or now).date() + timedelta(days=7)
            conversation.name_translator(match, by=people["centre"], translator=TRANSLATOR, since=since)
