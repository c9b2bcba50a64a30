"""The scenario reader and the patterns themselves."""

import json

import pattern
import pytest
import scenario_file

GOOD = """# Notes
# Whoever writes a note reads it.
# users: alice, bob

### A note is written
# With a title.
POST /api/notes
Authorization: Bearer {{alice.token}}

{"text": "hello"}

HTTP 201|202
Location: </\\/api\\/notes\\/.+/>

{"id": "<int as note>"}

### It is gone
GET /api/notes/{{note}}
HTTP 404
"""


def test_reads_requests_and_what_is_expected():
    scenario = scenario_file.parse(GOOD)
    assert (scenario.title, scenario.prose, scenario.users) == ("Notes", ["Whoever writes a note reads it."], ["alice", "bob"])
    written, gone = scenario.steps
    assert (written.method, written.target, written.statuses, written.prose) == ("POST", "/api/notes", [201, 202], ["With a title."])
    assert written.request_fields == [("Authorization", "Bearer {{alice.token}}")]
    assert json.loads(written.request_body) == {"text": "hello"}
    assert written.answer_fields == [("Location", "</\\/api\\/notes\\/.+/>")]
    assert (gone.target, gone.answer_fields, gone.answer_body) == ("/api/notes/{{note}}", [], "")


@pytest.mark.parametrize("text, why", [
    ("", ":1: a scenario begins with its title"), ("### a\nGET /\nHTTP 200", ":1: a scenario begins with its title"),
    ("# a\n", "there is no step"), ("# a\nhello\n### b\nGET /\nHTTP 200", ":2: only comments"),
    ("# a\n### b\n", ":2: a step begins with METHOD"), ("# a\n### b\nget /\nHTTP 200", ":3: a step begins with METHOD"),
    ("# a\n### b\nGET /\n", ":2: nothing is expected"), ("# a\n### b\nGET /\nHTTP 20\n", ":2: nothing is expected"),
    ("# a\n### b\nGET /\nHTTP 200\nServer: x\n{}", ":6: an empty line stands between"),
])
def test_refuses_what_it_does_not_understand(text, why):
    with pytest.raises(scenario_file.Malformed, match=why):
        scenario_file.parse(text)


@pytest.mark.parametrize("wanted, value", [
    ({"a": 1}, {"a": 1, "b": 2}), ({"a": "<absent>"}, {}), ([1, "<more>"], [1]), ([1, "<more>"], [1, 2]), ([], []), ("<int>", 3),
    ("<number>", 2.5), ("<bool>", False), ("<string>", ""), ("<text>", "x"), ("<any>", None), ("</a+/>", "aaa"), (None, None),
    ("<time>", "2025-01-02T03:04:05.678Z"), ("<uuid>", "01a1fd24-1220-7e33-877b-b3cb93e4f829"), ({"a": [{"b": "<int>"}]}, {"a": [{"b": 1}]}),
])
def test_accepts_what_matches(wanted, value):
    assert pattern.differences(wanted, value, {}) == []


@pytest.mark.parametrize("wanted, value, where", [
    ({"a": 1}, {"a": 2}, "/a"), ({"a": 1}, {}, "/a"), ({"a": 1}, [], "/"), ({"a": "<absent>"}, {"a": None}, "/a"), ([1], [1, 2], "/"),
    ([1, 2], [1], "/"), ([1], {}, "/"), ("<int>", True, "/"), ("<int>", "3", "/"), ("<number>", "2", "/"), ("<text>", "", "/"),
    ("</a+/>", "aab", "/"), ("<time>", "2025-01-02", "/"), ("<uuid>", "7", "/"), (1, True, "/"), (1, 1.0, "/"), ("a", "b", "/"),
    ({"a": [{"b": "<int>"}]}, {"a": [{"b": "x"}]}, "/a/0/b"),
])
def test_tells_where_something_differs(wanted, value, where):
    (text,) = pattern.differences(wanted, value, {})
    assert text.startswith(f"{where}: ")


def test_a_step_may_be_taken_several_times():
    text = "# a\n# moderators: mod\n### b\n# Why.\n# times: 3\nGET /\nHTTP 200\n"
    scenario = scenario_file.parse(text)
    assert scenario.moderators == ["mod"]
    assert (scenario.steps[0].times, scenario.steps[0].prose) == (3, ["Why."])


def test_keeps_and_fills_in():
    kept = {}
    assert pattern.differences({"id": "<int as post>", "name": "<text as name>"}, {"id": 7, "name": "x y"}, kept) == []
    assert pattern.fill_in('/posts/{{post}}?q={{name}}', kept) == "/posts/7?q=x y"
    assert pattern.fill_in("{{alice.code}}", {"alice.code": lambda: "123"}) == "123"
    with pytest.raises(KeyError, match="nothing has given"):
        pattern.fill_in("{{other}}", kept)
    with pytest.raises(ValueError, match="is no pattern"):
        pattern.differences("<nonsense>", 1, {})
