"""A client that a generator makes of the API's description, without a hand-written line, does a partner's work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from requests_offers.models import CooperationRequest
from tests import factories as f
from tests.api.test_schema import secret_of
from tsc_portal.api.throttles import Window
from tsc_portal.api.views import described

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
HERE = Path(sys.executable).parent

# All that a partner writes: calls of the generated functions with the generated models.
WORK = """
import sys
from portal_client import AuthenticatedClient
from portal_client.api.imports import imports_create
from portal_client.api.offers import offers_list
from portal_client.api.requests import (
    requests_create, requests_list, requests_partial_update, requests_retrieve, requests_submit, requests_withdraw,
)
from portal_client.api.targets import targets_list
from portal_client.models import (
    ComponentInputRequest, ImportRowsInputRequest, PatchedRequestChangeRequest, ProblemRecord, RequestInputRequest,
    RequestsListOrdering, RequestWithdrawInputRequest, RequestWithdrawInputRequestReasonCode,
)

address, token = sys.argv[1:]
client = AuthenticatedClient(base_url=address, token=token, prefix="Token")
assert targets_list.sync(client=client).results[0].number == 6
need = ComponentInputRequest(title="Training", text="For gardeners.", targets=[6])
made = requests_create.sync(client=client, idempotency_key="a-key", body=RequestInputRequest(
    party="FJ", title="Seed banks", summary="Why.", priority_reason="Being revised.", components=[need]))
again = requests_create.sync(client=client, idempotency_key="a-key", body=RequestInputRequest(
    party="FJ", title="Seed banks", summary="Why.", priority_reason="Being revised.", components=[need]))
assert (made.status, made.reference) == ("draft", again.reference)
assert made.components[0].targets == [6]
changed = requests_partial_update.sync(
    client=client, reference=made.reference, body=PatchedRequestChangeRequest(title="Seed banks and nurseries"))
assert changed.title == "Seed banks and nurseries"
read = requests_retrieve.sync(client=client, reference=made.reference)
assert "submit" in read.open_steps and read.components[0].title == "Training"
assert requests_submit.sync(client=client, reference=made.reference).status == "submitted"
refused = requests_submit.sync(client=client, reference=made.reference)
assert isinstance(refused, ProblemRecord) and "withdraw" in refused.open_steps
listed = requests_list.sync(client=client, party="FJ", ordering=RequestsListOrdering("title"))
assert [row.reference for row in listed.results] == [made.reference]
assert offers_list.sync(client=client, page_size=1).count == 1
withdrawn = requests_withdraw.sync(
    client=client, reference=made.reference, body=RequestWithdrawInputRequest(
        reason_code=RequestWithdrawInputRequestReasonCode("solved")))
assert withdrawn.status == "withdrawn"
print(made.reference)
"""


def run(command, **more):
    environment = os.environ | {"PATH": f"{HERE}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, **more)


def test_a_generated_client_files_reads_and_steps_a_request(live_server, tmp_path, monkeypatch):
    monkeypatch.setattr(Window, "rate", lambda self: (10**9, 60))
    people = f.everyone_known()
    f.target(6)
    f.offer_in("published")
    description, package = tmp_path / "schema.json", tmp_path / "portal_client"
    description.write_text(json.dumps(described(), default=str))
    made = run([HERE / "openapi-python-client", "generate", "--path", description, "--meta", "none",
                "--output-path", package])  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Warning" not in made.stdout, made.stdout
    (tmp_path / "work.py").write_text(WORK)
    secret = secret_of(people.focal_point, "write")
    done = run([sys.executable, "work.py", live_server.url, secret], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    request = CooperationRequest.objects.by_reference(done.stdout.strip()).get()
    assert (request.title, request.status) == ("Seed banks and nurseries", "withdrawn")
