"""The checks themselves: each finds what it is for. A checker that finds nothing anywhere is no checker."""

import copy
import json
import random
from pathlib import Path

import document
import judge
import lints
import pictures
import pytest
import structure
from case import Case
from fuzz import Fuzzer
from plan import Planner, meaning
from values import MISSING, Values
from wire import Answer

GOLDEN = Path(__file__).resolve().parents[1] / "unit" / "sdk" / "service" / "openapi_golden.json"
SAMPLE = json.loads((Path(__file__).resolve().parent / "sample.openapi.json").read_text())
OPERATIONS = {operation.name: operation for operation in document.read({"notes": SAMPLE})}
PROBLEM = {"type": "about:blank", "title": "Not Found", "status": 404}
NOTE = {"id": 7, "text": "hello", "kind": "short", "parent": None}


def changed(*path, to=MISSING):
    """The sample with one part replaced, or left out."""
    result = copy.deepcopy(SAMPLE)
    node = result
    for name in path[:-1]:
        node = node[name]
    if to is MISSING:
        del node[path[-1]]
    else:
        node[path[-1]] = to
    return result


GET = ("paths", "/notes/{id}", "get")
POST = ("paths", "/notes", "post")
SCHEMA = ("components", "schemas", "Note")


def test_the_sample_is_as_it_should_be():
    assert structure.problems(SAMPLE) == [] and lints.problems(SAMPLE) == []


def test_what_the_sdk_writes_is_openapi():
    assert structure.problems(json.loads(GOLDEN.read_text())) == []


@pytest.mark.parametrize("wrong, what", [
    (changed("openapi", to="3.0.3"), "is not 3.1"), (changed("openapi"), "openapi is missing"), (changed("info", "title"), "title is missing"),
    (changed("info", to=[]), "must be an object"), (changed("paths", to=[]), "must be a dict"), (changed("pathes", to={}), "no field of a document"),
    (changed(*GET, "responses"), "responses is missing"), (changed(*GET, "summery", to="x"), "no field of a operation"), (changed(*GET, "tags", to="x"), "must be a list"),
    (changed(*GET, "responses", "200", "description"), "description is missing"), (changed(*GET, "responses", "2000", to={"description": "x"}), "is no status"),
    (changed(*GET, "parameters", 0, "required", to=False), "must be required"), (changed(*GET, "parameters", 0, "name", to="other"), "its path parameters are"),
    (changed(*GET, "parameters", 0, "in", to="body"), "a parameter in body"), (changed(*GET, "parameters", 0, "schema"), "schema is missing"),
    (changed(*GET, "operationId", to="post_notes"), "is that of"), (changed(*GET, "security", to=[{"cookie": []}]), "no security scheme cookie"),
    (changed("paths", "/notes/{other}", to={}), "are the same"), (changed("paths", "notes", to={}), "does not begin with /"),
    (changed(*SCHEMA, "type", to="objekt"), "is not valid under any"), (changed(*SCHEMA, "propertees", to={}), "is no keyword"),
    (changed(*SCHEMA, "properties", "id", "minimum", to="0"), "is not of type"), (changed(*SCHEMA, "properties", "id", to={"$ref": "#/components/schemas/Id"}), "leads nowhere"),
    (changed("components", "schemas", "a b", to={}), "is no name"),
])
def test_finds_what_is_no_openapi(wrong, what):
    found = structure.problems(wrong)
    assert any(what in text for text in found), found


