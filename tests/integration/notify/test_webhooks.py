"""Events of the real services arrive at a real receiver, signed, once in effect, whatever is down or killed meanwhile."""

import threading

import pytest
from harness.client import assert_problem, eventually
from harness.site import Site, create_admin, register, shipped_configuration

import database
from receiver import Receiver
from sink import make_certificate

SECONDS = 60
WEBHOOKS = "/api/notifications/webhooks"


def installation(folder, storage, **config):
    configuration = shipped_configuration()
    configuration["services"]["notify"]["config"] |= {"first_pause": "100ms", "webhook_allow_private": True, **config}
    return Site(folder, configuration, storage)


@pytest.fixture()
def fresh(storage):
    return database.of_its_own(storage)


class Operator:
    """The administrator and their one webhook."""

    def __init__(self, site, receiver, types=("post.created",)):
        self.site = site
        self.root = create_admin(site)
        made = self.ask("POST", WEBHOOKS, {"url": receiver.url, "types": list(types)}).expect(201).json()
        receiver.secret = made["secret"]
        self.path = f"{WEBHOOKS}/{made['id']}"

    def ask(self, method, path, body=None):
        """On a connection of its own: the gateway may have been killed since the last one."""
        with self.site.client(self.root.access_token) as client:
            return client.request(method, path, body)

    def webhook(self):
        return self.ask("GET", self.path).expect(200).json()

    def rows(self, state=None):
        query = "?limit=100" + (f"&state={state}" if state else "")
        return self.ask("GET", f"{self.path}/deliveries{query}").expect(200).json()["items"]

    def ping(self):
        return self.ask("POST", f"{self.path}/ping").expect(202).json()


def publish(site, user, text, visibility="public"):
    with site.client(user.access_token) as client:
        body = {"title": "Hello" if visibility == "public" else text, "text": text, "visibility": visibility}
        return client.post("/api/posts", body).expect(201).json()["id"]


def restart(site):
    site.gateway.kill()
    site.gateway.start()


def test_what_is_public_arrives_and_what_is_not_never_does(tmp_path, fresh):
    with Receiver() as receiver, installation(tmp_path, fresh) as site:
        operator = Operator(site, receiver, ["post.created", "post.updated", "post.deleted", "comment.created", "user.registered",
                                             "subscription.created", "profile.updated"])
        alice, bob = register(site, "alice"), register(site, "bob")
        public, followers, private = (publish(site, alice, f"words-{kind}", kind) for kind in ("public", "followers", "private"))
        bob.client.post(f"/api/posts/{public}/comments", {"text": "comment-of-bob"}).expect(201)
        bob.client.post("/api/subscriptions", {"user_id": alice.id}).expect((200, 201))
        bob.client.post(f"/api/posts/{followers}/comments", {"text": "comment-of-a-follower"}).expect((201, 404))
        alice.client.patch(f"/api/posts/{public}", {"visibility": "private"}).expect(200)
        eventually(lambda: receiver.events("post.deleted") and receiver.events("subscription.created"), seconds=SECONDS)
        eventually(lambda: not operator.rows("queued"), seconds=SECONDS)

        assert {event["data"]["id"] for event in receiver.events("user.registered")} >= {alice.id, bob.id}
        assert [event["data"]["id"] for event in receiver.events("post.deleted")] == [public]
        assert receiver.events("subscription.created")[0]["data"]["user_id"] == alice.id
        sent = b"".join(body for _, body in receiver.attempts).decode()
        for hidden in ("words-", "comment-of-", alice.email, bob.email, str(followers), str(private)):
            assert hidden not in sent, hidden
        assert not receiver.forged


def test_a_refusal_and_a_timeout_are_followed_by_another_attempt_under_the_same_id(tmp_path, fresh):
    with Receiver() as receiver, installation(tmp_path, fresh, webhook_timeout="500ms") as site:
        operator, alice = Operator(site, receiver), register(site, "alice")
        release = threading.Event()
        answers = [lambda: 500, lambda: 503, lambda: release.wait(SECONDS) and 204]
        receiver.answer = lambda event: answers.pop(0)() if answers else 204
        publish(site, alice, "first")
        eventually(lambda: len(receiver.attempts) == 4, seconds=SECONDS)
        eventually(lambda: operator.rows("sent"), seconds=SECONDS)
        release.set()
        (row,) = operator.rows()
        assert row["attempts"] == 4 and row["last_status"] == 204 and row["last_error"] is None
        assert len(set(receiver.attempts)) == 1 and list(receiver.taken) == [row["webhook_id"]]


def test_kills_lose_no_event_and_make_no_second_delivery(tmp_path, fresh):
    kills = 0
    with Receiver() as receiver, installation(tmp_path, fresh) as site:
        operator, alice = Operator(site, receiver), register(site, "alice")
        posts = []
        for number in range(1, 41):
            posts.append(publish(site, alice, f"post {number}"))
            if number % 10 == 0:
                eventually(lambda: len(receiver.attempts) > number - 10, seconds=SECONDS)
                restart(site)
                kills += 1
        eventually(lambda: len(operator.rows("sent")) == 40, seconds=SECONDS)
        rows = operator.rows()
        assert len({row["event_id"] for row in rows}) == len({row["webhook_id"] for row in rows}) == len(rows) == 40
        assert sorted(event["data"]["id"] for event in receiver.events()) == sorted(posts)
        bodies = {}
        for name, body in receiver.attempts:
            assert bodies.setdefault(name, body) == body
        assert set(bodies) == {row["webhook_id"] for row in rows}
        assert len(receiver.attempts) <= 40 + kills  # a copy has the id of the first
        assert not receiver.forged


