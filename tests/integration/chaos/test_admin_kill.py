"""What administrators and moderators have decided survives `kill -9`: between the decision and its effect, and at random."""

import signal
import threading
from datetime import datetime, timedelta, timezone
from http.client import HTTPException

import pytest

from harness.client import eventually
from harness.site import Site, create_admin, register, shipped_configuration

ROUNDS = 4      # kills while users are being banned
USERS = 12      # in each round


@pytest.fixture()
def site(tmp_path, new_storage):
    """posts in a process of its own, the rest in the gateway's."""
    with Site(tmp_path, shipped_configuration(), new_storage(), "serve-tcp") as running:
        yield running


def restart(site):
    site.gateway.kill()
    site.gateway.start()


def in_background(act):
    """The client of a process that is killed gets no answer."""
    def attempt():
        try:
            act()
        except (OSError, HTTPException):
            pass

    thread = threading.Thread(target=attempt)
    thread.start()
    return thread


def audit(site, root, query):
    with site.client(root.access_token) as client:
        return [entry["action"] for entry in client.get(f"/api/admin/audit?limit=100&{query}").expect(200).json()["items"]]


@pytest.mark.parametrize("is_done_before", [False, True], ids=["before posts has heard of it", "after posts has done it"])
def test_a_removal_is_done_once_although_the_process_is_killed_in_between(site, is_done_before):
    root, author, reporter = create_admin(site), register(site, "author"), register(site, "reporter")
    post = author.client.post("/api/posts", {"text": "buy"}).expect(201).json()["id"]
    number = reporter.client.post("/api/reports", {"post_id": post, "reason": "spam"}).expect(201).json()["id"]
    path = f"/api/admin/reports/{number}"

    site.backend.send_signal(signal.SIGSTOP)
    resolving = in_background(lambda: site.client(root.access_token).post(path + "/resolve", {"action": "remove"}))
    eventually(lambda: root.client.get(path).expect(200).json()["state"] == "resolving", "the decision")
    if is_done_before:  # the call waits in the socket of posts: it goes on although its caller is dead
        site.gateway.kill()
        site.backend.send_signal(signal.SIGCONT)
        site.gateway.start()
    else:
        site.gateway.kill()
        site.gateway.start()
        with site.client(root.access_token) as client:
            assert client.get(path).expect(200).json()["state"] == "resolving"
        site.backend.send_signal(signal.SIGCONT)
    resolving.join()

    with site.client(root.access_token) as client:
        eventually(lambda: client.get(path).expect(200).json()["state"] == "resolved", "the end of it", seconds=60)
        client.get(f"/api/posts/{post}").expect(404)
        assert client.get(path).json()["action"] == "remove"
        client.post(path + "/resolve", {"action": "remove"}).expect(200)
    assert audit(site, root, f"target=report/{number}") == ["report.resolve"]
    assert audit(site, root, f"target=post/{post}") == ["post.remove"]


def test_bans_and_the_audit_log_agree_whenever_the_process_is_killed(site):
    root = create_admin(site)
    for round_number in range(ROUNDS):
        users = [register(site, "user") for _ in range(USERS)]
        answers = threading.Semaphore(0)

        def ban_all():
            with site.client(root.access_token) as client:
                for user in users:
                    client.post(f"/api/admin/users/{user.id}/ban", {"reason": "spam"}).expect(200)
                    answers.release()

        banning = in_background(ban_all)
        for _ in range(2 + 2 * round_number):
            assert answers.acquire(timeout=30)
        restart(site)
        banning.join()
        with site.client(root.access_token) as client:
            for user in users:
                decided = "user.ban" in audit(site, root, f"target=user/{user.id}")
                expected = "banned" if decided else "active"

                def status():
                    return client.get(f"/api/admin/users/{user.id}").expect(200).json()

                eventually(lambda: status()["status"] == expected, f"{expected} after the restart", seconds=60)
                assert (status()["ban"] is not None) == decided
                with site.client(user.access_token) as banned:
                    eventually(lambda: banned.get("/api/auth/me").status == (401 if decided else 200), "what the token is worth")


def test_a_ban_ends_although_nothing_ran_when_its_time_came(site):
    root, user = create_admin(site), register(site, "user")
    until = datetime.now(timezone.utc) + timedelta(seconds=1)
    root.client.post(f"/api/admin/users/{user.id}/ban", {"reason": "spam", "until": until.isoformat()}).expect(200)
    restart(site)
    with site.client(root.access_token) as client:
        eventually(lambda: client.get(f"/api/admin/users/{user.id}").json()["status"] == "active", "the end of the ban", seconds=60)
    assert audit(site, root, f"target=user/{user.id}") == ["user.unban", "user.ban"]
