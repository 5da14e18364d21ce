"""Importing a file: all rows are checked first; then everything is stored in one transaction, or nothing is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.actions.imports import own_id, refuse_twice
from accounts.models import User
from accounts.outbox import nudge, quietly
from accounts.permissions import Permission, require
from accounts.sheets.cells import Row
from accounts.sheets.files import BadFile, Fault, read_file
from centres.models import Organization, Party, fold

from ...models import Component, CooperationRequest, MatchRun, Offer
from .. import offers as offer_steps
from .. import requests as request_steps
from ..drafts import start_offer, start_request
from ..scoring import queue_run
from .rows import Known, read_offer, read_request

RIGHT = Permission.REQUEST_IMPORT


@dataclass
class Report:
    """What an import did."""

    made: list
    known_before: int
    faults: list[Fault]


def import_requests(path: Path, *, by: User | None = None, state: str = "draft", skip_bad: bool = False) -> Report:
    """Import a file of requests as drafts, or take each to matching in the name of `by`. Raises BadFile, NotAllowed."""
    return _import(path, CooperationRequest, read_request, _store_request, by=by, state=state, skip_bad=skip_bad)


def import_offers(path: Path, *, by: User | None = None, state: str = "published", skip_bad: bool = False) -> Report:
    """Import a file of offers as drafts or published; providers that are not known are added, unverified."""
    return _import(path, Offer, read_offer, _store_offer, by=by, state=state, skip_bad=skip_bad)


def _import(
    path: Path, model: type[Any], read: Callable, store: Callable, *, by: User | None, state: str, skip_bad: bool
) -> Report:
    if by is not None:
        require(by, RIGHT)
    table, known = read_file(path), Known()
    entries, faults = [], list(table.faults)
    seen: dict[str, int] = {}
    for number, values in table.rows:
        row = Row(number, values)
        entry = read(row, known)
        entry["external_id"] = entry["external_id"] or own_id(values)
        refuse_twice(row, entry["external_id"], seen)
        faults += row.faults
        if not row.faults:
            entries.append(entry)
    if faults and not (skip_bad and entries):
        raise BadFile(sorted(faults))
    with transaction.atomic():
        return _store_all(entries, model, store, known, by, state, sorted(faults))


def _store_all(
    entries: list[dict[str, Any]],
    model: type[Any],
    store: Callable[..., Any],
    known: Known,
    by: User | None,
    state: str,
    faults: list[Fault],
) -> Report:
    """Store what is new, then ask the worker once for every need concerned."""
    ids = [entry["external_id"] for entry in entries if entry["external_id"]]
    there = set()
    for start in range(0, len(ids), 500):
        there |= set(
            model.objects.filter(external_system="", external_id__in=ids[start : start + 500]).values_list(
                "external_id", flat=True
            )
        )
    new = [entry for entry in entries if entry["external_id"] not in there]
    with quietly():
        made = [store(entry, known, by, state) for entry in new]
    if state == "published" and made:
        for component in Component.objects.scored().order_by("pk"):
            queue_run(component, cause="offers imported")
    _nudge_waiting(made)
    return Report(made, len(entries) - len(new), faults)


def _nudge_waiting(made: list) -> None:
    """Runs that were queued without a nudge get theirs after commit."""
    if made and isinstance(made[0], CooperationRequest):
        waiting = MatchRun.objects.filter(state="queued", component__request__in=[request.pk for request in made])
        for run in waiting.order_by("pk"):
            nudge(run)


def _store_request(entry: dict, known: Known, by: User | None, state: str) -> CooperationRequest:
    extra = {"external_id": entry["external_id"]}
    request = start_request(entry["party"], by=by, data=entry["data"], permission=RIGHT, **extra)
    if state == "matching":
        request_steps.submit(request, by=by, permission=RIGHT)
        request_steps.accept(request, by=by, permission=RIGHT)
    return request


def _store_offer(entry: dict, known: Known, by: User | None, state: str) -> Offer:
    organization = _provider(entry["provider"], entry["seat"], known)
    offer = start_offer(organization, by=by, data=entry["data"], permission=RIGHT, external_id=entry["external_id"])
    if state == "published":
        offer_steps.submit(offer, by=by, permission=RIGHT)
        offer_steps.publish(offer, by=by, permission=RIGHT, spread=False)
    return offer


def _provider(name: str, seat: Party | None, known: Known) -> Organization:
    """The organization with this name or slug; a new one is added without verification."""
    found = known.organizations.get(fold(name)) or known.organizations.get(name)
    if found is None:
        found = Organization.objects.create(
            slug=_free_slug(name, known), name=name, party=seat, source="Imported with its offers"
        )
        known.organizations[fold(name)] = known.organizations[found.slug] = found
    return found


def _free_slug(name: str, known: Known) -> str:
    base = slugify(name)[:70] or "organization"
    slug, number = base, 2
    while slug in known.organizations or Organization.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