@pytest.mark.parametrize("wrong, what", [
    (changed(*GET, "operationId"), "operationId is missing"), (changed(*GET, "summary"), "summary is missing"), (changed(*GET, "tags"), "tags is missing"),
    (changed(*GET, "security"), "security is missing"), (changed(*GET, "parameters", 0, "description"), "id is not described"),
    (changed(*GET, "responses", "200"), "it never succeeds"), (changed(*GET, "responses", "default"), "default is missing"), (changed(*GET, "responses", "404"), "404 is missing"),
    (changed(*GET, "responses", "200", "content", "application/json", to={}), "has no schema"), (changed(*GET, "responses", "200", "content", "application/json", "schema", to={}), "may be anything"),
    (changed(*POST, "responses", "401"), "401 is missing"), (changed(*POST, "responses", "415"), "415 is missing"), (changed(*POST, "requestBody", "content", to={}), "of no kind"),
    (changed(*SCHEMA, "properties", "text", "examples", to=["x" * 99]), "the example"), (changed("components", "schemas", "Other", to={}), "nobody refers to it"),
])
def test_finds_what_a_client_would_miss(wrong, what):
    found = lints.problems(wrong)
    assert any(what in text for text in found), found


# ---- the judge


def answer(status, body=b"", media_type=None, **headers):
    if not isinstance(body, bytes):
        body, media_type = json.dumps(body).encode(), media_type or ("application/json" if status < 400 else "application/problem+json")
    pairs = [("content-type", media_type)] if media_type else []
    return Answer(status, pairs + [(name.replace("_", "-"), value) for name, value in headers.items()], body)


def case(name, flaws=(), **more):
    operation = OPERATIONS[name]
    return Case(operation, "user", operation.method, operation.path, flaws=list(flaws), **more)


SHOW, ADD, LIVE = "GET /notes/{id}", "POST /notes", "GET /live"
GOOD = [
    (case(SHOW), answer(200, NOTE, etag='"1"')), (case(SHOW), answer(304, etag='"1"')), (case(SHOW), answer(404, PROBLEM)),
    (case(SHOW), answer(404, {**PROBLEM, "reason": "no_route"}, gatehouse_error="no_route")),
    (case(ADD), answer(201, NOTE, location="/notes/7")), (case(ADD, ["nobody asks"]), answer(401, {**PROBLEM, "status": 401}, www_authenticate="Bearer")),
    (case(ADD, ["nobody asks"]), answer(413, {**PROBLEM, "status": 413, "reason": "too_large"}, gatehouse_error="too_large")),
    (case(ADD, ["nobody asks"], headers=[("Cookie", "session=abc")]), answer(403, {**PROBLEM, "status": 403})),
    (case(ADD, value={"unknown_member": "x"}, body=b'{"unknown_member":"x"}'), answer(413, {**PROBLEM, "status": 413})),
    (case(LIVE), answer(200, media_type="text/event-stream")),
]


@pytest.mark.parametrize("asked, got", GOOD, ids=range(len(GOOD)))
def test_lets_a_documented_answer_pass(asked, got):
    assert judge.complaints(asked, got) == []


