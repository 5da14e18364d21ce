"""The criteria of the score in plain words."""

from django.utils.translation import gettext_lazy as _

from ..matching.records import CRITERIA, Weights

LOOKS_AT = {
    "text": _(
        "Both texts are compared by meaning, across the six languages of the United Nations, with a dictionary of "
        "environmental words. Each pair of languages has its own scale, so that no language is at an advantage."
    ),
    "targets": _("How many of the targets that the need names the offer covers."),
    "subjects": _("How many of the subjects that the need names the offer covers."),
    "cooperation_types": _("How many of the forms of cooperation that the need asks for the offer provides."),
    "region": _(
        "Whether the offer serves the Party or its region, and whether the partnership has the form that was asked "
        "for. South–South cooperation counts where none was."
    ),
    "language": _("Whether both have a working language in common."),
    "dates": _("Whether the dates overlap. An open end is open."),
    "budget": _("Whether the costs fit what the Party can pay itself."),
}


def explained(weights: Weights) -> list[dict]:
    """Each criterion with its weight, its points of 100 and what it looks at; those without weight come with zero."""
    whole = sum(weights.of(name) for name in CRITERIA) or 1.0
    return [
        {
            "name": name,
            "weight": weights.of(name),
            "points": round(100 * weights.of(name) / whole, 1),
            "looks_at": LOOKS_AT[name],
        }
        for name in CRITERIA
    ]
