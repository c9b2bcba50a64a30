"""Live streams end with the session that has opened them, however that ends; those of other sessions go on."""

import time

import pytest

from harness.services import set_rights
from harness.site import PASSWORD, register
from harness.streams import EventStream

STREAMS = ["/api/newsfeed/live", "/api/notifications/live"]


def log_in(site, user):
    with site.client() as client:
        return client.post("/api/auth/login", {"login": user.username, "password": PASSWORD}).expect(200).json()["access_token"]


def log_out(user, _other_token):
    user.client.post("/api/auth/logout").expect(204)


def change_the_password_elsewhere(user, other_token):
    body = {"old_password": PASSWORD, "new_password": "another good phrase 9"}
    with user.site.client(other_token) as elsewhere:
        elsewhere.post("/api/auth/change-password", body).expect(204)


def end_the_session_elsewhere(user, other_token):
    with user.site.client(other_token) as elsewhere:
        sessions = elsewhere.get("/api/auth/sessions").expect(200).json()["items"]
        (one,) = [session["id"] for session in sessions if not session["current"]]
        elsewhere.delete(f"/api/auth/sessions/{one}").expect(204)


@pytest.mark.parametrize("end", [log_out, change_the_password_elsewhere, end_the_session_elsewhere])
def test_streams_end_with_their_session(site, end):
    user, bystander = register(site, "reader"), register(site, "bystander")
    other_token = log_in(site, user)
    ending = [EventStream(site.address, path, user.access_token) for path in STREAMS]
    staying = [EventStream(site.address, path, token) for path in STREAMS for token in (other_token, bystander.access_token)]
    end(user, other_token)
    for stream in ending:
        stream.wait_for_end()
    assert not any(stream.has_ended() for stream in staying)


@pytest.mark.parametrize("rights", [{"status": "banned"}, {"status": "deleted"}, {"roles": ["user", "moderator"]}])
def test_streams_end_with_the_rights_that_they_were_opened_with(site, rights):
    user, bystander = register(site, "reader"), register(site, "bystander")
    tokens = [user.access_token, log_in(site, user)]
    ending = [EventStream(site.address, path, token) for path in STREAMS for token in tokens]
    staying = [EventStream(site.address, path, bystander.access_token) for path in STREAMS]
    set_rights(site, user, **rights)
    for stream in ending:
        stream.wait_for_end()
    assert not any(stream.has_ended() for stream in staying)


@pytest.mark.parametrize("path", STREAMS)
def test_a_look_at_the_head_of_a_stream_keeps_nobody_waiting(site, path):
    """Neither the next request of the connection nor those that share one with it on their way to a child process."""
    reader = register(site, "reader")
    begun = time.monotonic()
    for _ in range(3):
        answer = reader.client.request("HEAD", path).expect(200)
        assert answer.header("content-type") == "text/event-stream"
        for page in ("/api/subscriptions", "/api/notifications"):
            reader.client.get(page).expect(200)
    assert time.monotonic() - begun < 10
