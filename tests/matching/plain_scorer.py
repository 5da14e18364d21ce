"""The score written a second time, pair by pair and in the plainest Python, to compare the fast one with."""

from requests_offers.matching.criteria import COST_FIT, primary, working_languages
from requests_offers.matching.pool import documents
from requests_offers.matching.records import CRITERIA


def admissible(need, offer, today):
    if offer.places_left <= 0 or (offer.expires_on is not None and offer.expires_on < today):
        return False
    if offer.organization_id in need.own_organizations | need.conflicts or offer.id in need.excluded_offers:
        return False
    if need.consent_required and not offer.respects_consent:
        return False
    if not (offer.eligible_parties or offer.eligible_regions or offer.eligible_flags):
        return True
    return bool(
        offer.eligible_parties & need.parties
        or offer.eligible_regions & need.regions
        or offer.eligible_flags & need.party_flags
    )


def region(need, offer):
    parts = []
    if need.parties or need.regions:
        everywhere = offer.worldwide or offer.regions & need.regions
        parts.append((0.6, 1.0 if everywhere else len(need.parties & offer.parties) / max(len(need.parties), 1)))
    if need.modality == "regional":
        if need.regions:
            parts.append((0.4, float(bool(need.regions & offer.home_regions))))
    elif need.modality == "triangular":
        parts.append((0.4, 1.0))
    elif need.modality == "north_south":
        parts.append((0.4, float(offer.developing is False)))
    elif need.modality == "south_south" or need.developing:
        parts.append((0.4, float(offer.developing is True)))
    if not parts:
        return None
    return sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)


def tags(need, offer):
    found = {}
    for name in ("targets", "subjects", "cooperation_types"):
        if wanted := getattr(need, name):
            found[name] = len(wanted & getattr(offer, name)) / len(wanted)
    if (value := region(need, offer)) is not None:
        found["region"] = value
    if need.languages:
        found["language"] = float(bool({primary(tag) for tag in need.languages} & working_languages(offer)))
    if need.starts_on or need.ends_on:
        ends_too_early = need.starts_on and offer.available_until and offer.available_until < need.starts_on
        starts_too_late = need.ends_on and offer.available_from and offer.available_from > need.ends_on
        found["dates"] = float(not (ends_too_early or starts_too_late))
    if need.budget:
        found["budget"] = COST_FIT[need.budget].get(offer.cost_model, 0.0)
    return found


def text(index, need, offer):
    """Calibrated value, and whether the possible and the strong level are passed."""
    asked = index.read(need)
    if asked is None:
        return None
    weights = dict(zip(asked.keys.tolist(), asked.values.tolist(), strict=True))
    calibration = index.channel.calibration
    values, possible, strong = [], False, False
    items = index.channel.vectors(documents(offer))
    for number, language in enumerate(items.languages):
        keys, terms = items.row(number)
        cosine = 0.0
        for key, term in reversed(list(zip(keys.tolist(), terms.tolist(), strict=True))):
            if key in weights:
                cosine += term * weights[key]
        if language == asked.language:
            cosine *= float(items.growth[number]) / float(items.lengths[number]) / asked.length
        cosine = min(cosine, 1.0)
        mean, high = calibration.mean[asked.language, language], calibration.strong[asked.language, language]
        above = max(0.0, (cosine - mean) / max(high - mean, 0.02))
        values.append(above / (1.0 + above))
        possible |= bool(cosine > calibration.possible[asked.language, language])
        strong |= bool(cosine > high)
    return 0.5 * max(values) + 0.5 * sum(values) / len(values) if len(values) > 1 else values[0], possible, strong


def score(index, need, offer):
    """Total, band or nothing."""
    found = tags(need, offer)
    read = text(index, need, offer)
    possible = strong = False
    if read is not None:
        found["text"], possible, strong = read
    total = weight = 0.0
    for name in CRITERIA:
        if name in found:
            total += index.weights.of(name) * found[name]
            weight += index.weights.of(name)
    total = total / weight if weight else 0.0
    if (need.targets or need.subjects) and not (found.get("targets") or found.get("subjects")):
        strong = False
    if "targets" in found:
        possible |= found["targets"] >= 0.5
    elif read is None:
        for name in ("subjects", "cooperation_types"):
            if name in found:
                possible |= found[name] >= 0.5
                break
    return total, "strong" if strong else "possible" if possible else None


def rank(index, need, offers, today, top):
    """Everything sorted by score and id."""
    found = []
    for offer in offers:
        total, band = score(index, need, offer)
        if band and admissible(need, offer, today):
            found.append((-total, offer.id, band))
    return [(offer_id, -total, band) for total, offer_id, band in sorted(found)[:top]]
