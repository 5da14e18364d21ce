"""Reasons that donors and centres give, as codes that are counted, and their words."""

from django.utils.translation import gettext_lazy as _

REFUSE_PLEDGE = {
    "conditions": _("The conditions cannot be accepted"),
    "covered": _("The money has been found elsewhere"),
    "rules": _("The host may not take money from this source"),
    "no_document": _("The commitment could not be confirmed"),
    "other": _("Another reason"),
}
WITHDRAW_PLEDGE = {
    "budget": _("The budget was not granted"),
    "priorities": _("Priorities have changed"),
    "no_agreement": _("No agreement was reached"),
    "mistake": _("It was made by mistake"),
    "other": _("Another reason"),
}
BY_STEP = {"refuse": REFUSE_PLEDGE, "withdraw": WITHDRAW_PLEDGE}
