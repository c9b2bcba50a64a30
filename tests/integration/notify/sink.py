"""A mail server that keeps what it accepts: aiosmtpd on a free port, in a thread of its own."""

import asyncio
import email
import email.policy
import socket
import ssl
import subprocess
import threading

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Sink:
    """`answer(address)` is what RCPT TO gets; None accepts. `port` stays the same when it is stopped and started."""

    def __init__(self, certificate=None, login=None):
        self.accepted = []  # (recipient, message), in order
        self.connections = 0
        self.answer = lambda address: None
        self.login = login
        self.tls = None
        if certificate:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(*certificate)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.loop = None

    def start(self):
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(self.loop.create_server(self.make, "127.0.0.1", self.port, reuse_address=True))
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        return self

    def make(self):
        self.connections += 1
        more = {}
        if self.tls:
            more = {"tls_context": self.tls, "require_starttls": True}
        if self.login:
            more |= {"auth_required": True, "authenticator": self.authenticate}
        return SMTP(self, loop=self.loop, hostname="sink.test", enable_SMTPUTF8=True, **more)

    def authenticate(self, server, session, envelope, mechanism, data):
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self.login)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        refused = self.answer(address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.accepted += [(address, message) for address in envelope.rcpt_tos]
        return "250 kept"

    def stop(self):
        if self.loop is None:
            return

        async def end():
            self.server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        self.loop = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def make_certificate(folder):
    """A certificate for 127.0.0.1 that signs itself: (certificate file, key file)."""
    certificate, key = str(folder / "sink.pem"), str(folder / "sink.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key
