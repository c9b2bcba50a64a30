"""Events become mails by a real SMTP conversation: one each, whatever is down or killed meanwhile."""

import uuid

import pytest
from harness.client import eventually
from harness.site import Site, bare_configuration

from sink import Sink, make_certificate

KEY = "0123456789abcdef0123456789abcdef0123456789abcdef"
SECONDS = 60


def database(storage, name):
    return f"{storage}?schema={name}" if storage else f"sqlite:var/data/{name}.db"


def configuration(storage, **config):
    schema = uuid.uuid4().hex[:8]
    services = {
        "teller": {"at": "plugin:teller", "config": {"database": database(storage, f"teller_{schema}"), "notify_key": KEY}},
        "notify": {"at": "plugin:notify", "config": {"database": database(storage, f"notify_{schema}"), "notify_key": KEY,
                                                     "first_pause": "100ms", **config}},
    }
    return bare_configuration(services, [{"path": "/tell/**", "to": "teller"}])


def smtp(sink, **more):
    return {"host": "127.0.0.1", "port": sink.port, "tls": "none", "timeout": "2s", **more}


def ban(site, number, address=None):
    with site.client() as client:
        body = {"id": number, "username": f"user{number}", "email": address or f"user{number}@example.com"}
        client.post("/tell/banned", body).expect(204)


def command(site, name, arguments=None):
    with site.admin() as admin:
        return admin.post(f"/services/notify/commands/{name}", arguments or {}).expect(200).json()


def count(site, state):
    return command(site, "mails.list", {"state": state})["count"]


def recipients(sink):
    return sorted(address for address, _ in sink.accepted)


def addresses(numbers):
    return sorted(f"user{number}@example.com" for number in numbers)


def restart(site):
    site.gateway.kill()
    site.gateway.start()


def test_a_token_arrives_as_text_and_html_and_is_nowhere_afterwards(tmp_path, storage):
    with Sink() as sink, Site(tmp_path, configuration(storage, smtp=smtp(sink), public_url="https://g.test")) as site:
        token = "ghp_token_of_the_test_0123456789"
        with site.client() as client:
            body = {"id": 7, "username": "Ann <b>", "email": "ann@example.com", "token": token}
            client.post("/tell/forgot", body).expect(204)
        eventually(lambda: sink.accepted, seconds=SECONDS)
        (address, message), = sink.accepted
        assert address == "ann@example.com" and message["auto-submitted"] == "auto-generated"
        text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert f"https://g.test/reset-password#token={token}" in text and "Ann <b>" in text
        assert token in html and "Ann &lt;b&gt;" in html
        eventually(lambda: count(site, "sent") == 1, seconds=SECONDS)
        assert token not in site.gateway.log()
        for path in tmp_path.glob("var/data/*"):
            assert not path.is_file() or token.encode() not in path.read_bytes(), path


def test_mails_wait_for_a_server_that_is_down(tmp_path, storage):
    sink = Sink()
    with Site(tmp_path, configuration(storage, smtp=smtp(sink))) as site:
        for number in range(1, 6):
            ban(site, number)
        eventually(lambda: count(site, "queued") == 5, seconds=SECONDS)
        with sink:
            eventually(lambda: count(site, "sent") == 5, seconds=SECONDS)
            assert recipients(sink) == addresses(range(1, 6))
            assert sink.connections == 1  # one connection for all of them


def test_queued_mails_survive_kills_and_are_sent_once(tmp_path, storage):
    sink = Sink()
    with Site(tmp_path, configuration(storage, smtp=smtp(sink))) as site:
        for number in range(1, 31):
            ban(site, number)
            if number % 10 == 0:
                restart(site)
        eventually(lambda: count(site, "queued") == 30, seconds=SECONDS)
        restart(site)
        with sink:
            eventually(lambda: count(site, "sent") == 30, seconds=SECONDS)
            assert recipients(sink) == addresses(range(1, 31))
            assert len({message["message-id"] for _, message in sink.accepted}) == 30


def test_a_kill_while_mails_are_sent_loses_none_and_repeats_at_most_the_one_under_way(tmp_path, storage):
    kills = 3
    with Sink() as sink, Site(tmp_path, configuration(storage, smtp=smtp(sink))) as site:
        for number in range(1, 41):
            ban(site, number)
            if number % 13 == 0:
                eventually(lambda: len(sink.accepted) >= number // 2, seconds=SECONDS)
                restart(site)
        eventually(lambda: count(site, "sent") == 40, seconds=SECONDS)
        ids = [message["message-id"] for _, message in sink.accepted]
        assert len(set(ids)) == 40 and set(recipients(sink)) == set(addresses(range(1, 41)))
        assert len(ids) <= 40 + kills  # a copy has the message-id of the first


def test_what_the_server_does_not_want_is_put_aside_and_can_be_redriven(tmp_path, storage):
    with Sink() as sink, Site(tmp_path, configuration(storage, smtp=smtp(sink), attempts_max=3)) as site:
        sink.answer = lambda address: {"user1@example.com": "550 no such box", "user2@example.com": "451 later"}.get(address)
        for number in (1, 2, 3):
            ban(site, number)
        eventually(lambda: count(site, "dead") == 2 and count(site, "sent") == 1, seconds=SECONDS)
        dead = {mail["recipient"]: mail for mail in command(site, "mails.list")["mails"]}
        assert dead["user1@example.com"]["attempts"] == 1 and "550" in dead["user1@example.com"]["last_error"]
        assert dead["user2@example.com"]["attempts"] == 3
        sink.answer = lambda address: None
        assert command(site, "mails.redrive", {"all": True}) == {"count": 2}
        eventually(lambda: count(site, "sent") == 3, seconds=SECONDS)
        assert recipients(sink) == addresses((1, 2, 3))


@pytest.mark.parametrize("password, is_sent", [("right", True), ("wrong", False)])
def test_starttls_and_login(tmp_path, storage, password, is_sent):
    certificate = make_certificate(tmp_path)
    server = Sink(certificate, login=("gatehouse", "right"))
    (tmp_path / "smtp.password").write_text(password)
    options = smtp(server, tls="starttls", ca_file=certificate[0], username="gatehouse", password="file:smtp.password")
    with server as sink, Site(tmp_path, configuration(storage, smtp=options)) as site:
        ban(site, 1)
        if is_sent:
            eventually(lambda: count(site, "sent") == 1, seconds=SECONDS)
            assert recipients(sink) == addresses((1,))
        else:
            eventually(lambda: "mails cannot be sent" in site.gateway.log(), seconds=SECONDS)
            assert count(site, "queued") == 1 and not sink.accepted  # not the mail's fault


def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path, storage):
    certificate = make_certificate(tmp_path)
    with Sink(certificate) as sink, Site(tmp_path, configuration(storage, smtp=smtp(sink, tls="starttls"))) as site:
        ban(site, 1)
        eventually(lambda: "mails cannot be sent" in site.gateway.log(), seconds=SECONDS)
        assert not sink.accepted


def test_without_a_server_mails_are_files(tmp_path, storage):
    with Site(tmp_path, configuration(storage, mail_directory="var/data/mail")) as site:
        ban(site, 1)
        eventually(lambda: list(tmp_path.glob("var/data/mail/*.eml")), seconds=SECONDS)
        assert "mails become files" in site.gateway.log()
