"""What requests, offers, matches and engagements look like in the API, field by field, for the schema."""

from rest_framework import serializers

from accounts.api.fields import choice, day, flag, moment, number, numbers, text, texts

from ..lifecycle import ComponentStatus, EngagementStatus, MatchStatus, OfferStatus, RequestStatus
from ..matching.records import CRITERIA
from ..models import Appraisal, Match
from ..models.request import Visibility

OPTIONAL = {"required": False}
OPEN_STEPS = "In a single record, when you are signed in: the steps that you may take now."


class WhatsNextRecord(serializers.Serializer):
    """Who has the record now, until when, and what comes then."""

    heading = text("What happens now.")
    who = text("Who acts.")
    until = day("Until when.")
    then = text("What comes then.")


class ComponentPart(serializers.Serializer):
    """One need of a request."""

    reference = text("Such as REQ-000042-1.")
    number = number("Its number within the request.")
    title = text("In a few words.")
    text = text("What is needed.")
    status = choice("Computed from its matches and its request.", ComponentStatus.choices)
    targets = numbers("Numbers of targets.")
    subjects = texts("Codes of subjects.")
    cooperation_types = texts("Codes of forms of cooperation.")
    modality = text("south_south, triangular, north_south, regional, or empty.")
    languages = texts("Working languages, as BCP-47 tags.")
    starts_on = day("From when.")
    ends_on = day("Until when.")
    partners_wanted = number("How many partners it looks for.")
    scored_at = moment("When it was last compared with the offers.")
    means = text("Own means (none, part, full or empty). For the office, the centre and the other side.", **OPTIONAL)


class ComponentRecord(ComponentPart):
    """One need, with the request it belongs to."""

    url = text("The address of this record.")
    request = text("The request's reference.")
    party = text("The code of the Party that asks.")
    is_example = flag("Example data.")


class RequestRecord(serializers.Serializer):
    """A Party's request for technical and scientific cooperation. Who sees it fully gets more fields than the public."""

    reference = text("Such as REQ-000042.")
    url = text("The address of this record.")
    title = text("In a few words.")
    summary = text("What it is about.")
    language = text("The language it is written in, as a BCP-47 tag.")
    party = text("The code of the Party that asks.")
    co_parties = texts("Codes of Parties that ask together with it.")
    centre = text("The slug of the centre that holds it; null: the coordinator's helpdesk.", allow_null=True)
    status = choice("Its state; the steps lead from one to another.", RequestStatus.choices)
    visibility = choice("Who sees it once it is accepted.", Visibility.choices)
    components = ComponentPart(many=True, help_text="Its needs, each matched by itself.")
    targets = numbers("The targets of all its components.")
    constraints_addressed = texts("Codes of what holds the country back.")
    submitted_at = moment("When it was first submitted.")
    accepted_at = moment("When a centre took it on.")
    due_on = day("The day by which somebody acts.")
    whats_next = WhatsNextRecord(help_text="Who has it now, in the language of the request.")
    is_example = flag("Example data.")
    version = number("Counts changes; send it with a change to be refused when somebody was quicker.")
    updated_at = moment("When it last changed.", allow_null=False)
    own_means = text("What the Party can contribute. For office, centre and the other side.", **OPTIONAL)
    consent_required = flag("Traditional knowledge or consent is concerned. For the same.", **OPTIONAL)
    contact = text("The contact person. For office and centre, and for the other side of an agreed match.", **OPTIONAL)
    question = text("The centre's question. For office and centre.", **OPTIONAL)
    answer_text = text("The centre's direct answer. For office and centre.", **OPTIONAL)
    answer_sources = text("The sources of the direct answer. For office and centre.", **OPTIONAL)
    external_id = text("The identifier it was imported under. For office and centre.", **OPTIONAL)
    open_steps = texts(OPEN_STEPS, **OPTIONAL)


class ItemRecord(serializers.Serializer):
    """A project, publication or service that shows what an offer is about."""

    text = text("The text.")
    language = text("Its language, as a BCP-47 tag.")


class OfferRecord(serializers.Serializer):
    """What an organization offers. Its organization, the verifying centre and the coordinator get more fields."""

    reference = text("Such as OFF-000311.")
    url = text("The address of this record.")
    title = text("In a few words.")
    text = text("What is offered.")
    language = text("The language it is written in, as a BCP-47 tag.")
    organization = text("The slug of the organization.")
    status = choice("Its state; the steps lead from one to another.", OfferStatus.choices)
    is_full = flag("Whether all places are taken.")
    targets = numbers("Numbers of targets.")
    subjects = texts("Codes of subjects.")
    cooperation_types = texts("Codes of forms of cooperation.")
    languages = texts("Working languages, as BCP-47 tags.")
    worldwide = flag("Offered everywhere.")
    regions = texts("M49 codes of the regions it covers.")
    parties = texts("Codes of the Parties it covers.")
    eligible_parties = texts("Only for these Parties; empty: no such limit.")
    eligible_regions = texts("Only for these regions; empty: no such limit.")
    eligible_flags = texts("Only for Parties with one of these flags; empty: no such limit.")
    capacity = number("How many matches it can serve at a time.")
    places_left = number("How many of them are free.")
    cost_model = text("free, shared, paid, or empty.")
    delivery = text("on_site, remote, both, or empty.")
    available_from = day("From when.")
    available_until = day("Until when.")
    expires_on = day("The last day on which it is published.")
    respects_consent = flag("Follows protocols of prior informed consent.")
    items = ItemRecord(many=True, help_text="What shows the expertise.")
    published_at = moment("When it was last published.")
    whats_next = WhatsNextRecord(help_text="Who has it now, in the language of the request.")
    is_example = flag("Example data.")
    version = number("Counts changes; send it with a change to be refused when somebody was quicker.")
    updated_at = moment("When it last changed.", allow_null=False)
    contact = text("The contact person. For the organization and those who verify it.", **OPTIONAL)
    verifying_centre = text("Who verifies it; null: the coordinator. For the same.", allow_null=True, **OPTIONAL)
    due_on = day("The day by which it is verified. For the same.", **OPTIONAL)
    external_id = text("The identifier it was imported under. For the same.", **OPTIONAL)
    open_steps = texts(OPEN_STEPS, **OPTIONAL)


