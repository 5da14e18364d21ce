"""A partner system that mirrors what it may see by following the changes, and dies now and then in the middle of it."""

import copy
import random


class Crash(Exception):
    """The power went out."""


class Follower:
    """What is `kept` survives a crash; the rest is in memory only. `get` is a Caller of the API."""

    def __init__(self, get, seed=0, crashes_in=0):
        self.get, self.chance, self.crashes_in = get, random.Random(seed), crashes_in
        self.kept = {"cursor": None, "records": {}}
        self.crashes = 0

    def follow(self, most=7):
        """Follow until nothing is waiting, however often it dies on the way."""
        while True:
            try:
                if not self._one_page(most):
                    return
            except Crash:
                self.crashes += 1

    def _one_page(self, most):
        work = copy.deepcopy(self.kept)
        query = {"page_size": most} | ({} if work["cursor"] is None else {"since": work["cursor"]})
        page = self.get("changes/", query).json()
        for change in page["results"]:
            self._maybe_crash()
            self._apply(work["records"], change)
            if self.chance.random() < 0.5:  # some keep their copies as they go, and the cursor only at the end
                self.kept["records"] = copy.deepcopy(work["records"])
        self._maybe_crash()
        work["cursor"] = page["cursor"]
        self.kept = work
        return page["has_more"] or page["results"]

    def _apply(self, records, change):
        key = change["type"], change["reference"]
        found = None
        if change["change"] == "changed":
            found = self.get(f"{change['type']}/{change['reference']}/")
        if found is not None and found.status_code == 200:
            records[key] = found.json()
        else:
            records.pop(key, None)

    def _maybe_crash(self):
        if self.crashes_in and self.chance.random() < 1 / self.crashes_in:
            raise Crash


def public_state(get, kinds):
    """Everything that these lists show, as single records."""
    state = {}
    for kind in kinds:
        page, number = {"next": True}, 0
        while page["next"]:
            number += 1
            page = get(f"{kind}/", {"page": number, "page_size": 100}).json()
            for row in page["results"]:
                code = row.get("reference") or row["slug"]
                state[kind, code] = get(f"{kind}/{code}/").json()
    return state
