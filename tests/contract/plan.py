"""Makes requests of an operation: right ones, and such with flaws. A flaw is why the request must not succeed, and is only
claimed when the document says so."""

import json
import re
from urllib.parse import quote

import pictures
from case import Case
from values import JUNK, MISSING, TEXTS, Values
from world import GUEST, ROLES

ODD_PATHS = ["0", "-1", "1", "abc", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e3", "1.0", "0x1", "%00", "%FF", "%20",
             "%2F", "%25", "é", "١٢٣", "null", "undefined", "me2", "'", "*", "1;2", "1,2", "a" * 300, "+1", "01", "~", "00000000-0000-0000-0000-000000000000"]
ODD_TAGS = ['*', '"x"', 'W/"x"', '"v1"', "garbage", '""', '"', '"a", "b", W/"c"', '"unterminated', ",", '"' + "x" * 2000 + '"']
ODD_FIELDS = {"Range": ["bytes=0-0", "bytes=0-", "bytes=-1", "bytes=5-2", "bytes=999999999-", "bytes=0-0,2-3", "bytes=", "items=0-1", "bytes=18446744073709551616-"],
              "Last-Event-ID": ["0", "1", "-1", "abc", "99999999999999999999"]}
SPOOFS = [("X-User-ID", "1"), ("X_User_Roles", "admin"), ("X-User-Roles", "admin"), ("X-HTTP-Method-Override", "DELETE"), ("Accept", "text/plain"),
          ("Accept-Language", "ru"), ("Origin", "https://evil.example"), ("Cookie", "session=abc; x=\"y\""), ("X-Forwarded-For", "1.2.3.4"),
          ("Accept-Encoding", "gzip"), ("Expect", "something"), ("X-Request-ID", "a" * 200), ("Prefer", "return=minimal")]
MALFORMED = [b"", b"{", b"}", b"[", b"nul", b'{"a":1,}', b'{"a":1}{"a":1}', b"{'a':1}", b'{"a":\x01"b"}', b'"\xff\xfe"', b'{"a":NaN}',
             b'{"a":1,"a":2}', b"[" * 5000, b'{"a":' * 200 + b"1" + b"}" * 200, b"\x00", b"1 2", b'{"a":01}', b'{"\xed\xa0\x80":1}', b"<a/>", b"a=1&b=2"]
WRONG_TYPES = ["text/plain", "application/xml", "application/octet-stream", "multipart/form-data", "image/png", "text/html; charset=utf-8", "/", "json"]