class ShareRecord(serializers.Serializer):
    """What one criterion gave to a score."""

    criterion = choice("The criterion.", [(name, name) for name in CRITERIA])
    value = serializers.FloatField(help_text="0 to 1: how far it is met.")
    weight = serializers.FloatField(help_text="Its weight.")
    share = serializers.FloatField(help_text="What it adds to the score.")
    evidence = serializers.ListField(
        child=serializers.DictField(),
        help_text="What it rests on: `kind` is word, concept, sentence, target, subject, cooperation_type, party, region, "
        "home_region, south_south, language, dates or budget; the other members depend on it.",
    )


class MissingRecord(serializers.Serializer):
    """Something that keeps a score down."""

    criterion = choice("The criterion.", [(name, name) for name in CRITERIA])
    detail = text("A sentence in the language of the request.")


class ScoreRecord(serializers.Serializer):
    """How well an offer fits a need, and why."""

    rank = number("Its place among the offers for the need; null: not ranked now.", allow_null=True)
    score = serializers.FloatField(help_text="0 to 1; null: not scored.", allow_null=True)
    band = text("strong, possible, or empty.")
    explanation = ShareRecord(many=True, help_text="The share of each criterion.")
    missing = MissingRecord(many=True, help_text="What is missing.")
    versions = serializers.DictField(help_text="Versions of weights, lexicon and calibration.")


class ResultRecord(ScoreRecord):
    """A match as its request lists it."""

    match = text("The match's reference; null in a preview.", allow_null=True)
    offer = text("The offer's reference.")
    offer_title = text("The offer's title.")
    organization = text("The slug of the organization.")
    status = choice("The state of the match; null in a preview.", MatchStatus.choices, allow_null=True)


class ComponentMatchesRecord(serializers.Serializer):
    """The matches of one component, best first."""

    component = text("The component's reference.")
    status = choice("The state of the component.", ComponentStatus.choices)
    scored_at = moment("When it was last compared with the offers.")
    results = ResultRecord(many=True, help_text="Those of its matches that you may see.")


class RequestMatchesRecord(serializers.Serializer):
    """The matches of a request, by component."""

    request = text("The request's reference.")
    components = ComponentMatchesRecord(many=True, help_text="Its components.")


class MatchRecord(ScoreRecord):
    """A component and an offer. The public sees which agreed, where both sides publish it; never why or what was said."""

    reference = text("Such as MAT-001204.")
    url = text("The address of this record.")
    request = text("The request's reference.")
    component = text("The component's reference.")
    party = text("The code of the Party that asks.")
    offer = text("The offer's reference.")
    offer_title = text("The offer's title.")
    organization = text("The slug of the organization.")
    status = choice("Its state; the steps lead from one to another.", MatchStatus.choices)
    agreed_at = moment("When both sides had accepted.")
    is_example = flag("Example data.")
    updated_at = moment("When it last changed.", allow_null=False)
    origin = choice("Who brought them together. For both sides and the centre.", Match.Origin.choices, **OPTIONAL)
    scored_at = moment("When it was scored. For the same.", **OPTIONAL)
    offered_at = moment("When it was offered to both. For the same.", **OPTIONAL)
    due_on = day("Until when both answer. For the same.", **OPTIONAL)
    accepted_by_party_at = moment("When the Party accepted. For the same.", **OPTIONAL)
    accepted_by_provider_at = moment("When the provider accepted. For the same.", **OPTIONAL)
    declined_by = text("party, provider, or empty. For the same.", **OPTIONAL)
    reason_code = text("The code of the reason, or empty. For the same.", **OPTIONAL)
    reason = text("The reason in words, or empty. For the same.", **OPTIONAL)
    open_steps = texts(OPEN_STEPS, **OPTIONAL)


class AppraisalRecord(serializers.Serializer):
    """What one side said came of it."""

    side = choice("Who says it.", Appraisal.Side.choices)
    moment = choice("At which time.", Appraisal.Moment.choices)
    text = text("What came of it.")
    at = moment("When it was said.", allow_null=False)


class EngagementRecord(serializers.Serializer):
    """The work that follows an agreed match."""

    reference = text("Such as ENG-000017.")
    url = text("The address of this record.")
    match = text("The match's reference.")
    request = text("The request's reference.")
    component = text("The component's reference.")
    party = text("The code of the Party.")
    offer = text("The offer's reference.")
    organization = text("The slug of the organization.")
    status = choice("Its state; the steps lead from one to another.", EngagementStatus.choices)
    started_at = moment("When it began.", allow_null=False)
    ended_at = moment("When it ended.")
    is_example = flag("Example data.")
    reason_code = text("Why it ended early, or empty. For both sides and the centre.", **OPTIONAL)
    reason = text("The same in words. For both sides and the centre.", **OPTIONAL)
    appraisals = AppraisalRecord(many=True, help_text="What came of it. For both sides and the centre.", **OPTIONAL)
    open_steps = texts(OPEN_STEPS, **OPTIONAL)
