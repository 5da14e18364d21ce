"""Example work: milestones, results, appraisals, joint proposals, a transfer of technology, and profiles of providers.

Real Parties have plans and days to come only; ratings, lessons and late days are played by practice Parties.
"""

from datetime import datetime, timedelta
from typing import Any

from centres.actions import profiles
from centres.models import Expert, Organization
from requests_offers.actions import conflicts, delivery, engagements, matches, offers, proposals
from requests_offers.actions import requests as steps
from requests_offers.actions.drafts import start_offer, start_request
from requests_offers.actions.scoring import perform_match_run
from requests_offers.models import Appraisal, Engagement, Match, MatchRun, Offer

from . import timing

LAGOON, RANGERS, HERDERS = "practice-lagoon-institute", "practice-island-rangers", "practice-herders-union"


def furnish(codes: Any, organizations: dict[str, Organization], accounts: dict[str, Any], now: datetime) -> None:
    """Write what providers show of themselves, and let some work go on, end and be told of."""
    for slug in (LAGOON, RANGERS, HERDERS):
        _profile(organizations[slug], codes)
    _verified(organizations, now)
    conflicts.declare(
        organizations["practice-marine-laboratory"],
        by=None,
        with_party=codes.parties["XB"],
        reason="It advises the Party.",
    )
    stories = _Stories(codes, organizations, accounts, now)
    stories.transfer()
    stories.told_by_both()
    for party, slug, rating in (("XB", RANGERS, 4), ("XC", LAGOON, 5), ("XD", HERDERS, 3), ("XB", LAGOON, 4)):
        stories.concluded(party, slug, rating)
    stories.approved_proposal()
    _plans_of_real_parties(now)


# Profiles -------------------------------------------------------------------------------------------------------------

ABOUT = (
    "A practice organization of the example data. It trains people who look after shores and lagoons, lends instruments "
    "and stays in touch for a year after each visit."
)


def _profile(organization: Organization, codes: Any) -> None:
    profiles.save_profile(organization, by=None, data={"about": ABOUT})
    expert = profiles.add_part(
        organization,
        "experts",
        by=None,
        data={
            "role": f"Expert 1 of {organization.name}"[:150],
            "about": "Sets up monitoring that a village can carry on by itself.",
            "name_shown": Expert.NameShown.NOBODY,
        },
    )
    parts: list[tuple[str, dict[str, Any]]] = [
        ("expertise", _field(codes, "mar", "Monitoring of shallow water", None)),
        ("expertise", _field(codes, "ias", "Early warning against invasive species", expert)),
        ("languages", {"language": "en", "level": "fluent"}),
        ("languages", {"language": "fr", "level": "working"}),
        ("languages", {"language": "es", "level": "basic", "expert": expert}),
        (
            "references",
            {"title": "Water watch in six lagoons", "place": "Practice Parties", "year_from": 2021, "year_until": 2024},
        ),
        ("networks", {"name": "Practice network of lagoon keepers", "kind": "community", "part": "Member since 2020"}),
    ]
    for name, data in parts:
        profiles.add_part(organization, name, by=None, data=data)


def _field(codes: Any, subject: str, text: str, expert: Expert | None) -> dict[str, Any]:
    evidence = "Field manual of the practice network, second edition"
    return {"subject": codes.subjects[subject], "text": text, "expert": expert, "evidence": evidence}


def _verified(organizations: dict[str, Organization], now: datetime) -> None:
    """Example organizations were verified some time ago; one of them has to ask for renewal soon."""
    for number, slug in enumerate(sorted(organizations)):
        row = organizations[slug]
        if row.is_example and row.is_verified:
            days = 50 if slug == LAGOON else 200 + number * 53 % 500
            facts = {
                "verified_at": now - timedelta(days=730 - days),
                "verified_until": now.date() + timedelta(days=days),
            }
            Organization.objects.filter(pk=row.pk).update(**facts)


# Stories --------------------------------------------------------------------------------------------------------------