@pytest.mark.parametrize("asked, got, what", [
    (case(SHOW), answer(500, {**PROBLEM, "status": 500}), "answered 500"), (case(SHOW), answer(503, {**PROBLEM, "status": 503}, retry_after="1"), "answered 503"),
    (case(SHOW), answer(202, NOTE), "202 is not documented"), (case(SHOW), answer(200, NOTE), "ETag is missing"),
    (case(SHOW), answer(200, {**NOTE, "id": "7"}, etag='"1"'), "is not of type 'integer'"), (case(SHOW), answer(200, {"id": 7}, etag='"1"'), "required property"),
    (case(SHOW), answer(200, {**NOTE, "password": "x"}, etag='"1"'), "'password' was unexpected"), (case(SHOW), answer(200, {**NOTE, "kind": "odd"}, etag='"1"'), "is not one of"),
    (case(SHOW), answer(200, {**NOTE, "parent": {**NOTE, "secret": 1}}, etag='"1"'), "is not valid under any"), (case(SHOW), answer(200, {**NOTE, "id": 2**63}, etag='"1"'), "is not a 'int64'"),
    (case(SHOW), answer(200, b'{"id":7', "application/json", etag='"1"'), "is no JSON"), (case(SHOW), answer(200, b'{"id":NaN}', "application/json", etag='"1"'), "is no JSON"),
    (case(SHOW), answer(200, b"", etag='"1"'), "no media type"), (case(SHOW), answer(200, b"hello", "text/plain", etag='"1"'), "text/plain is not documented"),
    (case(SHOW), answer(304, b"x", etag='"1"'), "304 with a body"), (case(SHOW), answer(404, {"title": "x"}), "required property"), (case(SHOW), answer(404, {**PROBLEM, "status": 403}), "the problem says 403"),
    (case(SHOW), answer(404, b"<html>", "text/html"), "text/html is not documented"), (case(SHOW), answer(404, {**PROBLEM, "detail": "SQLITE_BUSY in x.cpp"}), "it tells what is inside"),
    (case(SHOW), answer(404, b"not found", "text/plain", gatehouse_error="no_route"), "a refusal as text/plain"), (case(SHOW), answer(405, {**PROBLEM, "status": 405}, gatehouse_error="x"), "Allow is missing"),
    (case(SHOW), answer(409, {**PROBLEM, "status": 409}, gatehouse_error="x"), "the gateway answered 409"), (case(SHOW), answer(410, {**PROBLEM, "status": 410}), "410 is not documented"),
    (case(ADD), answer(201, NOTE), "Location is missing"), (case(ADD), answer(401, {**PROBLEM, "status": 401}), "WWW-Authenticate is missing"),
    (case(ADD, ["text is missing"]), answer(201, NOTE, location="/notes/7"), "although text is missing"), (case(ADD, ["nobody asks"]), answer(404, PROBLEM), "answered 404 to nobody"),
    (case(ADD, ["nobody asks"]), answer(403, {**PROBLEM, "status": 403}), "answered 403 to nobody"),
    (case(SHOW, ["nobody asks"], headers=[("Cookie", "session=abc")]), answer(403, {**PROBLEM, "status": 403}), "answered 403 to nobody"),
    (case(ADD, value={"text": "x"}), answer(413, {**PROBLEM, "status": 413}), "not by the document"), (case(SHOW), Answer(200, [("etag", "1"), ("ETag", "2"), ("content-type", "application/json")], json.dumps(NOTE).encode()), "etag is there 2 times"),
])
def test_finds_a_wrong_answer(asked, got, what):
    found = judge.complaints(asked, got)
    assert any(what in text for text in found), found


def test_nobody_may_hear_that_a_cookie_comes_from_elsewhere():
    asked = case(ADD, ["nobody asks"], headers=[("Cookie", "session=abc")])
    assert not [text for text in judge.complaints(asked, answer(403, {**PROBLEM, "status": 403})) if "to nobody" in text]


def test_head_must_be_get_without_its_body():
    got = answer(200, NOTE, etag='"1"')
    assert judge.head_complaints(got, Answer(200, got.headers, b"")) == []
    assert "HEAD has a body" in judge.head_complaints(got, got)
    assert judge.head_complaints(got, Answer(404, got.headers, b"")) == ["HEAD answered 404, GET 200"]
    assert judge.head_complaints(got, Answer(200, [], b"")) == ["HEAD says content-type: None, GET application/json"]


# ---- what is sent


def test_made_values_are_right_and_broken_ones_mostly_not():
    dice, api = random.Random(3), OPERATIONS[ADD].api
    schema = OPERATIONS[ADD].bodies["application/json"]
    values = Values(dice, api, lambda name, schema: [])
    made = [values.make(schema) for _ in range(200)]
    assert all(api.request_errors(schema, value) == [] for value in made)
    broken = [values.broken(schema, value) for value in made]
    assert sum(bool(api.request_errors(schema, value)) for value in broken) > 100
    assert made != broken and all(api.request_errors(schema, value) == [] for value in made), "broken() changes a copy"


