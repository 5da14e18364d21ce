"""The difference of two snapshots: complete, applicable, and about records rather than places."""

from copy import deepcopy
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import some
from workplans.diff import ABSENT, Added, Changed, Moved, Removed, apply, diff, is_same

TEXTS = ["", "Reefs", "Survey of seagrass", "مسح الأعشاب البحرية", "海草调查", "=1+1", "Reefs "]
FIELDS = ["title", "description", "targets", "amount", "is_essential", "outcome"]
LISTS = ["activities", "budget_lines", "indicators"]


def value(chance):
    """Any value that a field of a snapshot can have, odd ones too."""
    text = chance.choice(TEXTS)
    return chance.choice([text, None, True, False, 0, 1, -3, [text], [text, "x"], [], {text: text}, {}])


def plan(activities=4):
    """A snapshot of the same build as a workplan's: lists of records within records."""
    return {
        "title": "Workplan",
        "rates": {"EUR": "1.10"},
        "activities": [
            {
                "reference": f"ACT-{number:06}",
                "title": f"Activity {number}",
                "targets": ["3", "4"],
                "is_essential": True,
                "budget_lines": [{"reference": f"BL-{10 * number + line:06}", "amount": "100.00"} for line in range(3)],
            }
            for number in range(activities)
        ],
        "indicators": [],
    }


@st.composite
def edited(draw, least=0, most=200):
    """Up to 200 edits of any kind at any place: fields set and taken away, records added, removed, moved."""
    chance = Random(draw(st.integers(0, 2**32)))
    snapshot = plan(draw(st.integers(0, 6)))
    for number in range(draw(st.integers(least, most))):
        _edit(chance, snapshot, number)
    return snapshot


def _edit(chance, snapshot, number):
    record = chance.choice(_records(snapshot))
    kind = chance.choice(["set", "set", "unset", "add", "remove", "move"])
    if kind == "set":
        record[chance.choice(FIELDS)] = value(chance)
    elif kind == "unset":
        record.pop(chance.choice(FIELDS), None)
    else:
        _edit_list(chance, record, kind, number)


def _edit_list(chance, record, kind, number):
    records = record.setdefault(chance.choice(LISTS), [])
    if kind == "add":
        made = {"reference": f"NEW-{number}", chance.choice(FIELDS): value(chance)}
        records.insert(chance.randint(0, len(records)), made)
    elif records:
        taken = records.pop(chance.randrange(len(records)))
        if kind == "move":
            records.insert(chance.randint(0, len(records)), taken)


def _records(snapshot):
    """All dictionaries of a snapshot that are records."""
    found = [snapshot]
    for value in snapshot.values():
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            found += [inner for one in value for inner in _records(one)]
    return found


@some(100)
@given(edited(least=200))
def test_the_difference_of_200_edits_applied_gives_the_new_snapshot(new):
    old = plan()
    untouched = deepcopy(old)
    changes = diff(old, new)
    assert is_same(apply(changes, old), new)
    assert old == untouched
    assert (changes == []) == is_same(old, new)


@some(100)
@given(edited(most=40), edited(most=40))
def test_any_two_snapshots_can_be_compared_both_ways(one, other):
    assert is_same(apply(diff(one, other), one), other)
    assert is_same(apply(diff(other, one), other), one)


@given(st.permutations(range(6)))
def test_an_order_is_told_in_the_fewest_moves(order):
    old = plan(6)
    new = {**old, "activities": [old["activities"][place] for place in order]}
    moves = diff(old, new)
    assert all(isinstance(move, Moved) for move in moves)
    assert apply(moves, old) == new
    longest = max(len(kept) for bits in range(64) if (kept := [p for p in order if bits >> p & 1]) == sorted(kept))
    assert len(moves) == 6 - longest


def test_each_kind_of_change_is_told_once():
    old, new = plan(3), plan(3)
    removed = new["activities"].pop(1)
    new["activities"].reverse()
    new["activities"][0]["title"] = "Reefs"
    new["activities"][0]["budget_lines"][1]["amount"] = "120.00"
    new["activities"].append({"reference": "ACT-000009", "title": "New"})
    new["rates"]["CHF"] = "1.2"
    assert diff(old, new) == [
        Changed(("rates",), "CHF", ABSENT, "1.2"),
        Removed(("activities",), "ACT-000001", 1, removed),
        Moved(("activities",), "ACT-000002", 2, 0),
        Changed(("activities", "ACT-000002"), "title", "Activity 2", "Reefs"),
        Changed(("activities", "ACT-000002", "budget_lines", "BL-000021"), "amount", "100.00", "120.00"),
        Added(("activities",), "ACT-000009", 2, {"reference": "ACT-000009", "title": "New"}),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": 1}, {"a": True}),
        ({"a": None}, {}),
        ({"a": []}, {"a": {}}),
        ({"a": [{"reference": "X"}]}, {"a": [{"reference": "X"}, {"reference": "X"}]}),
        ({"a": [{"reference": "X"}]}, {"a": ["X"]}),
        ({"a": [{"title": "no reference"}]}, {"a": [{"title": "none either"}]}),
        ({"a": {"b": [{"reference": "X", "n": 1}]}}, {"a": {"b": [{"reference": "X", "n": 2}]}}),
    ],
)
def test_odd_values_are_told_apart(old, new):
    assert diff(old, new) != []
    assert is_same(apply(diff(old, new), old), new)


def test_the_same_is_no_difference():
    assert diff(plan(), plan()) == []
