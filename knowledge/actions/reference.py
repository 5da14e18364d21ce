"""The reference table of programmes and partners: loaded with all others by `load_reference`."""

from pathlib import Path

from centres.actions.reference_tables import Table, day, plain, register

from ..models import Programme

FOLDER = Path(__file__).resolve().parent.parent / "reference"
WORDS = (
    "slug", "name", "acronym", "kind", "held_by", "about", "standing", "standing_note", "confidence", "eligibility",
    "how_to_apply", "url", "mechanism", "source",
)  # fmt: skip
PROGRAMMES = Table("programmes", Programme, ("slug",), {**dict.fromkeys(WORDS, plain), "as_of": day}, folder=FOLDER)


def register_tables() -> None:
    """Have the table loaded after those of the network."""
    register(PROGRAMMES)
