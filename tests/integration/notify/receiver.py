"""A receiver of webhooks that trusts nobody: it checks each signature by itself (Standard Webhooks 1.0) and tells copies apart."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading


class Receiver:
    """`answer(event)` is the status, and may block; `secret` is told when the webhook is registered."""

    def __init__(self, certificate=None):
        self.lock = threading.Lock()
        self.secret = None
        self.answer = lambda event: 204
        self.location = None  # of redirects
        self.taken = {}       # webhook-id -> event, the first time it was answered with 2xx
        self.attempts = []    # (webhook-id, body), each request whose signature is good
        self.forged = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.server.server_address[1]}/hook?token=of-the-test"

    def _handler(receiver):  # noqa: N805
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["content-length"]))
                status = receiver.take(self.headers, body)
                try:
                    self.send_response(status)
                    if receiver.location:
                        self.send_header("Location", receiver.location)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass  # the sender has left

            def log_message(self, *_):
                pass

        return Handler

    def take(self, headers, body):
        name = headers["webhook-id"]
        if not self.is_genuine(headers, body):
            self.forged.append((name, body))
            return 401
        event = json.loads(body)
        with self.lock:
            self.attempts.append((name, body))
        status = self.answer(event)
        if 200 <= status < 300:
            with self.lock:
                self.taken.setdefault(name, event)
        return status

    def is_genuine(self, headers, body):
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(wanted, given) for given in headers["webhook-signature"].split())

    def events(self, kind=None):
        with self.lock:
            return [event for event in self.taken.values() if kind in (None, event["type"])]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
