"""References such as REQ-000042: a prefix and a number, never shortened, never reused."""

import re

PATTERN = re.compile(r"([A-Z]{3})-(\d{6,12})(?:-(\d{1,3}))?")


def make_reference(prefix: str, number: int) -> str:
    """The reference of the record with this number."""
    return f"{prefix}-{number:06d}"


def number_in(prefix: str, reference: str) -> int | None:
    """The number in a reference with this prefix; None where it is not one."""
    found = PATTERN.fullmatch(reference)
    if not found or found[1] != prefix or found[3] is not None:
        return None
    number = int(found[2])
    return number if number < 2**63 and make_reference(prefix, number) == reference else None
