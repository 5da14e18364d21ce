"""docs/states.md is written from the step tables."""

from pathlib import Path

from django.core.management import call_command

from requests_offers.states_page import states_page
from tsc_portal.management.commands.write_states import TABLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_the_page_in_the_repository_is_the_one_that_the_tables_give():
    assert PAGE.read_text(encoding="utf-8") == states_page(TABLES)


def test_every_step_stands_on_the_page_with_its_states():
    page = states_page(TABLES)
    for noun, table in TABLES.items():
        assert f"## {noun.capitalize()}" in page
        for step in table.values():
            assert f"| {step.name} | {', '.join(sorted(map(str, step.sources)))} |" in page


def test_the_command_writes_the_page(tmp_path, monkeypatch, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    call_command("write_states")
    assert (tmp_path / "docs" / "states.md").read_text(encoding="utf-8") == states_page(TABLES)
