"""The shape of the code: who may import whom, no cycle anywhere, nothing too long. Each rule is also seen to fail."""

import ast
import shutil
import statistics
import subprocess
import sys
import textwrap
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("tsc_portal", "workplans", "requests_offers", "knowledge", "centres", "accounts")
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 10
SLOW_OR_OPTIONAL = {"ortools", "sentence_transformers"}


def lint(folder):
    """Run the contracts of pyproject.toml on the packages in a folder; returns exit code and report."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def own_files():
    return [
        file for package in (*PACKAGES, "tests") for file in sorted((ROOT / package).rglob("*.py")) if not_made(file)
    ]


def not_made(file):
    return "migrations" not in file.parts


def functions(file):
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node):
    return node.end_lineno - node.lineno + 1


def import_cycle(packages, **options):
    """The modules of one import cycle, imports inside functions included; empty if there is none."""
    graph = grimp.build_graph(*packages, cache_dir=None, **options)
    above = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(above).prepare()
    except CycleError as error:
        return error.args[1]
    return []


# The contracts of pyproject.toml --------------------------------------------------------------------------------------


def test_the_contracts_are_kept():
    code, report = lint(ROOT)
    assert code == 0, report


@pytest.fixture
def small_house(tmp_path):
    """A house with the same rooms and the same contracts, with nothing in it yet."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in (*PACKAGES, "requests_offers/matching"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    return tmp_path


def put(house, path, code):
    file = house / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(textwrap.dedent(code))


def test_an_empty_house_keeps_the_contracts(small_house):
    code, report = lint(small_house)
    assert code == 0, report


@pytest.mark.parametrize(
    ("broken", "path", "line"),
    [
        ("dependencies point one way", "accounts/models.py", "import centres.models"),
        ("dependencies point one way", "centres/models.py", "def f():\n    import requests_offers.models"),
        ("dependencies point one way", "workplans/views.py", "import tsc_portal.urls"),
        ("Inside requests_offers", "requests_offers/models.py", "import requests_offers.actions"),
        ("Inside requests_offers", "requests_offers/views.py", "import requests_offers.api"),
        ("Inside requests_offers", "requests_offers/matching/rank.py", "import requests_offers.models"),
        ("dependencies point one way", "knowledge/models.py", "import requests_offers.models"),
        ("Inside knowledge", "knowledge/lifecycle.py", "import knowledge.models"),
        ("Inside centres", "centres/models.py", "import centres.views"),
        ("Inside accounts", "accounts/errors.py", "import accounts.permissions"),
        ("Inside workplans", "workplans/models.py", "import workplans.views"),
        ("Inside workplans", "workplans/helpers.py", ""),
        ("knows no framework", "requests_offers/matching/rank.py", "from django.utils import timezone"),
        ("knows no framework", "requests_offers/matching/rank.py", "import celery"),
    ],
)
def test_a_contract_can_break(small_house, broken, path, line):
    for module in ("centres/models", "centres/views", "workplans/views", "accounts/permissions", "tsc_portal/urls"):
        put(small_house, f"{module}.py", "")
    for module in ("models", "actions", "views", "api"):
        put(small_house, f"requests_offers/{module}.py", "")
    put(small_house, "knowledge/models.py", "")
    put(small_house, path, line)
    code, report = lint(small_house)
    assert code == 1, report
    assert broken in " ".join(report.split()).partition("Broken contracts")[2]


# Cycles ---------------------------------------------------------------------------------------------------------------


def test_no_module_imports_itself_in_a_circle():
    assert import_cycle(PACKAGES) == []


def test_a_circle_through_an_import_inside_a_function_is_found(tmp_path, monkeypatch):
    put(tmp_path, "circular_house/__init__.py", "")
    put(tmp_path, "circular_house/one.py", "import circular_house.two")
    put(tmp_path, "circular_house/two.py", "def late():\n    import circular_house.one")
    monkeypatch.syspath_prepend(tmp_path)
    assert set(import_cycle(["circular_house"])) == {"circular_house.one", "circular_house.two"}


# Length ---------------------------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_one_noun_needs():
    lines = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in own_files()}
    assert {file: count for file, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen_or_two():
    long = {
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}": length(node)
        for file in own_files()
        for node in functions(file)
        if length(node) > LONGEST_FUNCTION
    }
    assert long == {}


def test_most_functions_are_short():
    lengths = [length(node) for file in own_files() if "tests" not in file.parts for node in functions(file)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION


def late_imports(node):
    """The packages that a function imports when it is called."""
    parts = [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
    names = [alias.name for part in parts if isinstance(part, ast.Import) for alias in part.names]
    names += ["." * part.level + (part.module or "") for part in parts if isinstance(part, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_imports_stand_at_the_top():
    """Inside functions only where Django asks for it, and for libraries that are slow to load or may be missing."""
    inside = {
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in own_files()
        if "tests" not in file.parts
        for node in functions(file)
        if node.name != "ready" and late_imports(node) - SLOW_OR_OPTIONAL
    }
    assert inside == set()
