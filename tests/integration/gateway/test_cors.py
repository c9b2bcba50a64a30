"""Pages of other origins, as a browser's requests look: preflights, readable answers, and who may not."""

import pytest

from harness.site import Site, bare_configuration
from harness.upstream import Upstream, answer
from harness.verifier import authenticator, start_verifier

APP = "https://app.example.com"


def speak_cors_too(connection, request):
    connection.read_request_body(request)
    connection.send(answer(b"hello", headers=[("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "TRACE"),
                                              ("Vary", "accept")]))


@pytest.fixture(scope="module")
def upstream():
    with Upstream(speak_cors_too) as one:
        yield one


@pytest.fixture(scope="module")
def client(tmp_path_factory, upstream):
    cors = {"origins": [APP], "credentials": True, "max_age": "1h"}
    with start_verifier() as verifier:
        configuration = bare_configuration(
            services={"backend": {"at": upstream.url}, "verifier": {"at": verifier.url}},
            auth={"session": authenticator()},
            policies={"app": {"cors": cors, "auth": "session"}, "open": {"cors": {"origins": ["*"]}}},
            routes=[{"path": "/app/**", "methods": ["GET", "PATCH"], "to": "backend", "use": "app"},
                    {"path": "/open/**", "to": "backend", "use": "open"},
                    {"path": "/shut/**", "to": "backend"},
                    {"path": "/app/shut", "methods": ["GET"], "to": "backend", "use": "app", "cors": {"origins": []}}])
        with Site(tmp_path_factory.mktemp("cors"), configuration) as site, site.client() as one:
            yield one


def preflight(client, path, method, origin=APP, names="authorization, if-match"):
    return client.request("OPTIONS", path, headers={
        "Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": names})


def test_a_preflight_needs_no_credentials_and_reaches_no_service(client, upstream):
    upstream.forget()
    said = preflight(client, "/app/x", "PATCH").expect(204)
    assert said.header("access-control-allow-origin") == APP
    assert said.header("access-control-allow-methods") == "PATCH"
    assert said.header("access-control-allow-headers") == "authorization, if-match"
    assert said.header("access-control-allow-credentials") == "true"
    assert said.header("access-control-max-age") == "3600"
    assert upstream.recorded() == []


def test_pages_of_listed_origins_read_answers_and_refusals(client):
    for token, status in (("good-7", 200), (None, 401)):
        headers = {"Origin": APP, **({"Authorization": f"Bearer {token}"} if token else {})}
        said = client.request("GET", "/app/x", headers=headers).expect(status)
        assert said.header("access-control-allow-origin") == APP
        assert "x-request-id" in said.header("access-control-expose-headers")


def test_other_origins_are_refused(client, upstream):
    upstream.forget()
    refused = preflight(client, "/app/x", "PATCH", "https://evil.example").expect(403)
    assert refused.header("gatehouse-error") == "origin_not_allowed"
    assert upstream.recorded() == []
    said = client.request("GET", "/app/x", headers={"Origin": "https://evil.example", "Authorization": "Bearer good-7"}).expect(200)
    assert said.header("access-control-allow-origin") is None


def test_what_the_service_says_of_cors_does_not_get_through(client):
    said = client.request("GET", "/open/x", headers={"Origin": "https://anybody.example"}).expect(200)
    assert said.header("access-control-allow-origin") == "*"
    assert said.header("access-control-allow-methods") is None
    assert said.header("vary") == "accept"


def test_without_cors_options_is_a_method_as_any_other(client, upstream):
    upstream.forget()
    preflight(client, "/shut/x", "PATCH").expect(200)
    assert [request.method for request in upstream.recorded()] == ["OPTIONS"]
    preflight(client, "/app/shut", "GET").expect(405)
    preflight(client, "/app/x", "DELETE").expect(405)
