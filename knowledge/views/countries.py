"""A country's commitments and key players: everybody reads them, the office and the coordinator keep them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError
from accounts.permissions import Permission, can, require
from centres.models import Party

from ..actions import commitments
from ..forms.countries import CommitmentForm, KeyPlayerForm
from ..models import Commitment, KeyPlayer


class Kind(NamedTuple):
    """What one list of a country holds: its rows, its form, its actions, its words."""

    model: Any
    form: Callable[..., Any]
    save: Callable[..., Any]
    remove: Callable[..., None]
    new: str | Promise
    change: str | Promise


KINDS = {
    "commitments": Kind(
        Commitment,
        lambda data, party, row: CommitmentForm(data, row=row),
        commitments.save_commitment,
        commitments.remove_commitment,
        gettext_lazy("Add a commitment"),
        gettext_lazy("Change a commitment"),
    ),
    "key-players": Kind(
        KeyPlayer,
        lambda data, party, row: KeyPlayerForm(data, party=party, row=row),
        commitments.save_key_player,
        commitments.remove_key_player,
        gettext_lazy("Name a key player"),
        gettext_lazy("Change a key player"),
    ),
}


@login_not_required
@require_safe
def country_records(request, iso2):
    """All commitments and key players of a Party."""
    party = get_object_or_404(Party.objects.current(), iso2=iso2)
    context = {"party": party, **records_of(party), "may_edit": can(request.user, Permission.COUNTRY_EDIT, party)}
    return render(request, "knowledge/country_records.html", context)


def records_of(party: Party) -> dict[str, Any]:
    """What the page of a country shows of both."""
    rows = party.commitments.prefetch_related("targets").in_order()
    players = party.key_players.select_related("organization").in_order()
    return {"commitments": list(rows), "key_players": list(players)}


@require_http_methods(["GET", "POST"])
def country_record_new(request, iso2, kind):
    """Add one."""
    return _edit(request, _party(request, iso2), kind, None)


@require_http_methods(["GET", "POST"])
def country_record(request, iso2, kind, pk):
    """Mend one."""
    party = _party(request, iso2)
    return _edit(request, party, kind, get_object_or_404(_kind(kind).model, pk=pk, party=party))


@require_http_methods(["GET", "POST"])
def country_record_remove(request, iso2, kind, pk):
    """Ask once, then take one out."""
    party = _party(request, iso2)
    row = get_object_or_404(_kind(kind).model, pk=pk, party=party)
    if request.method == "POST":
        _kind(kind).remove(row, by=request.user)
        messages.success(request, _("It is taken out of the list."))
        return redirect("country_records", party.iso2)
    return render(request, "knowledge/country_record_remove.html", {"party": party, "row": row, "kind": kind})


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _party(request: Any, iso2: str) -> Party:
    party = get_object_or_404(Party.objects.current(), iso2=iso2)
    require(request.user, Permission.COUNTRY_EDIT, party)
    return party


def _edit(request: Any, party: Party, kind: str, row: Any) -> Any:
    what = _kind(kind)
    form = what.form(request.POST or None, party, row)
    if form.is_valid():
        try:
            what.save(party, by=request.user, data=form.cleaned_data, row=row)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is listed on the page of the country."))
            return redirect("country_records", party.iso2)
    heading = what.change if row else what.new
    context = {"form": form, "party": party, "row": row, "kind": kind, "heading": heading}
    return render(request, "knowledge/country_record.html", context)
