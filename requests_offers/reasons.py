"""Reasons people give when they refuse, decline or send back: codes that are counted, and their words."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

REFUSE_REQUEST = {
    "outside_scope": _("It is not technical and scientific cooperation under the Convention"),
    "not_endorsed": _("The office of the Party did not endorse it"),
    "covered_elsewhere": _("The same need is already being met elsewhere"),
    "too_vague": _("The need is not described well enough to be matched, even after a question"),
    "other": _("Another reason"),
}
REDIRECT = {
    "other_region": _("Another centre serves this Party"),
    "expertise": _("Another centre has the expertise"),
    "capacity": _("This centre cannot take it on in time"),
    "late": _("The date had passed without an answer"),
    "other": _("Another reason"),
}
WITHDRAW_REQUEST = {
    "solved": _("The need has been met in another way"),
    "priorities": _("Priorities have changed"),
    "mistake": _("It was filed by mistake"),
    "other": _("Another reason"),
}
OFFER_SENT_BACK = {
    "unclear": _("It is not clear what is offered"),
    "proof_missing": _("Evidence of the expertise is missing"),
    "wrong_fields": _("Targets, regions or languages do not fit the text"),
    "other": _("Another reason"),
}
OFFER_REFUSED = {
    "commercial": _("It is advertising"),
    "not_verified": _("The organization could not be verified"),
    "outside_scope": _("It is outside technical and scientific cooperation"),
    "other": _("Another reason"),
}
DECLINE_PROVIDER = {
    "no_capacity": _("No capacity at this time"),
    "outside_expertise": _("Outside our expertise"),
    "not_eligible": _("The Party or activity is not eligible"),
    "timing": _("The dates do not fit"),
    "language": _("No working language in common"),
    "costs": _("The costs cannot be covered"),
    "other": _("Another reason"),
}
DECLINE_PARTY = {
    "does_not_fit": _("The offer does not fit the need"),
    "other_partner": _("Another partner was chosen"),
    "timing": _("The dates do not fit"),
    "language": _("No working language in common"),
    "costs": _("The costs cannot be covered"),
    "conditions": _("The conditions are not acceptable"),
    "other": _("Another reason"),
}
RETRACT = {
    "changed": _("The request or the offer has changed"),
    "mistake": _("It was offered by mistake"),
    "no_answer": _("One side cannot be reached"),
    "other": _("Another reason"),
}
WITHDRAW_CALL = {
    "found": _("A partner was found in another way"),
    "changed": _("The need has changed"),
    "mistake": _("It was opened by mistake"),
    "other": _("Another reason"),
}
END_EARLY = {
    "funding": _("The money did not come"),
    "staff": _("The people left"),
    "circumstances": _("Circumstances beyond both sides"),
    "not_useful": _("It did not help"),
    "other": _("Another reason"),
}
# Said by the portal itself when one record changes because another did.
SYSTEM = {
    "request_paused": _("The request was paused"),
    "request_withdrawn": _("The request was withdrawn"),
    "request_answered": _("The request was answered directly"),
    "request_completed": _("The request was completed"),
    "offer_paused": _("The offer was paused"),
    "offer_expired": _("The offer expired"),
    "offer_withdrawn": _("The offer was withdrawn"),
    "conflict": _("A conflict of interest was declared"),
}

BY_STEP = {
    ("request", "refuse"): REFUSE_REQUEST,
    ("request", "redirect"): REDIRECT,
    ("request", "withdraw"): WITHDRAW_REQUEST,
    ("offer", "return_for_changes"): OFFER_SENT_BACK,
    ("offer", "refuse"): OFFER_REFUSED,
    ("match", "decline", "provider"): DECLINE_PROVIDER,
    ("match", "decline", "party"): DECLINE_PARTY,
    ("match", "retract"): RETRACT,
    ("engagement", "end_early"): END_EARLY,
    ("approach", "decline"): DECLINE_PROVIDER,
    ("call", "withdraw"): WITHDRAW_CALL,
}


def reason_label(code: str) -> str:
    """The words of a reason code, wherever it was given."""
    for table in (*BY_STEP.values(), SYSTEM):
        if code in table:
            return str(table[code])
    return code


reason_words = lazy(reason_label, str)  # for notices: each person reads a reason in their own language
