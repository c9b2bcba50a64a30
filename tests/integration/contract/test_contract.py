"""The services keep to their OpenAPI documents: these are valid, say what a client needs to know, and no generated request
gets an answer that they do not allow. Whatever service the shipped configuration names is looked at."""

import json
import sys
from pathlib import Path

import pytest

from harness import site as sites
from harness.gatehouse import run_command

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "contract"))
import document  # noqa: E402
import lints  # noqa: E402
import structure  # noqa: E402
from fuzz import Fuzzer  # noqa: E402

ASKED_ENOUGH = 30  # times, to have met something that is there


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """Of every service, as `gatehouse openapi` prints them for a configuration that has all in the process."""
    offline = sites.Site(tmp_path_factory.mktemp("documents"), sites.shipped_configuration())
    offline.write_routes()
    done = run_command("openapi", "--config", offline.routes_file, folder=offline.folder)
    assert done.returncode == 0, done.stderr
    documents = json.loads(done.stdout)
    assert documents.keys() == offline.configuration["services"].keys()
    return documents


def test_every_document_is_openapi_3_1(documents):
    assert {service: structure.problems(text) for service, text in documents.items()} == {service: [] for service in documents}


def test_every_document_says_what_a_client_needs_to_know(documents):
    assert {service: lints.problems(text) for service, text in documents.items()} == {service: [] for service in documents}


def test_no_operation_is_named_twice(documents):
    ids = [operation.id for operation in document.read(documents)]
    assert len(ids) == len(set(ids))


def test_no_generated_request_gets_an_answer_that_is_not_documented(site, documents, request):
    operations = document.read(documents)
    fuzzer = Fuzzer(operations, site.address, site.gateway.admin_address, sites.ADMIN_TOKEN, request.config.getoption("--seed"))
    found = fuzzer.run(request.config.getoption("--seconds"))
    print(fuzzer.report())
    assert not found, "\n\n".join(found)
    reads = [operation.name for operation in operations if operation.method == "GET" and not operation.internal]
    asked_enough = [name for name in reads if fuzzer.statuses[name].total() >= ASKED_ENOUGH]
    never = [name for name in asked_enough if not any(status < 300 for status in fuzzer.statuses[name])]
    assert len(never) <= len(asked_enough) / 5, f"never succeeded: {never}"  # some need what cannot be made up
