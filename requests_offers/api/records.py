"""What requests, offers, matches and engagements look like in the API, field by field, for the schema."""

from typing import Any

from rest_framework import serializers

from accounts.api import fields as f

from ..lifecycle import ComponentStatus, MatchStatus, OfferStatus, RequestStatus
from ..matching.records import CRITERIA
from ..models import Endorsement, FilingStatus, Match, Mechanism
from ..models.request import Visibility

OPTIONAL: dict[str, Any] = {"required": False}
OPEN_STEPS = "In a single record, when you are signed in: the steps that you may take now."


class WhatsNextRecord(serializers.Serializer):
    """Who has the record now, until when, and what comes then."""

    heading = f.text("What happens now.")
    who = f.text("Who acts.")
    until = f.day("Until when.")
    then = f.text("What comes then.")


class ComponentPart(serializers.Serializer):
    """One need of a request."""

    reference = f.text("Such as REQ-000042-1.")
    number = f.number("Its number within the request.")
    title = f.text("In a few words.")
    text = f.text("What is needed.")
    status = f.choice("Computed from its matches and its request.", ComponentStatus.choices)
    targets = f.numbers("Numbers of targets.")
    subjects = f.texts("Codes of subjects.")
    cooperation_types = f.texts("Codes of forms of cooperation.")
    modality = f.text("south_south, triangular, north_south, regional, or empty.")
    languages = f.texts("Working languages, as BCP-47 tags.")
    starts_on = f.day("From when.")
    ends_on = f.day("Until when.")
    partners_wanted = f.number("How many partners it looks for.")
    scored_at = f.moment("When it was last compared with the offers.")
    means = f.text("Own means (none, part, full or empty). For the office, the centre and the other side.", **OPTIONAL)


class ComponentRecord(ComponentPart):
    """One need, with the request it belongs to."""

    url = f.text("The address of this record.")
    request = f.text("The request's reference.")
    party = f.text("The code of the Party that asks.")
    is_example = f.flag("Example data.")


class CoPartyRecord(serializers.Serializer):
    """A Party that asks, and whether its office has confirmed it."""

    party = f.text("The code of the Party.")
    status = f.choice("Whether its office, or an official letter of it, has confirmed.", Endorsement.Status.choices)
    by_letter = f.flag("Recorded from an official letter.")


class PriorityPart(serializers.Serializer):
    """A national priority by its Party and its code there; `parties/<iso2>/priorities/` has the rest."""

    party = f.text("The code of the Party.")
    code = f.text("Its code in the country's own document.")


class FilingRecord(serializers.Serializer):
    """The request at another mechanism."""

    mechanism = f.choice("Where.", Mechanism.choices)
    name = f.text("Its name.")
    external_id = f.text("The reference there, or empty.")
    url = f.text("The address there, or empty.")
    status = f.choice("How far it is there. For office, centre and the other side.", FilingStatus.choices, **OPTIONAL)