class _Stories:
    """Work of practice Parties with practice organizations."""

    def __init__(self, codes: Any, organizations: dict[str, Organization], accounts: dict[str, Any], now: datetime):
        self.codes, self.organizations, self.accounts, self.now = codes, organizations, accounts, now
        self.today, self.count = now.date(), 0

    def _agreed(self, party: str, slug: str, title: str, text: str, **offered: Any) -> Engagement:
        """A request and an offer that both sides agreed on; the match is theirs to publish."""
        self.count += 1
        kinds = ["technology_transfer", "training"] if offered else ["training"]
        tags = {
            "targets": [self.codes.targets[6]],
            "subjects": [self.codes.subjects["mar"]],
            "cooperation_types": self.codes.rows("cooperation_types", kinds),
        }
        offer = self._offer(slug, title, tags, offered)
        need = {"title": title, "text": text, "languages": ["en"], **tags}
        data = {"title": f"Practice: {title}", "summary": text, "language": "en", "components": [need]}
        data |= {"priority_reason": "A practice Party has no national targets."}
        row = self.codes.parties[party]
        office = self.accounts["focalpoint"] if party == "XA" else None
        request = start_request(row, by=office, data=data, is_example=True)
        steps.submit(request, by=office)
        steps.accept(request, by=self.accounts["officer"])
        for pk in MatchRun.objects.filter(component__request=request, state="queued").values_list("pk", flat=True):
            perform_match_run(pk)
        match = self._match(request.components.get(), offer)
        timing.into_the_past(request, 90 + 20 * self.count, self.now, late=False)
        return Engagement.objects.get(match=match)

    def _offer(self, slug: str, title: str, tags: dict[str, Any], more: dict[str, Any]) -> Offer:
        texts = "We bring instruments, train two people in each village and answer questions for a year."
        data = {"title": f"Practice: {title}", "text": texts, "language": "en", "languages": ["en", "fr"]}
        practice = self.codes.rows("parties", ["XA", "XB", "XC", "XD"])
        terms = {
            "parties": practice,
            "eligible_parties": practice,
            "capacity": 2,
            "cost_model": "shared",
            "delivery": "both",
            "respects_consent": True,
        }
        expires_on = self.today + timedelta(days=25 if more else 300)
        said = data | terms | tags | more | {"expires_on": expires_on}
        offer = start_offer(self.organizations[slug], by=None, data=said, is_example=True)
        offers.submit(offer, by=None)
        return offers.publish(offer, by=None)

    def _match(self, component: Any, offer: Offer) -> Match:
        match = matches.propose(component, offer, by=self.accounts["officer"])
        matches.offer_to_both(match, by=self.accounts["officer"])
        matches.accept(match, by=None, side="provider", publish=True)
        return matches.accept(match, by=None, side="party", publish=True)

    # The stories -----------------------------------------------------------

    def transfer(self) -> None:
        """A technology is on its way to the demo Party; a joint proposal waits for the provider."""
        work = self._agreed(
            "XA",
            LAGOON,
            "Solar buoys that warn of warm water",
            "We look for buoys that fishers can keep running themselves, with training and spare parts.",
            readiness_level=8,
            access_conditions="Open design; building and repair are allowed to everybody.",
            assessments="Tried in three lagoons for two years; no effect on birds or turtles was found.",
            needs_on_ground="A boat, a phone network within 20 km, and one person for half a day each month.",
        )
        delivery.save_plan(
            work, by=None, plan="Two buoys in the first season, four in the second. Villages choose the places."
        )
        kinds = {row.kind: row for row in work.milestones.all()}
        days = {"needs_assessed": -60, "terms_agreed": -30, "installed": 12, "people_trained": 40}
        for kind, day in days.items():
            self._plan(work, kinds[kind], day)
        delivery.add_result(
            work, by=None, title="Places for six buoys are agreed", text="Minutes of three village meetings."
        )
        delivery.save_beneficiaries(work, by=None, groups={"indigenousPeoplesLocalCommunities": 120, "womenGirls": 55})
        proposal = proposals.begin(work.match, by=None)
        proposals.save(proposal, by=None, data=PROPOSAL | {"title": "Warm-water watch for three islands"})
        proposals.propose(proposal, by=None, side="party")

    def _plan(self, work: Engagement, milestone: Any, day: int) -> None:
        milestone.engagement = work
        due = self.today + timedelta(days=day)
        delivery.change_milestone(milestone, by=None, due_on=due)
        if day < 0:
            delivery.finish_milestone(
                milestone, by=None, done_on=due, evidence="Report to both sides, with the list of places."
            )

    def told_by_both(self) -> None:
        """Work that ended seven months ago: appraised at the end, asked again now, and told to everybody."""
        work = self._agreed(
            "XA",
            RANGERS,
            "Seabird counts on small islands",
            "We wish to count seabirds with the same method each year.",
        )
        delivery.save_plan(work, by=None, plan="One course, two counts together, one count alone.")
        milestone = delivery.add_milestone(work, by=None, title="First count by the island's own people")
        delivery.finish_milestone(milestone, by=None, evidence="Count sheets of eleven islets.")
        delivery.add_result(
            work, by=None, title="Eleven islets counted twice", text="Count sheets, kept by the office."
        )
        delivery.save_beneficiaries(work, by=None, groups={"childrenYouth": 34, "womenGirls": 21})
        self._end(work, 215)
        self._appraise(work, "end", 5)
        lessons = "Begin with the islets that school classes can reach; they keep the counts going."
        delivery.save_lessons(work, by=None, lessons=lessons, may_become_practice=True)
        story = "Eleven islets are counted every year now, by people who live beside them. The counts showed two new colonies."
        delivery.save_story(work, by=None, story=story)
        for side in ("party", "provider"):
            delivery.release_story(work, by=None, side=side)

    def concluded(self, party: str, slug: str, rating: int) -> None:
        """Work that has been concluded and appraised at its end."""
        work = self._agreed(
            party, slug, f"Shore watch with schools {self.count}", "We wish to learn a simple shore watch."
        )
        delivery.save_beneficiaries(work, by=None, groups={"childrenYouth": 40 + 10 * rating, "womenGirls": None})
        self._end(work, 100)
        self._appraise(work, "end", rating)

    def _end(self, work: Engagement, days_ago: int) -> None:
        engagements.conclude(work, by=None, side="party")
        ended = self.now - timedelta(days=days_ago)
        Engagement.objects.filter(pk=work.pk).update(ended_at=ended, started_at=ended - timedelta(days=120))
        for due in work.appraisals_due.all():
            back = self.today - ended.date()
            due.asked_on, due.due_on = due.asked_on - back, due.due_on - back
            due.save()
        work.refresh_from_db()

    def _appraise(self, work: Engagement, moment: str, rating: int) -> None:
        said = {"helped": "yes" if rating > 3 else "partly", "again": "yes" if rating > 3 else "otherwise"}
        for side in Appraisal.Side.values:
            text = (
                "The people who were trained go on by themselves."
                if side == "party"
                else "Well prepared on both sides."
            )
            engagements.appraise(work, by=None, side=side, moment=moment, text=text, rating=rating, **said)

    def approved_proposal(self) -> None:
        """A joint proposal that both sides approved and show to donors."""
        work = self._agreed("XB", LAGOON, "Shared early warning for reefs", "We wish to warn each other of bleaching.")
        proposal = proposals.begin(work.match, by=None)
        proposals.save(
            proposal, by=None, data=PROPOSAL | {"title": "Early warning for reefs, shared by two practice Parties"}
        )
        proposals.propose(proposal, by=None, side="provider")
        proposals.approve(proposal, by=None, side="party")