def test_a_receiver_that_was_down_gets_everything_after_it(tmp_path, fresh):
    with Receiver() as receiver, installation(tmp_path, fresh, webhook_failures_max=1000, longest_pause="500ms", attempts_max=100) as site:
        operator, alice = Operator(site, receiver), register(site, "alice")
        receiver.answer = lambda event: 503
        posts = [publish(site, alice, f"post {number}") for number in range(5)]
        eventually(lambda: len(receiver.attempts) > 2, seconds=SECONDS)
        restart(site)
        receiver.answer = lambda event: 204
        eventually(lambda: len(operator.rows("sent")) == 5, seconds=SECONDS)
        assert sorted(event["data"]["id"] for event in receiver.events()) == posts


def test_one_that_only_fails_is_disabled_and_can_be_switched_on_again(tmp_path, fresh):
    with Receiver() as receiver, installation(tmp_path, fresh, webhook_failures_max=3) as site:
        operator = Operator(site, receiver)
        receiver.answer = lambda event: 500
        operator.ping()
        eventually(lambda: not operator.webhook()["active"], seconds=SECONDS)
        assert len(receiver.attempts) == 3 and operator.webhook()["disabled_reason"] == "HTTP status 500"
        assert_problem(operator.ask("POST", f"{operator.path}/ping"), 409)
        (told,) = operator.ask("GET", "/api/notifications").expect(200).json()["items"]
        assert told["kind"] == "webhook_disabled" and "token=" not in str(told)
        assert "token=" not in site.gateway.log()
        receiver.answer = lambda event: 204
        operator.ask("PATCH", operator.path, {"active": True}).expect(200)
        eventually(lambda: operator.rows("sent"), seconds=SECONDS)


@pytest.mark.parametrize("is_vouched_for", [True, False])
def test_https_goes_only_to_whom_somebody_vouches_for(tmp_path, fresh, is_vouched_for):
    certificate = make_certificate(tmp_path)
    more = {"webhook_ca_file": certificate[0]} if is_vouched_for else {}
    with Receiver(certificate) as receiver, installation(tmp_path, fresh, **more) as site:
        operator = Operator(site, receiver)
        operator.ping()
        if is_vouched_for:
            eventually(lambda: receiver.events("webhook.ping"), seconds=SECONDS)
        else:
            eventually(lambda: operator.rows()[0]["last_error"], seconds=SECONDS)
            assert "certificate" in operator.rows()[0]["last_error"] and not receiver.attempts


def test_a_redirect_leads_nowhere(tmp_path, fresh):
    with Receiver() as receiver, Receiver() as inside, installation(tmp_path, fresh) as site:
        operator = Operator(site, receiver)
        receiver.location = inside.url
        for status in (301, 302, 307, 308):
            receiver.answer = lambda event, status=status: status
            delivery = operator.ping()
            eventually(lambda: next(row for row in operator.rows() if row["id"] == delivery["id"])["last_status"] == status, seconds=SECONDS)
        assert not inside.attempts and not inside.forged


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "2130706433", "0x7f.1",
                                  "[::ffff:127.0.0.1]", "user@127.0.0.1"])
def test_places_inside_are_refused_when_they_are_registered(inside_site, host):
    site, root = inside_site
    with site.client(root.access_token) as client:
        answer = client.post(WEBHOOKS, {"url": f"http://{host}:8080/", "types": ["post.created"]})
        assert [error["pointer"] for error in assert_problem(answer, 422)["errors"]] == ["/url"]
        assert client.get(WEBHOOKS).expect(200).json()["items"] == []


@pytest.fixture(scope="module")
def inside_site(tmp_path_factory, storage):
    with installation(tmp_path_factory.mktemp("inside"), database.of_its_own(storage), webhook_allow_private=False) as site:
        yield site, create_admin(site)


def test_places_inside_are_refused_when_they_are_connected_to(tmp_path, fresh):
    with Receiver() as receiver, installation(tmp_path, fresh) as site:
        operator = Operator(site, receiver)
        operator.ping()
        eventually(lambda: receiver.events("webhook.ping"), seconds=SECONDS)
        site.gateway.kill()
        site.configuration["services"]["notify"]["config"]["webhook_allow_private"] = False
        site.write_routes()
        site.gateway.start()
        operator.ping()
        eventually(lambda: operator.rows()[0]["last_error"], seconds=SECONDS)
        assert operator.rows()[0]["last_error"] == "the address is not one of the public internet"
        assert len(receiver.attempts) == 1


def test_the_secret_is_nowhere_in_the_clear(tmp_path, fresh):
    with Receiver() as receiver, installation(tmp_path, fresh) as site:
        operator = Operator(site, receiver)
        operator.ping()
        eventually(lambda: receiver.events("webhook.ping"), seconds=SECONDS)
        assert receiver.secret.removeprefix("whsec_") not in site.gateway.log()
        for path in tmp_path.glob("var/data/*"):
            assert not path.is_file() or receiver.secret.removeprefix("whsec_").encode() not in path.read_bytes(), path