class Planner:
    def __init__(self, random, world):
        self.random = random
        self.world = world

    def chance(self, share):
        return self.random.random() < share

    def pick_role(self, operation):
        if operation.name in self.world.ends_sessions and self.chance(0.9):
            return self.random.choice(["anonymous", GUEST, GUEST])
        return self.random.choices(list(ROLES), weights=[2, 5, 2, 2])[0]

    def case(self, operation, role=None, good=False):
        """good: without any flaw but those of who asks."""
        self.operation, self.good = operation, good
        self.role = role or self.pick_role(operation)
        self.actor = self.world.actor(self.role)
        self.values = Values(self.random, operation.api, self._hints, good)
        case = Case(operation, self.role, operation.method, "")
        self._path(case)
        self._query(case)
        self._fields(case)
        self._caller(case)
        self._body(case)
        return case

    def _hints(self, name, schema):
        known = self._secrets(name, schema)
        if known is not None:
            return known
        if name in ("username", "email") and schema.get("examples") and self.chance(0.85):
            fresh = self.world.new_name()  # for those who sign up
            return [fresh if name == "username" else f"{fresh}@example.com"]
        if name == "q":
            return self.world.pools["word"]
        kinds = schema.get("type")
        is_number = "integer" in kinds if isinstance(kinds, list) else kinds == "integer"
        things = self.world.things(name, self._collection(), self.actor)
        return [one for one in things if isinstance(one, int) == is_number]

    def _secrets(self, name, schema):
        if name in ("password", "old_password") and "examples" not in schema:
            return [self.actor.password] if self.actor and (self.good or self.chance(0.8)) else None
        if name in ("login", "username", "email") and self.actor and "examples" not in schema and (self.good or self.chance(0.5)):
            return [self.actor.email if name == "email" else self.actor.username]
        if name == "token" and (self.good or self.chance(0.5)):
            return [self.world.invitation(["user"])]
        if name == "cursor":
            return self.world.cursors[self.operation.path]
        return None

    def _collection(self):
        literal = [part for part in self.operation.path.split("/") if part and not part.startswith("{")]
        return literal[-1]

    # ---- where

    def _path(self, case):
        before = ""
        for part in self.operation.path.split("/")[1:]:
            capture = re.fullmatch(r"\{(.*)\}", part)
            case.path += "/" + (self._capture(case, capture[1], before) if capture else part)
            before = part
        if self.chance(0.04):
            case.path += "/"

    def _capture(self, case, name, collection):
        schema = next(parameter.schema for parameter in self.operation.inputs("path") if parameter.name == name)
        known = self.world.things(name, collection, self.actor) + self.world.pools.get(collection, [])
        if known and (self.good or self.chance(0.8)):
            value = str(self.random.choice(known))
        elif self.good or self.chance(0.4):
            value = str(self.values.make(schema, name)) or "x"
        else:
            value = self.random.choice(ODD_PATHS)
            self._check_text(case, schema, [value], f"{name} in the path")
            return value if value.startswith("%") else quote(value, safe="+,;'*~")
        self._check_text(case, schema, [value], f"{name} in the path")
        return quote(value, safe="")

    def _query(self, case):
        for parameter in self.operation.inputs("query"):
            wanted = parameter.required or (not self.good and self.chance(0.35))
            if not self.good and self.chance(0.04):
                wanted = not parameter.required
            if not wanted:
                if parameter.required:
                    case.flaws.append(f"{parameter.name} is missing")
                continue
            texts = self._texts(parameter)
            case.query += [(parameter.name, text) for text in texts]
            self._check_text(case, parameter.schema, texts, parameter.name)
        if self.good:
            return
        if self.chance(0.03):
            case.query.append(self.random.choice(["a=%zz", "%", "x=%ff", "y=%00", "z=%c0%80"]))
            if self.operation.inputs("query"):
                case.flaws.append("the query is malformed")
        if self.chance(0.05):
            case.query.append(self.random.choice([("unknown", "1"), ("_", ""), "&&", ("page", "2"), ("limit[]", "3"), ("a" * 500, "b" * 500)]))

    def _texts(self, parameter):
        value = self.values.make(parameter.schema, parameter.name)
        if not self.good and self.chance(0.25):
            value = self.values.broken(parameter.schema, value, parameter.name)
        if isinstance(value, list):
            texts = [as_text(one) for one in value]
            return [",".join(texts)] if self.chance(0.5) and texts else texts
        if parameter.name == "cursor" and isinstance(value, str) and value and not self.good and self.chance(0.3):
            at = self.random.randrange(len(value))
            value = value[:at] + self.random.choice("Aa0_-=%") + value[at + 1:]
        return [as_text(value)]

    def _check_text(self, case, schema, texts, what):
        """What a path or query says is text; it is meant as the schema says."""
        meant = meaning(self.operation.api.resolve(schema), texts)
        if meant is not MISSING and self.operation.api.request_errors(schema, meant):
            case.flaws.append(f"{what} is not as described: {texts}"[:200])

    # ---- who, and on what condition

    def _fields(self, case):
        known = self.world.tags.get(case.path, [])
        for parameter in self.operation.inputs("header"):
            odd = ODD_FIELDS.get(parameter.name, ODD_TAGS)
            if self.chance(0.3):
                case.headers.append((parameter.name, self.random.choice(known * 6 + odd if parameter.name not in ODD_FIELDS else odd)))
        if not self.good and self.chance(0.08):
            case.headers.append(self.random.choice(SPOOFS + [("If-None-Match", "*"), ("If-Match", '"x"'), ("Range", "bytes=0-1")]))

    def _caller(self, case):
        operation = self.operation
        if self.actor is not None:
            case.token = self.actor.token
        elif not self.good and self.chance(0.25):
            case.token = self.random.choice(["garbage", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "x" * 4000])
        if operation.internal:
            case.flaws.append("internal")
        if operation.needs_user and self.actor is None:
            case.flaws.append("nobody asks")
        elif operation.roles and not set(operation.roles) & set(ROLES.get(self.role) or []):
            case.flaws.append("the role is missing")

    # ---- what

    def _body(self, case):
        kinds = list(self.operation.bodies)
        if not kinds:
            return
        if not self.good and self.chance(0.04):
            if self.operation.body_required:
                case.flaws.append("the body is missing")
            return
        kind = self.random.choice(kinds)
        schema = self.operation.bodies[kind]
        if kind == "application/json":
            self._json(case, schema)
        elif kind == "application/x-www-form-urlencoded":
            self._form(case, schema)
        else:
            self._picture(case, kind)

    def _json(self, case, schema):
        value = self.values.make(schema)
        for _ in range(0 if self.good or self.chance(0.5) else self.random.randint(1, 2)):
            value = self.values.broken(schema, value)
        if not self.good and self.chance(0.08):
            case.body = self.random.choice(MALFORMED)
            if case.body or self.operation.body_required:
                case.flaws.append("the body is malformed")
        else:
            wrong = self.operation.api.request_errors(schema, value)
            case.flaws += [f"the body is not as described: {wrong[0]}"[:300]] if wrong else []
            case.value = value
            case.body = json.dumps(value, ensure_ascii=True if has_surrogate(value) else self.chance(0.3)).encode()
        kind = "application/json"
        if not self.good and self.chance(0.06):
            kind = self.random.choice(WRONG_TYPES)
            if case.body:
                case.flaws.append("the body is of the wrong kind")
        elif self.chance(0.1):
            kind = self.random.choice(["", "application/json; charset=utf-8", "Application/JSON"])
        if kind:
            case.headers.append(("Content-Type", kind))

    def _form(self, case, schema):
        value = self.values.make(schema)
        pairs = [(name, as_text(one)) for name, one in value.items() if one is not None]
        if not self.good and self.chance(0.2):
            pairs.append((self.random.choice([name for name, _ in pairs] or ["a"]), self.random.choice(TEXTS)))
        text = "&".join(f"{quote(name)}={quote(one)}" for name, one in pairs)
        if not self.good and self.chance(0.06):
            text = self.random.choice(["%zz=1", "a=%ff", "=", "&&&", "a" * 5000, "\x01"])
        case.body = text.encode()
        kind = "application/x-www-form-urlencoded"
        if not self.good and self.chance(0.06):
            kind = self.random.choice(WRONG_TYPES + ["application/json"])
            case.flaws.append("the body is of the wrong kind")
        case.headers.append(("Content-Type", kind))

    def _picture(self, case, kind):
        good = self.good or self.chance(0.4)
        content = pictures.good(self.random) if good else self.random.choice(pictures.BAD)
        if not good:
            case.flaws.append("it is no picture")
        if kind == "multipart/form-data":
            content, sent = pictures.form(content)
            if not self.good and self.chance(0.15):
                content, sent = self.random.choice(pictures.BAD_FORMS)(content)
                case.flaws.append("the form is malformed")
        else:
            sent = "image/png" if kind == "image/*" else kind
        case.body = content
        case.headers.append(("Content-Type", sent))


def as_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()


def meaning(schema, texts):
    """What the texts mean to a service; MISSING = that is left open."""
    kind = schema.get("type")
    if kind == "array":
        parts = [part for text in texts for part in text.split(",")] if texts not in ([], [""]) else []
        return MISSING if "" in parts or not parts else [meaning(schema.get("items", {}), [part]) for part in parts]
    if len(texts) != 1:
        return MISSING
    (text,) = texts
    if kind == "integer":
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else text
    if kind == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
    if kind == "number":
        return MISSING
    return text


def has_surrogate(value):
    return "\\ud800" in json.dumps(value)
