"""Who is registered is not to be found out by guessing: not by the status, not by the text, not by the time of an answer.
Registering itself has to say that a name is taken, so it is rate-limited; everything else says the same for everybody."""

import random
import statistics
import time

import pytest

from harness.client import assert_problem
from harness.services import set_rights
from harness.site import PASSWORD, register, unique

ROUNDS = 5  # of measuring; one that shows no difference is enough, since noise makes differences and never hides all
SAMPLES = 12


def without_instance(answer):
    problem = answer.json() if answer.body else {}
    problem.pop("instance", None)
    return problem


def fields_of(answer):
    return sorted(name.lower() for name, _ in answer.headers)


def same(answers):
    """Asserts that all are alike but for what differs in each answer: the date and the request's id."""
    first = answers[0]
    for other in answers[1:]:
        assert other.status == first.status, (first, other)
        assert without_instance(other) == without_instance(first)
        assert fields_of(other) == fields_of(first)
        assert other.header_values("www-authenticate") == first.header_values("www-authenticate")
    return first


@pytest.fixture(scope="module")
def left(site):
    """Accounts that were closed, by their owner and by a moderator."""
    gone, banned = register(site, "gone"), register(site, "banned")
    gone.client.delete("/api/auth/me", body={"password": PASSWORD}).expect(204)
    set_rights(site, banned, status="banned")
    return gone, banned


def test_a_failed_login_says_the_same_whoever_it_was(client, alice, left):
    wrong = "wrong password 1"
    logins = [alice.username, alice.email, unique("nobody"), f"{unique('nobody')}@example.com", left[0].username, left[0].email,
              left[1].username, "", "' or 1=1 --", "аdmin", "x" * 250]
    problem = same([client.post("/api/auth/login", {"login": login, "password": wrong}) for login in logins])
    assert_problem(problem, 401)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    same([client.post("/api/auth/token", f"username={login}&password=wrong", headers=form)
          for login in (alice.username, unique("nobody"), left[0].username, left[1].username)])


def test_who_was_closed_out_looks_like_nobody_even_with_the_password(client, left):
    gone, _ = left
    same([client.post("/api/auth/login", {"login": login, "password": PASSWORD}) for login in (gone.username, unique("nobody"))])


def test_guessing_at_nobody_is_slowed_down_like_guessing_at_somebody(client, site):
    answers = []
    for login in (register(site, "guessed").username, unique("nobody")):
        answers.append([client.post("/api/auth/login", {"login": login, "password": "wrong password 1"}).status for _ in range(7)])
    assert answers[0] == answers[1] and answers[0][-1] == 429


def test_asking_for_a_mail_says_the_same_whoever_it_was(client, alice, left):
    emails = [alice.email, f"{unique('nobody')}@example.com", left[0].email, left[1].email, "no address", alice.username]
    same([client.post("/api/auth/password/forgot", {"email": email}) for email in emails]).expect(202)


def test_a_wrong_code_or_token_says_the_same_whoever_it_was(client, alice, left):
    emails = [alice.email, f"{unique('nobody')}@example.com", left[0].email, left[1].email]
    assert_problem(same([client.post("/api/auth/email/verify", {"email": email, "code": "x"}) for email in emails]), 422, "/code")
    tokens = ["x", "ghp_" + "0" * 43, "ghp_" + "0" * 42, "ghr_" + "0" * 43, alice.refresh_token]
    body = {"new_password": "another good phrase 9"}
    assert_problem(same([client.post("/api/auth/password/reset", {"token": token, **body}) for token in tokens]), 422, "/token")
    same([client.post("/api/auth/refresh", {"refresh_token": token}) for token in ("x", "ghr_" + "0" * 43, alice.access_token)])