PROPOSAL: dict[str, Any] = {
    "language": "en",
    "concept": (
        "Warm water comes without warning, and nets and reefs are lost. Villages keep simple instruments and share what they "
        "measure; the institute trains them and keeps the spare parts.\n\nAfter two years the instruments belong to the "
        "villages, and the office carries the cost of upkeep."
    ),
    "results": [
        "Six instruments at work after two years",
        "Twelve people who can repair them",
        "A warning within a day",
    ],
    "is_shared": True,
    "currency": "USD",
    "lines": [
        {"title": "Instruments and spare parts", "amount": 48000, "source": "sought"},
        {"title": "Training in three villages", "amount": 15500, "source": "provider"},
        {"title": "Boats and fuel", "amount": 9000, "source": "party"},
    ],
}


# Real Parties: benign, and nothing late -------------------------------------------------------------------------------

PLAN = "Both sides meet online each month. The first visit follows once the days are agreed."


def _plans_of_real_parties(now: datetime) -> None:
    """Work of real Parties that is written in English has a plan and days to come."""
    rows = Engagement.objects.filter(status="active", match__component__request__party__is_practice=False)
    english = rows.filter(match__component__request__language="en", match__offer__language="en").order_by("pk")
    for number, work in enumerate(english[:6]):
        delivery.save_plan(work, by=None, plan=PLAN)
        for title, day in (
            ("First meeting of both teams", 20),
            ("Visit and training", 80),
            ("Report to both sides", 170),
        ):
            delivery.add_milestone(work, by=None, title=title, due_on=now.date() + timedelta(days=day + 3 * number))
