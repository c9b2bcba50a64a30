"""What auth and subscriptions tell arrives as mail by a real SMTP conversation, in both languages, and leaves no secret behind."""

import re

import pytest
from harness.client import eventually
from harness.services import set_rights
from harness.site import PASSWORD, Site, register, shipped_configuration

import database
from sink import Sink

SECONDS = 60


def installation(folder, storage, sink, **config):
    configuration = shipped_configuration()
    configuration["gateway"]["internal"] = {"at": "unix:internal.sock"}  # to ban as the service admin does
    configuration["services"]["notify"]["config"] |= {
        "smtp": {"host": "127.0.0.1", "port": sink.port, "tls": "none"}, "public_url": "https://g.test", **config}
    return Site(folder, configuration, storage)


def mails(sink, user, kind):
    return [message for address, message in list(sink.accepted) if address == user.email and f".{kind}." in message["message-id"]]


def mail(sink, user, kind):
    """The one of that kind, as (message, its text)."""
    eventually(lambda: mails(sink, user, kind), f"{kind} to {user.email}", seconds=SECONDS)
    (message,) = mails(sink, user, kind)
    html = message.get_body(("html",)).get_content()
    assert user.username in html and "{{" not in html
    return message, message.get_body(("plain",)).get_content()


WORDS = {
    "en": {"confirm_email": "confirm your e-mail address", "reset_password": "password", "new_follower": "follows you", "ban": "suspended"},
    "ru": {"confirm_email": "подтвердите адрес почты", "reset_password": "новый пароль", "new_follower": "новый подписчик", "ban": "заблокирована"},
}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_kind_of_mail_is_sent_once_and_its_secret_erased(tmp_path, storage, language):
    with Sink() as sink, installation(tmp_path, database.of_its_own(storage), sink, language=language) as site, site.client() as client:
        alice, bob = register(site, "alice"), register(site, "bob")

        def check(kind):
            message, text = mail(sink, alice, kind)
            assert message["content-language"] == language and message["from"].addresses[0].addr_spec == "no-reply@localhost"
            assert re.search(WORDS[language][kind], message["subject"], re.IGNORECASE), message["subject"]
            return text

        code = re.search(r"^ +(\d{8})\s*$", check("confirm_email"), re.MULTILINE)[1]
        client.post("/api/auth/email/verify", {"email": alice.email, "code": code}).expect(204)

        client.post("/api/auth/password/forgot", {"email": alice.email}).expect(202)
        token = re.search(r"https://g\.test/reset-password#token=(\S+)", check("reset_password"))[1]
        client.post("/api/auth/password/reset", {"token": token, "new_password": PASSWORD + "!"}).expect(204)
        mail(sink, alice, "password_changed")

        eventually(lambda: database.count(site, "accounts", f"user_id = {alice.id} and is_confirmed") == 1, seconds=SECONDS)
        bob.client.post("/api/subscriptions", {"user_id": alice.id}).expect((200, 201))
        assert bob.username in check("new_follower")

        set_rights(site, alice, status="banned")
        check("ban")

        eventually(lambda: database.count(site, "mails", "state = 'queued'") == 0, seconds=SECONDS)
        assert database.count(site, "mails", "state = 'sent'") == 6  # five to alice; bob's address was not confirmed, but asked for
        assert database.count(site, "mails", "sealed is not null or fields <> '{}'") == 0
        for secret in (code, token):
            assert secret not in site.gateway.log()


def test_a_follower_is_not_mailed_to_an_address_that_nobody_has_confirmed(tmp_path, storage):
    with Sink() as sink, installation(tmp_path, database.of_its_own(storage), sink) as site:
        alice, bob = register(site, "alice"), register(site, "bob")
        bob.client.post("/api/subscriptions", {"user_id": alice.id}).expect((200, 201))
        eventually(lambda: alice.client.get("/api/notifications").json()["unread"] == 1, seconds=SECONDS)
        eventually(lambda: mails(sink, alice, "confirm_email") and mails(sink, bob, "confirm_email"), seconds=SECONDS)
        assert database.count(site, "mails", "kind = 'new_follower'") == 0


def test_an_address_that_nobody_has_gets_no_mail(tmp_path, storage):
    with Sink() as sink, installation(tmp_path, database.of_its_own(storage), sink) as site, site.client() as client:
        alice = register(site, "alice")
        client.post("/api/auth/password/forgot", {"email": "nobody@example.com"}).expect(202)
        client.post("/api/auth/password/forgot", {"email": alice.email}).expect(202)
        mail(sink, alice, "reset_password")
        assert {address for address, _ in sink.accepted} == {alice.email}
