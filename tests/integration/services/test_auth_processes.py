"""Two gateways on one database: what one revokes, the other refuses."""

import shutil
import time

import pytest

from harness.client import eventually
from harness.site import PASSWORD, Site, create_admin, register, shipped_configuration
from harness.streams import EventStream

SECONDS = 5  # across processes; within one at once


@pytest.fixture(scope="module")
def other(site, tmp_path_factory):
    """A second gateway with the same secrets and the same database, all services in its process."""
    folder = tmp_path_factory.mktemp("other")
    second = Site(folder, shipped_configuration(), site.storage or f"sqlite:{site.folder / 'var' / 'data'}")
    for name in ("auth_signing.key", "notify.key", "cursor.key"):
        shutil.copy(site.folder / "var" / "secrets" / name, folder / "var" / "secrets" / name)
    with second as running:
        yield running


def assert_ends(site, other, token, act):
    """After act() the token is refused here within a second, and there within five."""
    with site.client(token) as here, other.client(token) as there:
        here.get("/api/auth/me").expect(200)
        there.get("/api/auth/me").expect(200)
        act()
        began = time.monotonic()
        eventually(lambda: here.get("/api/auth/me").status == 401, "refusal here", seconds=1)
        eventually(lambda: there.get("/api/auth/me").status == 401, "refusal there", seconds=SECONDS)
        assert time.monotonic() - began < SECONDS


def test_a_logout_holds_in_both(site, other):
    user = register(site)
    assert_ends(site, other, user.access_token, lambda: user.client.post("/api/auth/logout").expect(204))


def test_another_password_ends_the_other_sessions_in_both(site, other):
    user = register(site)
    login = {"login": user.username, "password": PASSWORD}
    stolen = other.client().post("/api/auth/login", login).expect(200).json()["access_token"]
    change = {"old_password": PASSWORD, "new_password": "another horse battery 8"}
    assert_ends(site, other, stolen, lambda: user.client.post("/api/auth/change-password", change).expect(204))
    user.client.get("/api/auth/me").expect(200)


def test_a_session_that_is_ended_by_its_number_ends_in_both(site, other):
    user = register(site)
    login = {"login": user.username, "password": PASSWORD}
    lost = other.client().post("/api/auth/login", login).expect(200).json()["access_token"]
    sessions = user.client.get("/api/auth/sessions").expect(200).json()["items"]
    (session,) = [each["id"] for each in sessions if not each["current"]]
    assert_ends(site, other, lost, lambda: user.client.delete(f"/api/auth/sessions/{session}").expect(204))


def test_a_closed_account_is_closed_in_both(site, other):
    """users asks auth to close it, by the route that admin's bans take."""
    user = register(site)
    eventually(lambda: user.client.get("/api/users/me").status == 200, "the profile", seconds=15)
    assert_ends(site, other, user.access_token, lambda: user.client.delete("/api/users/me").expect(204))


def test_a_ban_holds_in_both_wherever_it_is_given(site, other):
    root = create_admin(site)
    for place, elsewhere in ((site, other), (other, site)):
        user = register(site)
        with place.client(root.access_token) as client:
            assert_ends(place, elsewhere, user.access_token,
                        lambda: client.post(f"/api/admin/users/{user.id}/ban", {"reason": "spam"}).expect(200))
        elsewhere.client().post("/api/auth/login", {"login": user.username, "password": PASSWORD}).expect(403)


def test_a_ban_ends_the_live_feeds_in_both(site, other):
    root, reader = create_admin(site), register(site)
    streams = [EventStream(place.address, "/api/newsfeed/live", reader.access_token, SECONDS) for place in (site, other)]
    root.client.post(f"/api/admin/users/{reader.id}/ban", {"reason": "spam"}).expect(200)
    for stream in streams:
        stream.wait_for_end()


def test_a_refresh_token_is_good_once_whichever_process_is_asked(site, other):
    user = register(site)
    body = {"refresh_token": user.refresh_token}
    fresh = other.client().post("/api/auth/refresh", body).expect(200).json()
    site.client().post("/api/auth/refresh", body).expect(401)
    site.client().post("/api/auth/refresh", {"refresh_token": fresh["refresh_token"]}).expect(401)
