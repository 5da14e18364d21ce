"""What happens before the first page: the environment, the catalogues, and what is done again only when it changed."""

import gettext
import os

import pytest
from babel.messages.catalog import Catalog

from tsc_portal import catalogues, install, marks, messages, prepare, pulse

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Request"
msgstr "Demande"

#, fuzzy
msgid "Offer"
msgstr "Offre ?"

#, python-format
msgid "%(count)s offers"
msgstr "{}"
"""


@pytest.fixture
def locale(tmp_path):
    """A folder with one French catalogue; the text of its last message can be chosen."""

    def write(translation="%(count)s offres"):
        source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(CATALOGUE.format(translation))
        return tmp_path

    return write


def test_a_catalogue_is_compiled_without_what_is_uncertain(locale):
    folder = locale()
    assert len(catalogues.compile_stale(folder)) == 1
    french = gettext.translation("django", folder, ["fr"])
    assert french.gettext("Request") == "Demande"
    assert french.gettext("Offer") == "Offer"


def test_a_catalogue_that_did_not_change_is_left_alone(locale):
    folder = locale()
    catalogues.compile_stale(folder)
    assert catalogues.compile_stale(folder) == []
    compiled = folder / "fr" / "LC_MESSAGES" / "django.mo"
    os.utime(compiled, (1, 1))
    assert len(catalogues.compile_stale(folder)) == 1


def test_every_kind_of_message_is_collected():
    found = messages.collected()
    assert found.get("Requests") is not None  # a template, a form and a model
    assert any(isinstance(message.id, tuple) for message in found)
    assert len(found) > 4_000


def test_faults_of_a_catalogue_are_named(locale):
    wanted = Catalog()
    for text in ("Request", "Workplan", ("%(count)s offer", "%(count)s offers")):
        wanted.add(text)
    found = catalogues.faults(locale("%(number)s offres"), wanted)
    assert len(found) == 4
    assert "not translated: Workplan" in found[0]
    assert "not translated: ('%(count)s offer'" in found[1]
    assert "uncertain" in found[2]
    assert "%(count)s offers" in found[1]


def test_the_fingerprint_follows_names_and_contents(tmp_path):
    file = tmp_path / "app.css"
    file.write_text("a{}")
    first = prepare.fingerprint(tmp_path)
    assert prepare.fingerprint(tmp_path) == first
    file.write_text("b{}")
    second = prepare.fingerprint(tmp_path)
    file.rename(tmp_path / "new.css")
    assert len({first, second, prepare.fingerprint(tmp_path)}) == 3


def test_what_was_done_is_remembered_until_it_changes(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    kept = marks.kept("static-files")
    assert not kept.is_same("one")
    kept.keep("one")
    assert marks.kept("static-files").is_same("one")
    assert not marks.kept("static-files").is_same("two")


def test_requirements_are_installed_again_when_they_change(monkeypatch, tmp_path):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "ENVIRONMENT", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("django==5.2 --hash=sha256:0")
    assert not install.is_installed("base")
    install.stamp("base").write_text(install.digest("base"))
    assert install.is_installed("base")
    (tmp_path / "requirements" / "base.txt").write_text("django==5.2.1 --hash=sha256:1")
    assert not install.is_installed("base")


def test_an_environment_without_a_running_interpreter_is_not_whole(monkeypatch, tmp_path):
    assert install.is_whole() or not install.PYTHON.exists()
    monkeypatch.setattr(install, "PYTHON", tmp_path / "python")
    assert not install.is_whole()
    install.PYTHON.write_text("#!/bin/sh\nexit 1\n")
    install.PYTHON.chmod(0o755)
    assert not install.is_whole()


def test_a_worker_shows_its_pulse_when_it_takes_up_a_task(monkeypatch, tmp_path):
    monkeypatch.setenv("TSC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TSC_QUEUE", "bulk")
    assert not pulse.is_alive(tmp_path, "bulk")
    pulse.touch()
    assert pulse.is_alive(tmp_path, "bulk")
    assert not pulse.is_alive(tmp_path, "quick")
    os.utime(pulse.pulse_file(tmp_path, "bulk"), (1, 1))
    assert not pulse.is_alive(tmp_path, "bulk")
