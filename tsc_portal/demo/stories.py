"""What happens to an example request, step by step, until it stands where its entry says."""

from datetime import timedelta

from requests_offers.actions import engagements, matches
from requests_offers.actions import requests as steps
from requests_offers.actions.drafts import start_request
from requests_offers.actions.scoring import perform_match_run
from requests_offers.models import Component, CooperationRequest, Match, MatchRun, Offer

from . import content, intake


class Story:
    """One request. Practice Parties have people who act; for real Parties the examples are set without anybody's name."""

    def __init__(self, entry, codes, offers, accounts, now):
        self.entry, self.codes, self.offers, self.now = entry, codes, offers, now
        mine = entry["party"] == "XA"
        self.office = accounts.get("focalpoint") if mine else None
        self.officer, self.head = accounts.get("officer"), accounts.get("head")
        self.words = entry["story"]
        self.request: CooperationRequest | None = None

    def tell(self) -> CooperationRequest:
        """Begin the request and take it to its state; the method of the same name knows the way."""
        party = self.codes.parties[self.entry["party"]]
        data = content.request_data(self.entry, self.codes, self.now.date())
        self.request = start_request(party, by=self.office, data=data, is_example=True)
        getattr(self, self.entry["state"])()
        intake.finish(self.request, self.entry, self.officer)
        return self.request

    # States ----------------------------------------------------------------

    def draft(self):
        """Nothing more: the office has not submitted it."""

    def submitted(self):
        steps.submit(self.request, by=self.office)
        if self.entry["twist"] == "appealed":
            steps.refuse(self.request, by=self.head, reason_code="outside_scope", reason=self.words["reason_text"])
            steps.appeal(self.request, by=self.office, text=self.words["appeal_text"])

    def clarification(self):
        steps.submit(self.request, by=self.office)
        steps.ask_clarification(self.request, by=self.officer, text=self.words["question"])

    def dormant(self):
        self.clarification()
        asked_at = self.now - timedelta(days=70)
        CooperationRequest.objects.filter(pk=self.request.pk).update(asked_at=asked_at, submitted_at=asked_at)
        steps.lapse(self.request)

    def refused(self):
        steps.submit(self.request, by=self.office)
        steps.refuse(self.request, by=self.head, reason_code="outside_scope", reason=self.words["reason_text"])

    def answered(self):
        steps.submit(self.request, by=self.office)
        steps.answer_directly(self.request, by=self.officer, text=self.words["answer_text"])

    def completed(self):
        if self.words.get("answer_text"):
            self.answered()
            steps.confirm_answer(self.request, by=self.office)
            return
        self.matched()
        for match in Match.objects.filter(component__request=self.request, status="agreed"):
            engagements.conclude(match.engagement, by=None, side="party")
        self.request.refresh_from_db()
        steps.complete(self.request, by=None, side="centre")
        steps.complete(self.request, by=None, side="party")

    def matching(self):
        self._accepted()
        twist = self.entry["twist"]
        if twist:
            getattr(self, f"_{twist}", lambda: None)()

    def offered(self):
        self._accepted()
        match = self._offer(self._components()[0])
        matches.accept(match, by=None, side="provider")

    def partly_matched(self):
        self._accepted()
        self._agree(self._components()[0])

    def matched(self):
        self._accepted()
        for component in self._components():
            self._agree(component)

    def unmet(self):
        self._accepted()
        for component in self._components():
            for _ in range(2):
                self._lapsed_offer(component)
        steps.declare_unmet(self.request, by=None)

    def paused(self):
        self._accepted()
        steps.pause(self.request, by=self.office)

    def withdrawn(self):
        steps.submit(self.request, by=self.office)
        steps.withdraw(self.request, by=self.office, reason_code="solved", reason=self.words.get("reason_text", ""))

    # Twists, played by practice Parties ------------------------------------

    def _lapsed(self):
        self._lapsed_offer(self._components()[0])

    def _declined_by_provider(self):
        match = self._offer(self._components()[0])
        text = self.words.get("decline_text", "")
        matches.decline(match, by=None, side="provider", reason_code="no_capacity", reason=text)

    def _declined_by_country(self):
        match = self._offer(self._components()[0])
        text = self.words.get("decline_text", "")
        matches.decline(match, by=None, side="party", reason_code="timing", reason=text)

    def _ended_early(self):
        match = self._agree(self._components()[0])
        text = self.words.get("reason_text", "")
        engagements.end_early(match.engagement, by=None, side="party", reason_code="circumstances", reason=text)

    # Parts -----------------------------------------------------------------

    def _accepted(self):
        steps.submit(self.request, by=self.office)
        if self.words.get("question") and self.words.get("answer"):
            steps.ask_clarification(self.request, by=self.officer, text=self.words["question"])
            steps.answer(self.request, by=self.office, text=self.words["answer"])
        steps.accept(self.request, by=self.officer)
        for pk in MatchRun.objects.filter(component__request=self.request, state="queued").values_list("pk", flat=True):
            perform_match_run(pk)

    def _components(self) -> list[Component]:
        return list(Component.objects.filter(request=self.request).select_related("request").order_by("number"))

    def _offer(self, component: Component) -> Match:
        """Offer the best match with a free place; the offers that the entry names come first."""
        wanted = self.entry["components"][component.number - 1].get("fits", [])
        free = Match.objects.filter(component=component, status="suggested", offer__status="published").select_related(
            "offer"
        )
        ranked = sorted(free.best_first(), key=lambda match: match.offer not in [self.offers[key] for key in wanted])
        for match in ranked:
            if not match.offer.is_full:
                return matches.offer_to_both(match, by=self.officer)
        spare = self._spare(component)
        return matches.offer_to_both(matches.propose(component, spare, by=self.officer), by=self.officer)

    def _spare(self, component: Component) -> Offer:
        """An offer that an officer would propose where the scorer found none."""
        known = Match.objects.filter(component=component).values("offer")
        tags = [target.pk for target in component.targets.all()]
        free = Offer.objects.matchable(self.now.date()).exclude(pk__in=known)
        return free.filter(targets__in=tags).distinct().order_by("pk").first() or free.order_by("pk")[:1].get()

    def _agree(self, component: Component) -> Match:
        match = self._offer(component)
        matches.accept(match, by=None, side="provider", publish=True)
        return matches.accept(match, by=None, side="party", publish=True)

    def _lapsed_offer(self, component: Component) -> None:
        """Offered, and nobody answered until the day had passed."""
        match = self._offer(component)
        Match.objects.filter(pk=match.pk).update(due_on=self.now.date() - timedelta(days=2))
        matches.lapse(match)
