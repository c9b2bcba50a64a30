"""A small S3: one bucket in memory, path style. Checks every signature by the documents alone (AWS Signature Version 4)."""

import hashlib
import hmac
import re
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

FIELD = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?"
                   r"Signature=([0-9a-f]{64})")
MUST_BE_SIGNED = {"host", "x-amz-content-sha256", "x-amz-date"}


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class S3:
    """`objects` is what it holds, `refusals` why it said no; `failures` = so many requests get a 503 first."""

    def __init__(self, bucket="images", region="eu-test-1", access_key="ACCESS", secret_key="secret/of+the=bucket"):
        self.bucket, self.region, self.access_key, self.secret_key = bucket, region, access_key, secret_key
        self.objects, self.types, self.refusals, self.requests = {}, {}, [], []
        self.failures = 0
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body=b"", content_type="application/xml"):
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with outer.lock:
                    outer.requests.append((self.command, self.path))
                    if outer.failures > 0:
                        outer.failures -= 1
                        return self.answer(503, b"<Error><Code>SlowDown</Code></Error>")
                    reason = outer.why_refused(self.command, self.path, self.headers, body)
                    if reason:
                        outer.refusals.append(reason)
                        return self.answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
                    return self.act(urlsplit(self.path).path, body)

            def act(self, path, body):
                prefix = f"/{outer.bucket}/"
                if not path.startswith(prefix) or len(path) == len(prefix):
                    return self.answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
                key = path[len(prefix):]
                if self.command == "PUT":
                    outer.objects[key] = body
                    outer.types[key] = self.headers.get("Content-Type")
                    return self.answer(200)
                if self.command == "DELETE":
                    outer.objects.pop(key, None)
                    return self.answer(204)
                if key not in outer.objects:
                    return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                return self.answer(200, outer.objects[key], outer.types[key])

            do_GET = do_HEAD = do_PUT = do_DELETE = serve

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"

    def why_refused(self, method, target, headers, body):
        match = FIELD.fullmatch(headers.get("Authorization", ""))
        if not match:
            return "no signature"
        access_key, day, region, names, signature = match.groups()
        if access_key != self.access_key or region != self.region:
            return "an unknown key or another region"
        signed = names.split(";")
        amazon = {name.lower() for name in headers if name.lower().startswith("x-amz-")}
        if signed != sorted(signed) or not (MUST_BE_SIGNED | amazon) <= set(signed):
            return "not all is signed that must be"
        stamp = headers["x-amz-date"]
        made = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if stamp[:8] != day or abs(datetime.now(timezone.utc) - made) > timedelta(minutes=15):
            return "another time"
        if headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "another body"
        if not hmac.compare_digest(self.signature(method, target, headers, signed, day, stamp), signature):
            return "another signature"
        return None

    def signature(self, method, target, headers, signed, day, stamp):
        parts = urlsplit(target)
        query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
                         for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True)))
        fields = "".join(f"{name}:{' '.join(','.join(headers.get_all(name)).split())}\n" for name in signed)
        canonical = "\n".join([method, parts.path, query, fields, ";".join(signed), headers["x-amz-content-sha256"]])
        scope = f"{day}/{self.region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = _hmac(_hmac(_hmac(_hmac(b"AWS4" + self.secret_key.encode(), day), self.region), "s3"), "aws4_request")
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
