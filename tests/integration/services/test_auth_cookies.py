"""Sessions in cookies through the gateway: what pages of other sites can do with them."""

import pytest

from harness.client import assert_problem
from harness.site import PASSWORD


@pytest.fixture()
def cookies(client, alice):
    answer = client.post("/api/auth/login?cookie=true", {"login": alice.username, "password": PASSWORD}).expect(200)
    return dict(cookie.split(";")[0].split("=", 1) for cookie in answer.header_values("set-cookie"))


def fields(cookies, name="session", **more):
    return {"Cookie": f"{name}={cookies[name]}", **{key.replace("_", "-"): value for key, value in more.items()}}


FOREIGN = [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"},
           {"Sec_Fetch_Site": "same-site"}, {"Origin": "https://127.0.0.1.evil.example"}]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_site_reads_nothing_new_and_changes_nothing(client, alice, cookies, origin):
    post = {"text": "written by a page", "visibility": "public"}
    assert_problem(client.post("/api/posts", post, headers=fields(cookies, **origin)), 403)
    assert_problem(client.post("/api/auth/logout", headers=fields(cookies, **origin)), 403)
    assert_problem(client.delete("/api/auth/sessions/1", headers=fields(cookies, **origin)), 403)
    assert_problem(client.post("/api/auth/refresh", headers=fields(cookies, "session_refresh", **origin)), 403)
    assert client.get("/api/auth/me", headers=fields(cookies, **origin)).expect(200).json()["id"] == alice.id


def test_own_pages_change_things(site, client, cookies):
    post = {"text": "written by its author", "visibility": "public"}
    client.post("/api/posts", post, headers=fields(cookies, Origin=f"http://{site.address}")).expect(201)
    client.post("/api/posts", post, headers=fields(cookies, Sec_Fetch_Site="same-origin")).expect(201)
    client.post("/api/auth/refresh", headers=fields(cookies, "session_refresh", Sec_Fetch_Site="same-origin")).expect(200)


def test_a_token_in_a_field_may_come_from_anywhere(alice):
    post = {"text": "from an app", "visibility": "public"}
    alice.client.post("/api/posts", post, headers={"Origin": "https://app.example"}).expect(201)


def test_a_public_page_with_an_origin_is_still_public(client):
    client.get("/api/posts", headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}).expect(200)


def test_no_page_of_another_site_logs_its_visitor_in(client, alice):
    body = {"login": alice.username, "password": PASSWORD}
    answer = client.post("/api/auth/login?cookie=true", body, headers={"Origin": "https://evil.example"})
    assert_problem(answer, 403)
    assert not answer.header_values("set-cookie")


def test_a_bad_field_is_not_made_up_for_by_a_cookie(client, cookies):
    assert_problem(client.get("/api/auth/me", headers=fields(cookies, Authorization="Bearer junk")), 401)