@pytest.mark.parametrize("path", ["/api/auth/sessions/{}", "/api/media/{}", "/api/posts/{}", "/api/posts/comments/{}"])
def test_an_id_of_somebody_elses_hidden_thing_and_of_nothing_are_the_same(site, alice, bob, path):
    if "sessions" in path:
        there = alice.client.get("/api/auth/sessions").json()["items"][0]["id"]
    elif "comments" in path:
        post = alice.client.post("/api/posts", {"text": "x", "visibility": "private"}).expect(201).json()["id"]
        there = alice.client.post(f"/api/posts/{post}/comments", {"text": "x"}).expect(201).json()["id"]
    elif "posts" in path:
        there = alice.client.post("/api/posts", {"text": "x", "visibility": "private"}).expect(201).json()["id"]
    else:
        there = "00000000-0000-7000-8000-000000000000"
    nothing = "00000000-0000-7000-8000-000000000001" if "media" in path else there - 1
    same([bob.client.delete(path.format(one)) for one in (there, nothing)]).expect(404)


# ---- time ------------------------------------------------------------------------------------------------------------

def seconds(act):
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def share_of_slower(some, others):
    """How often one of the first takes longer than one of the others: near 1/2 when there is nothing to be told from them."""
    pairs = [(one, other) for one in some for other in others]
    return sum(one > other for one, other in pairs) / len(pairs)


def assert_alike_in_time(ask_for_somebody, ask_for_nobody, clock=seconds):
    """Both in a random order, so that whatever else the machine does, or has still to do for the request before, meets both; a
    real difference (a hash that is not computed, a mail that is written) sets them apart completely, every time."""
    seen = []
    for _ in range(ROUNDS):
        somebody, nobody = [], []
        turns = [(ask_for_somebody, somebody), (ask_for_nobody, nobody)] * SAMPLES
        random.shuffle(turns)
        for ask, times in turns:
            times.append(clock(ask))
        share = share_of_slower(somebody, nobody)
        seen.append((round(share, 2), round(statistics.median(somebody) / statistics.median(nobody), 2)))
        if 0.1 <= share <= 0.9:
            return
    raise AssertionError(f"share of slower answers, ratio of medians: {seen}")


def test_the_measure_tells_what_differs():
    assert share_of_slower([2.0, 4.0, 6.0], [1.0, 3.0, 5.0, 7.0]) == 0.5
    assert (share_of_slower([2.0, 4.0], [1.0, 1.5]), share_of_slower([1.0, 1.5], [2.0, 4.0])) == (1, 0)
    with pytest.raises(AssertionError, match="share of slower"):
        assert_alike_in_time(lambda: 9.0, lambda: 1.0, clock=lambda ask: ask())


def test_a_failed_login_takes_the_same_time_whoever_it_was(site, client):
    # Four failures each, since the fifth begins to wait.
    users = [register(site, "timed") for _ in range(ROUNDS * SAMPLES // 4)]
    names = iter([user.username for user in users for _ in range(4)])

    def fail(login):
        return client.post("/api/auth/login", {"login": login, "password": "wrong password 1"}).expect(401)

    assert_alike_in_time(lambda: fail(next(names)), lambda: fail(unique("nobody")))


def test_asking_for_a_mail_takes_the_same_time_whoever_it_was(site, client):
    # The same address again and again, both of them: what is asked for while it still waits is one request.
    user, nobody = register(site, "timed"), f"{unique('nobody')}@example.com"

    def forget(email):
        return client.post("/api/auth/password/forgot", {"email": email}).expect(202)

    assert_alike_in_time(lambda: forget(user.email), lambda: forget(nobody))


def test_a_wrong_code_takes_the_same_time_whoever_it_was(site, client):
    users = [register(site, "timed") for _ in range(ROUNDS * SAMPLES // 4)]
    emails = iter([user.email for user in users for _ in range(4)])

    def guess(email):
        return client.post("/api/auth/email/verify", {"email": email, "code": "00000000"}).expect(422)

    assert_alike_in_time(lambda: guess(next(emails)), lambda: guess(f"{unique('nobody')}@example.com"))
