"""Reasons for which an office sends back or refuses a project: codes that are counted, and their words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSE_PROJECT = {
    "not_here": _("It is not carried out in this country"),
    "outside_scope": _("It has nothing to do with biodiversity"),
    "twice": _("It stands in the registry already"),
    "not_real": _("It could not be confirmed that it exists"),
    "over": _("It is no longer to be shown"),
    "other": _("Another reason"),
}
CHANGE_PROJECT = {
    "facts": _("Facts have to be corrected"),
    "missing": _("Something important is missing"),
    "words": _("The text is advertising or hard to understand"),
    "partners": _("Partners or funders have to be named correctly"),
    "outdated": _("It is out of date"),
    "other": _("Another reason"),
}
BY_STEP = {"refuse": REFUSE_PROJECT, "request_change": CHANGE_PROJECT}


def reason_label(code: str) -> str | Promise:
    """The words of a reason code, in the language of whoever reads them."""
    for table in BY_STEP.values():
        if code in table:
            return table[code]
    return code