@pytest.mark.parametrize("schema, texts, meant", [
    ({"type": "integer"}, ["7"], 7), ({"type": "integer"}, ["-7"], -7), ({"type": "integer"}, ["+7"], "+7"), ({"type": "integer"}, ["7.0"], "7.0"), ({"type": "integer"}, [""], ""),
    ({"type": "integer"}, ["١"], "١"), ({"type": "boolean"}, ["true"], True), ({"type": "boolean"}, ["yes"], "yes"), ({"type": "string"}, ["7"], "7"),
    ({"type": "array", "items": {"type": "integer"}}, ["1,2", "3"], [1, 2, 3]), ({"type": "array"}, [""], MISSING), ({"type": "integer"}, ["1", "2"], MISSING),
])
def test_a_text_means_what_its_schema_says(schema, texts, meant):
    assert meaning(schema, texts) == meant


class StillWorld:
    """No services behind it."""

    def __init__(self):
        from collections import defaultdict
        self.pools, self.cursors, self.tags, self.ends_sessions = defaultdict(list), defaultdict(list), defaultdict(list), set()

    def actor(self, role):
        return None

    def things(self, name, collection, actor):
        return []

    def invitation(self, roles):
        return "token"

    def new_name(self):
        return "ada"


def plan_many(seed, count=400):
    planner = Planner(random.Random(seed), StillWorld())
    return [planner.case(operation) for _ in range(count) for operation in OPERATIONS.values()]


def test_the_same_seed_plans_the_same_requests():
    def told(cases):
        return [(one.method, one.target, one.headers, one.body, one.flaws) for one in cases]
    assert told(plan_many(5, 50)) == told(plan_many(5, 50)) != told(plan_many(6, 50))


def test_plans_requests_with_every_kind_of_flaw_and_without():
    flaws = [flaw for one in plan_many(1) if one.operation.name == ADD for flaw in one.flaws if flaw != "nobody asks"]
    for kind in ("limit is not as described", "the body is missing", "the body is not as described", "the body is malformed", "the body is of the wrong kind", "the query is malformed"):
        assert any(kind in flaw for flaw in flaws), kind
    assert sum(one.flaws == ["nobody asks"] for one in plan_many(1) if one.operation.name == ADD) > 50
    assert any("in the path" in flaw for one in plan_many(1) for flaw in one.flaws)


@pytest.mark.parametrize("asked, line", [
    (case(SHOW), "curl -si -X GET 'http://h:1/notes/{id}'"),
    (case(ADD, body=b'{"text":"it\'s"}', headers=[("Content-Type", "application/json")], token="t"),
     "curl -si -X POST http://h:1/notes -H 'Content-Type: application/json' -H 'Authorization: Bearer t' --data-binary '{\"text\":\"it'\"'\"'s\"}'"),
    (case(ADD, body=b"\xff\x01"), "curl -si -X POST http://h:1/notes --data-binary $'\\xff\\x01'"),
    (case(ADD, body=b"\0"), "curl -si -X POST http://h:1/notes --data-binary @<(base64 -d <<<AA==)"),
])
def test_tells_a_request_as_a_line_for_the_shell(asked, line):
    assert asked.curl("h:1") == line


def test_makes_a_failing_request_smaller():
    asked = case(ADD, query=[("limit", "1"), ("x", "2")], headers=[("Content-Type", "application/json"), ("X-Odd", "1")],
                 value={"text": "x", "size": 1, "tags": []}, body=b"")
    fuzzer = Fuzzer([], "h:1", "h:2", "", 1)
    fuzzer.send = lambda one: answer(500 if ("X-Odd", "1") in one.headers else 422, {**PROBLEM, "status": 500 if ("X-Odd", "1") in one.headers else 422})
    smaller, got, found = fuzzer._smaller(asked, fuzzer.send(asked), ["answered 500"])
    assert (smaller.headers, smaller.query, smaller.value, got.status, found) == ([("X-Odd", "1")], [], {"text": "x", "size": 1}, 500, ["answered 500"])


def test_pictures_are_pictures():
    assert pictures.png(2, 3).startswith(pictures.SIGNATURE)
