"""Live streams end with the session that has opened them, however that ends; those of other sessions go on."""

import http.client
import select

import pytest

from harness.client import eventually
from harness.services import set_rights
from harness.site import PASSWORD, register

STREAMS = ["/api/newsfeed/live", "/api/notifications/live"]
SECONDS = 30  # within a second as a rule


class Stream:
    def __init__(self, site, path, token):
        host, port = site.address.rsplit(":", 1)
        self.connection = http.client.HTTPConnection(host, int(port), timeout=SECONDS)
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = self.connection.getresponse()
        assert answer.status == 200
        self.socket = self.connection.sock or answer.fp.raw._sock

    def has_ended(self):
        """Reads what is there."""
        while select.select([self.socket], [], [], 0)[0]:
            try:
                if not self.socket.recv(65536):
                    return True
            except ConnectionResetError:
                return True
        return False


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
    ending = [Stream(site, path, user.access_token) for path in STREAMS]
    staying = [Stream(site, path, token) for path in STREAMS for token in (other_token, bystander.access_token)]
    end(user, other_token)
    for stream in ending:
        eventually(stream.has_ended, "the end of the stream", seconds=SECONDS)
    assert not any(stream.has_ended() for stream in staying)


@pytest.mark.parametrize("rights", [{"status": "banned"}, {"status": "deleted"}, {"roles": ["user", "moderator"]}])
def test_streams_end_with_the_rights_that_they_were_opened_with(site, rights):
    user, bystander = register(site, "reader"), register(site, "bystander")
    tokens = [user.access_token, log_in(site, user)]
    ending = [Stream(site, path, token) for path in STREAMS for token in tokens]
    staying = [Stream(site, path, bystander.access_token) for path in STREAMS]
    set_rights(site, user, **rights)
    for stream in ending:
        eventually(stream.has_ended, "the end of the stream", seconds=SECONDS)
    assert not any(stream.has_ended() for stream in staying)