class RequestRecord(serializers.Serializer):
    """A Party's request for cooperation. Whoever sees it in full gets more fields than the public."""

    reference = f.text("Such as REQ-000042.")
    url = f.text("The address of this record.")
    title = f.text("In a few words.")
    summary = f.text("What it is about.")
    language = f.text("The language it is written in, as a BCP-47 tag.")
    party = f.text("The code of the Party that asks.")
    co_parties = f.texts("Codes of Parties that ask together with it.")
    centre = f.text("The slug of the centre that holds it; null: the coordinator's helpdesk.", allow_null=True)
    status = f.choice("Its state; the steps lead from one to another.", RequestStatus.choices)
    visibility = f.choice("Who sees it once it is accepted.", Visibility.choices)
    components = ComponentPart(many=True, help_text="Its needs, each matched by itself.")
    targets = f.numbers("The targets of all its components.")
    constraints_addressed = f.texts("Codes of what holds the country back.")
    priorities = PriorityPart(many=True, help_text="National priorities to which it contributes.")
    beneficiary_groups = f.texts("Who gains from it, in the codes of indicator 20.b.")
    endorsements = CoPartyRecord(many=True, help_text="Which of the Parties that ask have confirmed it.")
    filings = FilingRecord(many=True, help_text="Where else it was filed.")
    consent_notice = f.text("What everybody who reads it has to respect, or empty.")
    submitted_at = f.moment("When it was first submitted.")
    accepted_at = f.moment("When a centre took it on.")
    due_on = f.day("The day by which somebody acts.")
    whats_next = WhatsNextRecord(help_text="Who has it now, in the language of the request.")
    is_example = f.flag("Example data.")
    version = f.number("Counts changes; send it with a change to be refused when somebody was quicker.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    own_means = f.text("What the Party can contribute. For office, centre and the other side.", **OPTIONAL)
    consent_required = f.flag("Traditional knowledge or consent is concerned. For the same.", **OPTIONAL)
    consent_given = f.flag("Those concerned agree that the request is public. For the same.", **OPTIONAL)
    priority_reason = f.text("Why no national priority is named. For office and centre.", **OPTIONAL)
    beneficiaries_note = f.text("Who gains from it, in words. For office and centre.", **OPTIONAL)
    contact = f.text(
        "The contact person. For office and centre, and for the other side of an agreed match.", **OPTIONAL
    )
    question = f.text("The centre's question. For office and centre.", **OPTIONAL)
    answer_text = f.text("The centre's direct answer. For office and centre.", **OPTIONAL)
    answer_sources = f.text("The sources of the direct answer. For office and centre.", **OPTIONAL)
    external_system = f.text("The system that keeps it, or empty. For office and centre.", **OPTIONAL)
    external_id = f.text("Its identifier there, or under which it was imported. For the same.", **OPTIONAL)
    assignee = f.text("In a single record, for the centre: who works on it; empty: nobody.", **OPTIONAL)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)


class ItemRecord(serializers.Serializer):
    """A project, publication or service that shows what an offer is about."""

    text = f.text("The text.")
    language = f.text("Its language, as a BCP-47 tag.")


class OfferRecord(serializers.Serializer):
    """What an organization offers. Its organization, the verifying centre and the coordinator get more fields."""

    reference = f.text("Such as OFF-000311.")
    url = f.text("The address of this record.")
    title = f.text("In a few words.")
    text = f.text("What is offered.")
    language = f.text("The language it is written in, as a BCP-47 tag.")
    organization = f.text("The slug of the organization.")
    status = f.choice("Its state; the steps lead from one to another.", OfferStatus.choices)
    is_full = f.flag("Whether all places are taken.")
    targets = f.numbers("Numbers of targets.")
    subjects = f.texts("Codes of subjects.")
    cooperation_types = f.texts("Codes of forms of cooperation.")
    languages = f.texts("Working languages, as BCP-47 tags.")
    worldwide = f.flag("Offered everywhere.")
    regions = f.texts("M49 codes of the regions it covers.")
    parties = f.texts("Codes of the Parties it covers.")
    eligible_parties = f.texts("Only for these Parties; empty: no such limit.")
    eligible_regions = f.texts("Only for these regions; empty: no such limit.")
    eligible_flags = f.texts("Only for Parties with one of these flags; empty: no such limit.")
    capacity = f.number("Places in all; each offered or agreed match takes one.")
    places_left = f.number("How many of them are free.")
    cost_model = f.text("free, shared, paid, or empty.")
    delivery = f.text("on_site, remote, both, or empty.")
    available_from = f.day("From when.")
    available_until = f.day("Until when.")
    expires_on = f.day("The last day on which it is published.")
    readiness_level = f.number("Technology readiness level, 1 to 9; null where nothing is said.", allow_null=True)
    access_conditions = f.text("Conditions on which a technology may be used.")
    assessments = f.text("How a technology was assessed.")
    needs_on_ground = f.text("What a technology needs where it is used.")
    respects_consent = f.flag("Follows protocols of prior informed consent.")
    items = ItemRecord(many=True, help_text="What shows the expertise.")
    published_at = f.moment("When it was last published.")
    whats_next = WhatsNextRecord(help_text="Who has it now, in the language of the request.")
    is_example = f.flag("Example data.")
    version = f.number("Counts changes; send it with a change to be refused when somebody was quicker.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    contact = f.text("The contact person. For the organization and those who verify it.", **OPTIONAL)
    verifying_centre = f.text("Who verifies it; null: the coordinator. For the same.", allow_null=True, **OPTIONAL)
    due_on = f.day("The day by which it is verified. For the same.", **OPTIONAL)
    external_system = f.text("The system that keeps it, or empty. For the same.", **OPTIONAL)
    external_id = f.text("Its identifier there, or under which it was imported. For the same.", **OPTIONAL)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)


