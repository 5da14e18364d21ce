"""Random needs and offers for the properties: small vocabularies, so that everything meets everything."""

import random as chance
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from requests_offers.matching.records import Candidate, Need, Text

TODAY = date(2026, 11, 20)

PHRASES = [
    ("Restoration of mangroves", "en"),
    ("Invasive alien species on islands", "en"),
    ("Monitoring of water birds in wetlands", "en"),
    ("Restauration des mangroves", "fr"),
    ("Espèces exotiques envahissantes", "fr"),
    ("Control de especies invasoras", "es"),
    ("Восстановление водно-болотных угодий", "ru"),
    ("استعادة النظم الإيكولوجية", "ar"),
    ("湿地恢复与监测", "zh"),
    ("外来入侵物种", "zh"),
    ("Xylophagidae kumbukumbu", "sw"),
    ("", ""),
]

texts = st.sampled_from(PHRASES).map(lambda phrase: Text(*phrase))
parties = st.frozensets(st.sampled_from(["FJ", "WS", "KE", "PE", "DE"]), max_size=3)
regions = st.frozensets(st.sampled_from(["009", "054", "002", "019", "150"]), max_size=3)
targets = st.frozensets(st.integers(1, 6), max_size=4)
subjects = st.frozensets(st.sampled_from(["ias", "mar", "for", "pa"]), max_size=3)
kinds = st.frozensets(st.sampled_from(["training", "data_sharing", "joint_research"]), max_size=2)
languages = st.frozensets(st.sampled_from(["en", "fr", "es", "pt-BR"]), max_size=2)
days = st.none() | st.integers(-400, 400).map(lambda number: TODAY + timedelta(days=number))
known = st.sampled_from([True, False, None])


@st.composite
def needs(draw):
    """Any need."""
    return Need(
        id=draw(st.integers(1, 9)),
        texts=tuple(draw(st.lists(texts, max_size=3))),
        targets=draw(targets),
        subjects=draw(subjects),
        cooperation_types=draw(kinds),
        parties=draw(parties),
        regions=draw(regions),
        developing=draw(known),
        modality=draw(st.sampled_from(["", "south_south", "triangular", "north_south", "regional"])),
        languages=draw(languages),
        starts_on=draw(days),
        ends_on=draw(days),
        budget=draw(st.sampled_from(["", "none", "part", "full"])),
        party_flags=draw(st.frozensets(st.sampled_from(["LDC", "SIDS"]))),
        own_organizations=draw(st.frozensets(st.integers(1, 3), max_size=1)),
        conflicts=draw(st.frozensets(st.integers(1, 3), max_size=1)),
        excluded_offers=draw(st.frozensets(st.integers(1, 12), max_size=2)),
        consent_required=draw(st.booleans()),
    )


@st.composite
def offers(draw):
    """Any offer."""
    return Candidate(
        id=draw(st.integers(1, 40)),
        organization_id=draw(st.integers(1, 6)),
        title=draw(texts).text,
        items=tuple(draw(st.lists(texts, max_size=3))),
        targets=draw(targets),
        subjects=draw(subjects),
        cooperation_types=draw(kinds),
        parties=draw(parties),
        regions=draw(regions),
        worldwide=draw(st.booleans()),
        home_regions=draw(regions),
        developing=draw(known),
        languages=draw(languages),
        available_from=draw(days),
        available_until=draw(days),
        cost_model=draw(st.sampled_from(["", "free", "shared", "paid"])),
        eligible_parties=draw(st.just(frozenset()) | parties),
        eligible_regions=draw(st.just(frozenset()) | regions),
        eligible_flags=draw(st.just(frozenset()) | st.frozensets(st.sampled_from(["LDC", "SIDS"]))),
        expires_on=draw(days),
        places_left=draw(st.integers(0, 3)),
        respects_consent=draw(st.booleans()),
    )


pools = st.lists(offers(), max_size=25, unique_by=lambda offer: offer.id)


def large_world(seed, needs_wanted, offers_wanted):
    """Needs and offers in numbers that cannot be drawn one by one:
    enough for a short list to leave most of them out.
    """
    random = chance.Random(seed)

    def some(members, most):
        return frozenset(random.sample(members, random.randint(0, most)))

    def day():
        return random.choice([None, TODAY + timedelta(days=random.randint(-400, 400))])

    def written(most):
        return tuple(Text(*random.choice(PHRASES)) for _ in range(random.randint(0, most)))

    def tagged(record):
        return replace(
            record,
            targets=some(range(1, 7), 4),
            subjects=some(["ias", "mar", "for", "pa"], 3),
            cooperation_types=some(["training", "data_sharing", "joint_research"], 2),
            parties=some(["FJ", "WS", "KE", "PE", "DE"], 3),
            regions=some(["009", "054", "002", "019", "150"], 2),
            developing=random.choice([True, False, None]),
            languages=some(["en", "fr", "es", "pt-BR"], 2),
        )

    def need(number):
        return replace(
            tagged(Need(id=number, texts=written(3))),
            modality=random.choice(["", "south_south", "triangular", "north_south", "regional"]),
            starts_on=day(),
            ends_on=day(),
            budget=random.choice(["", "none", "part", "full"]),
            own_organizations=some([1, 2, 3], 1),
            excluded_offers=some(range(1, offers_wanted), 2),
            consent_required=random.random() < 0.2,
        )

    def offer(number):
        return replace(
            tagged(Candidate(id=number, organization_id=random.randint(1, 6), items=written(random.choice([1, 1, 3])))),
            title=random.choice(PHRASES)[0],
            worldwide=random.random() < 0.2,
            home_regions=some(["009", "054", "002"], 2),
            available_from=day(),
            available_until=day(),
            cost_model=random.choice(["", "free", "shared", "paid"]),
            eligible_parties=some(["FJ", "KE"], random.choice([0, 0, 1])),
            expires_on=day(),
            places_left=random.choice([0, 1, 1, 1]),
            respects_consent=random.random() < 0.7,
        )

    return [need(number) for number in range(needs_wanted)], [offer(number) for number in range(1, offers_wanted + 1)]
