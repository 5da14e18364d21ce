"""The weights of the score: everybody reads them, the coordinator changes them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, StaleWrite
from accounts.permissions import Permission, require

from ..actions import weights
from ..forms.weights import WeightsForm, proposed_in
from ..match_inputs import load_weights
from ..matching.records import CRITERIA, Weights
from ..models import Match, MatchWeights
from ..wording.criteria import explained

VERSIONS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def match_weights(request):
    """The form, and who changed what, when and why."""
    require(request.user, Permission.WEIGHTS_EDIT)
    current = load_weights()
    form = WeightsForm(request.POST) if request.method == "POST" else WeightsForm(initial=_initial(request, current))
    if form.is_bound and form.is_valid() and _changed(request, form):
        return redirect("match_weights")
    context = {
        "form": form,
        "current": current,
        "is_proposed": not form.is_bound and bool(proposed_in(request.GET)),
        "versions": _versions(MatchWeights.objects.select_related("created_by")),
        "criteria": CRITERIA,
        "still_to_score": weights.still_to_score(),
    }
    return render(request, "requests_offers/weights.html", context)


def _initial(request, current: Weights) -> dict:
    now = {name: current.of(name) for name in CRITERIA}
    return {"version": current.version} | now | proposed_in(request.GET)


def _changed(request, form) -> bool:
    """Add the version; what the action refuses becomes a sentence of the form, and nothing typed is lost."""
    said = {"reason": form.cleaned_data["reason"], "based_on": form.cleaned_data["version"]}
    try:
        made = weights.change(form.values, **said, by=request.user)
    except StaleWrite as error:
        form.add_error(None, str(error))
        form.data = form.data.copy()
        form.data["version"] = load_weights().version  # their version stands below the form; the next try builds on it
        return False
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(
        request, _("Version %(version)s is in force. Every need is being scored again.") % {"version": made.version}
    )
    return True


def _versions(rows) -> list[dict]:
    """The versions, newest first, with the start weights at the end; weights in the order of the criteria."""
    kept = list(rows.order_by("-version")[: VERSIONS_SHOWN + 1])
    found = [{"row": row, "version": row.version, "weights": _listed(row.values)} for row in kept[:VERSIONS_SHOWN]]
    if len(kept) <= VERSIONS_SHOWN and all(row.version > 1 for row in kept):
        found.append({"row": None, "version": 1, "weights": _listed(Weights().values)})
    return found


def _listed(values) -> list[tuple[str, float]]:
    return [(name, values.get(name, 0.0)) for name in CRITERIA]


@login_not_required
@require_safe
def how_the_score_works(request):
    """What each criterion looks at, what it weighs, and since when: in plain words, for everybody."""
    current = load_weights()
    scored = Match.objects.filter(scored_at__isnull=False).order_by("-pk")
    context = {
        "current": current,
        "criteria": explained(current),
        "versions": _versions(MatchWeights.objects.all()),
        "made_with": scored.values_list("versions", flat=True).first(),
    }
    return render(request, "requests_offers/weights_public.html", context)