class ShareRecord(serializers.Serializer):
    """What one criterion gave to a score."""

    criterion = f.choice("The criterion.", [(name, name) for name in CRITERIA])
    value = serializers.FloatField(help_text="0 to 1: how far it is met.")
    weight = serializers.FloatField(help_text="Its weight.")
    share = serializers.FloatField(help_text="What it adds to the score.")
    evidence = serializers.ListField(
        child=serializers.DictField(),
        help_text="What it rests on. `kind`: word, concept, sentence, target, subject, cooperation_type, party, "
        "region, home_region, south_south, language, dates or budget; the other members depend on it.",
    )


class MissingRecord(serializers.Serializer):
    """Something that keeps a score down."""

    criterion = f.choice("The criterion.", [(name, name) for name in CRITERIA])
    detail = f.text("A sentence in the language of the request.")


class ScoreRecord(serializers.Serializer):
    """How well an offer fits a need, and why."""

    rank = f.number("Its place among the offers for the need; null: not ranked now.", allow_null=True)
    score = serializers.FloatField(help_text="0 to 1; null: not scored.", allow_null=True)
    band = f.text("strong, possible, or empty.")
    explanation = ShareRecord(many=True, help_text="The share of each criterion.")
    missing = MissingRecord(many=True, help_text="What is missing.")
    versions = serializers.DictField(help_text="Versions of weights, lexicon and calibration.")


class ResultRecord(ScoreRecord):
    """A match as its request lists it."""

    match = f.text("The match's reference; null in a preview.", allow_null=True)
    offer = f.text("The offer's reference.")
    offer_title = f.text("The offer's title.")
    organization = f.text("The slug of the organization.")
    status = f.choice("The state of the match; null in a preview.", MatchStatus.choices, allow_null=True)


class ComponentMatchesRecord(serializers.Serializer):
    """The matches of one component, best first."""

    component = f.text("The component's reference.")
    status = f.choice("The state of the component.", ComponentStatus.choices)
    scored_at = f.moment("When it was last compared with the offers.")
    results = ResultRecord(many=True, help_text="Those of its matches that you may see.")


class RequestMatchesRecord(serializers.Serializer):
    """The matches of a request, by component."""

    request = f.text("The request's reference.")
    components = ComponentMatchesRecord(many=True, help_text="Its components.")


class MatchRecord(ScoreRecord):
    """A component and an offer. The public sees which agreed, where both sides publish it, but never why."""

    reference = f.text("Such as MAT-001204.")
    url = f.text("The address of this record.")
    request = f.text("The request's reference.")
    component = f.text("The component's reference.")
    party = f.text("The code of the Party that asks.")
    offer = f.text("The offer's reference.")
    offer_title = f.text("The offer's title.")
    organization = f.text("The slug of the organization.")
    status = f.choice("Its state; the steps lead from one to another.", MatchStatus.choices)
    agreed_at = f.moment("When both sides had accepted.")
    is_example = f.flag("Example data.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    origin = f.choice("Who brought them together. For both sides and the centre.", Match.Origin.choices, **OPTIONAL)
    scored_at = f.moment("When it was scored. For the same.", **OPTIONAL)
    offered_at = f.moment("When it was offered to both. For the same.", **OPTIONAL)
    due_on = f.day("Until when both answer. For the same.", **OPTIONAL)
    accepted_by_party_at = f.moment("When the Party accepted. For the same.", **OPTIONAL)
    accepted_by_provider_at = f.moment("When the provider accepted. For the same.", **OPTIONAL)
    declined_by = f.text("party, provider, or empty. For the same.", **OPTIONAL)
    reason_code = f.text("The code of the reason, or empty. For the same.", **OPTIONAL)
    reason = f.text("The reason in words, or empty. For the same.", **OPTIONAL)
    note = f.text("What a provider wrote that came by itself. For the same.", **OPTIONAL)
    common_languages = f.texts(
        "In which both sides can work; empty: somebody has to translate. For the same.", **OPTIONAL
    )
    translator = f.text("Who translates, or empty. For the same.", **OPTIONAL)
    translator_from = f.day("From which day they translate. For the same.", **OPTIONAL)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)
