"""The API's description of itself: whole, true, and kept by the API under thousands of odd calls."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from django.core.servers.basehttp import WSGIRequestHandler

from requests_offers.api.previews import PreviewResource
from requests_offers.api.steps import ACTS, step_input
from requests_offers.lifecycle import TABLES
from tests import factories as f
from tsc_portal.api.resources import RESOURCES
from tsc_portal.api.throttles import Window
from tsc_portal.api.views import described


@pytest.fixture(scope="module")
def schema():
    return described()


def test_the_description_is_of_version_three_point_one_and_names_every_resource(schema):
    assert schema["openapi"].startswith("3.1")
    for resource in RESOURCES:
        assert f"/api/v1/{resource.plural}/" in schema["paths"]


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_every_operation_says_what_it_does_and_what_may_go_wrong(schema):
    found = dict(operations(schema))
    assert len(found) > 60
    for name, operation in found.items():
        assert operation.get("summary") or operation.get("description"), name
        assert {"400", "401", "404", "429"} <= set(operation["responses"]), name
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (name, parameter["name"])


def test_every_step_says_what_it_asks_for(schema):
    for noun, steps in ACTS.items():
        plural = {"match": "matches", "proposal": "joint-proposals", "approach": "approaches"}.get(noun, f"{noun}s")
        for name in steps:
            operation = schema["paths"][f"/api/v1/{plural}/{{reference}}/{name}/"]["post"]
            assert ("requestBody" in operation) == bool(step_input(noun, name)._declared_fields), (noun, name)
            assert operation["summary"] == str(TABLES[noun][name].label)


def test_every_example_fits_what_it_is_an_example_of(schema):
    plain = json.loads(json.dumps(schema, default=str))
    parts = plain["components"]["schemas"]
    assert all(part.get("examples") for part in parts.values() if part.get("properties"))
    for name, part in parts.items():
        whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": parts}}
        for example in part.get("examples", []):
            assert jsonschema_rs.is_valid(whole, example), name
    refused = plain["paths"]["/api/v1/requests/{reference}/submit/"]["post"]["responses"]["409"]
    assert refused["content"]["application/problem+json"]["example"]["open_steps"]


def test_operations_have_names_of_their_own(schema):
    names = [operation["operationId"] for _name, operation in operations(schema)]
    assert len(set(names)) == len(names)
    assert {"requests_list", "requests_submit", "matches_offer_to_both", "match_preview_create"} <= set(names)


def test_every_field_is_described(schema):
    silent = [
        f"{name}.{field}"
        for name, part in schema["components"]["schemas"].items()
        if not name.startswith("Paginated")
        for field, words in part.get("properties", {}).items()
        if not words.get("description")
    ]
    assert silent == []


@pytest.mark.django_db
def test_the_page_about_the_api_names_every_call_and_every_problem(client, schema):
    page = client.get("/api/docs/").content.decode()
    for path in schema["paths"]:
        if path not in ("/api/v1/", "/api/v1/schema/"):
            assert f">{path}</code>" in page
    for slug in ("invalid", "not-allowed", "illegal-step", "stale", "key-reused", "too-many-requests"):
        assert f'id="{slug}"' in page
    assert "<script" not in page.replace('<script src="/static/', "")


CALLERS = ("anonymous", "read", "write")
CONFIG = """
[checks.positive_data_acceptance]
# A body may fit the schema and still name a record that is not there (400), or a step that is not possible now (409).
expected-statuses = ["2xx", "304", "400", "401", "403", "404", "409", "412", "422"]
"""


@pytest.fixture
def quick_server(live_server, monkeypatch):
    """A server that throttles nobody and sends short answers at once."""
    monkeypatch.setattr(Window, "rate", lambda self: (10**9, 60))
    monkeypatch.setattr(PreviewResource, "waits_for", 0)  # there is no worker: each preview would be waited for
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True, raising=False)
    return live_server


def a_world():
    """Something of every kind, in several states; returns a focal point whose token is used."""
    people = f.everyone_known()
    f.constraint()
    f.engagement_in(match=f.match_in("agreed", offer=f.offer_in("published", people.organization)))
    for state in ("draft", "submitted", "clarification", "matching", "paused"):
        f.request_in(state)
    for state in ("draft", "in_verification", "paused"):
        f.offer_in(state, people.organization)
    f.match_in("offered")
    return people


# Minutes for each caller: with the long trials, by hand and before a release (make torture).
@pytest.mark.torture
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("caller", CALLERS)
def test_the_api_keeps_to_its_description(quick_server, tmp_path, caller):
    people = a_world()
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    command = [
        Path(sys.executable).with_name("st"), "--config-file", tmp_path / "schemathesis.toml", "run",
        f"{quick_server.url}/api/v1/schema/", "--max-examples", "20", "--seed", "1", "--workers", "1",
        "--generation-database", "none", "--no-color",
    ]  # fmt: skip
    if caller != "anonymous":
        command += ["--header", f"Authorization: Token {secret_of(people.focal_point, caller)}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-20000:]


def secret_of(user, scope):
    from accounts.models import ApiToken

    scopes = ["read", "write"] if scope == "write" else ["read"]
    return ApiToken.objects.create(user, scopes=scopes)[1]
