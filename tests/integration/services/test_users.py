"""The users service through the gateway."""

import pytest

from harness.client import assert_problem, eventually
from harness.images import FORM_TYPE, form, png, size_of_png
from harness.site import register

PROFILE = {"first_name": "Ada", "last_name": "Lovelace", "gender": "female", "birthday": "1990-12-10",
           "phone": "+44 20 7946 0000", "bio": "Engines."}


@pytest.fixture()
def ada(alice):
    """A user whose profile exists: made by registration or here, whichever is first."""
    answer = alice.client.post("/api/users", PROFILE)
    if answer.expect((200, 201, 409)).status == 409:
        alice.client.patch("/api/users/me", PROFILE).expect(200)
    return alice


def test_profile_reads_back_as_written(ada):
    profile = ada.client.get("/api/users/me").expect(200).json()
    assert {key: profile[key] for key in PROFILE} == PROFILE


def test_update_changes_only_what_it_names(ada):
    ada.client.patch("/api/users/me", {"bio": "Numbers."}).expect(200)
    profile = ada.client.get("/api/users/me").json()
    assert profile["bio"] == "Numbers."
    assert profile["first_name"] == PROFILE["first_name"]


@pytest.mark.parametrize("pointer, change", [
    ("/birthday", {"birthday": "2999-01-01"}),
    ("/birthday", {"birthday": "1990-02-30"}),
    ("/gender", {"gender": "robot"}),
    ("/bio", {"bio": "x" * 10_000}),
    ("/first_name", {"first_name": 5}),
])
def test_update_points_at_the_bad_field(ada, pointer, change):
    assert_problem(ada.client.patch("/api/users/me", change), (400, 422), pointer)


def test_public_view_hides_what_is_private(ada, client):
    answer = client.get(f"/api/users/{ada.id}").expect(200)
    view = answer.json()
    assert view["first_name"] == PROFILE["first_name"]
    assert "phone" not in view and "email" not in view and "birthday" not in view
    assert PROFILE["phone"] not in answer.body.decode() and ada.email not in answer.body.decode()


def test_others_see_the_public_view_too(ada, bob):
    assert PROFILE["phone"] not in bob.client.get(f"/api/users/{ada.id}").expect(200).body.decode()


def test_batch_reads_those_that_exist(ada, client):
    found = client.get(f"/api/users?ids={ada.id},1").expect(200).json()["items"]
    assert [user["id"] for user in found] == [ada.id]


def test_batch_is_bounded(client):
    assert_problem(client.get("/api/users?ids=" + ",".join(str(n) for n in range(1, 150))), (400, 422))


@pytest.mark.parametrize("path, statuses", [
    ("/api/users/999", (404,)), ("/api/users/abc", (400, 404, 422)), ("/api/users/-1", (400, 404, 422)),
    ("/api/users/99999999999999999999999", (400, 404, 422)),
])
def test_unknown_users(client, path, statuses):
    assert_problem(client.get(path), statuses)


def test_delete_hides_the_profile(site, client):
    user = register(site, "leaver")
    user.client.post("/api/users", PROFILE).expect((200, 201, 409))
    user.client.delete("/api/users/me").expect((200, 204))
    def gone():
        answer = client.get(f"/api/users/{user.id}")
        return answer.status == 404 or answer.json().get("deleted") is True
    eventually(gone, "the profile to be gone")
    assert PROFILE["bio"] not in client.get(f"/api/users/{user.id}").body.decode()


@pytest.mark.parametrize("method, path", [
    ("GET", "/api/users/me"), ("PATCH", "/api/users/me"), ("DELETE", "/api/users/me"), ("POST", "/api/users")])
def test_anonymous_is_refused(client, method, path):
    assert_problem(client.request(method, path, {} if method != "GET" else None), 401)


def test_an_account_has_a_profile_before_its_owner_looks_at_it(client, alice):
    shown = eventually(lambda: (answer := client.get(f"/api/users/{alice.id}")).status == 200 and answer.json())
    assert shown["username"] == alice.username


# ---- pictures --------------------------------------------------------------------------------------------------------

def put_avatar(user, data, content_type="image/png"):
    return user.client.put("/api/users/me/avatar", data, headers={"Content-Type": content_type})


def test_a_picture_is_shown_to_all_in_two_sizes(ada, client):
    assert put_avatar(ada, png(300, 200)).expect(200).json()["avatar_url"] == f"/api/users/{ada.id}/avatar?size=256"
    url = client.get(f"/api/users/{ada.id}").expect(200).json()["avatar_url"]
    assert size_of_png(client.get(url).expect(200).body) == (200, 200)
    small = client.get(f"/api/users/{ada.id}/avatar?size=64").expect(200)
    assert size_of_png(small.body) == (64, 64)
    client.get(f"/api/users/{ada.id}/avatar?size=64", headers={"If-None-Match": small.header("etag")}).expect(304)
    assert_problem(client.get(f"/api/users/{ada.id}/avatar?size=65"), 422, parameter="size")


def test_a_picture_may_come_in_a_form_and_be_replaced(ada, client):
    first = put_avatar(ada, form(("avatar_data", "me.png", png(90, 90))), FORM_TYPE).expect(200)
    before = client.get(f"/api/users/{ada.id}/avatar").expect(200)
    second = put_avatar(ada, png(90, 90, shade=77)).expect(200)
    assert first.header("etag") != second.header("etag")
    assert client.get(f"/api/users/{ada.id}/avatar").expect(200).header("etag") != before.header("etag")
    ada.client.delete("/api/users/me/avatar").expect(204)
    assert_problem(client.get(f"/api/users/{ada.id}/avatar"), 404)
    assert client.get(f"/api/users/{ada.id}").json()["avatar_url"] is None


@pytest.mark.parametrize("data, content_type, status", [
    (b"<svg/>", "image/svg+xml", 415), (b"not an image", "image/png", 415), (b"", "image/png", 422),
    (png(50, 50)[:100], "image/png", 422), (png(8, 8, claims=(16000, 16000)), "image/png", 422),
    (form(("note", None, b"x")), FORM_TYPE, 422), (b"\0" * (10 * 1024 * 1024 + 1), "image/png", 413),
])
def test_what_is_no_picture_is_refused(site, ada, client, data, content_type, status):
    with site.client(ada.access_token) as sender:
        try:
            assert_problem(sender.put("/api/users/me/avatar", data, headers={"Content-Type": content_type}), status)
        except (BrokenPipeError, ConnectionResetError):
            assert status == 413
    assert_problem(client.get(f"/api/users/{ada.id}/avatar"), 404)


def test_nobody_else_sets_a_picture(client):
    assert_problem(client.put("/api/users/me/avatar", png(4, 4), headers={"Content-Type": "image/png"}), 401)
    assert_problem(client.delete("/api/users/me/avatar"), 401)
