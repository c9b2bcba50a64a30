"""Every route x everybody who may ask: data/security_matrix.txt, through the gateway. A request that is refused has to leave
what it was about as it was."""

import http.client
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.images import png
from harness.routes import RouteTable
from harness.services import set_rights
from harness.site import PASSWORD, invite, register, unique

TABLE = Path(__file__).resolve().parents[1] / "data" / "security_matrix.txt"
WHO = ("anonymous", "stranger", "owner", "moderator", "admin", "banned", "unproved")
ROW = re.compile(r"(?P<method>[A-Z]+) +(?P<path>/\S*) +(?P<anew>anew +)?(?P<statuses>\d{3}(?: \d{3}){6})(?: +(?P<body>\S.*))?")
PICTURE = "<a picture>"


@dataclass
class Row:
    method: str
    path: str
    anew: bool
    statuses: dict  # who -> status
    body: str


def read_rows():
    rows = []
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = ROW.fullmatch(line.rstrip())
        assert match, f"{TABLE.name}:{number}: not METHOD /path [anew] and {len(WHO)} statuses: {line}"
        statuses = dict(zip(WHO, map(int, match["statuses"].split()), strict=True))
        rows.append(Row(match["method"], match["path"], bool(match["anew"]), statuses, match["body"] or ""))
    return rows


ROWS = read_rows()


# ---- who asks --------------------------------------------------------------------------------------------------------

def proved(site, user):
    set_rights(site, user, email_verified=True)
    return user


def banned(site):
    user = proved(site, register(site, "banned"))
    set_rights(site, user, status="banned")
    return user


MAKE = {
    "anonymous": lambda site: None,
    "stranger": lambda site: proved(site, register(site, "stranger")),
    "owner": lambda site: proved(site, register(site, "owner")),
    "moderator": lambda site: proved(site, invite(site, ["user", "moderator"], "moderator")),
    "admin": lambda site: proved(site, invite(site, ["user", "admin"], "admin")),
    "banned": banned,
    "unproved": lambda site: register(site, "unproved"),
}


@pytest.fixture(scope="module")
def people(site):
    made = {who: make(site) for who, make in MAKE.items()}
    made["owner"].client.put("/api/users/me/avatar", png(4, 4), headers={"Content-Type": "image/png"}).expect(200)
    return made


# ---- what it is about ------------------------------------------------------------------------------------------------

class Things:
    """What the braces of a row stand for, made when they are met."""

    def __init__(self, site, owner, asker, admin):
        self._site, self._owner, self._asker, self._admin = site, owner, asker, admin
        self._looks = []  # how their owner sees them

    def fill_in(self, text):
        return re.sub(r"\{([a-z_]+)\}", lambda match: str(getattr(self, match[1])()), text)

    def as_their_owner_sees_them(self):
        return [look() for look in self._looks]

    def _post(self, visibility):
        post = self._owner.client.post("/api/posts", {"text": "theirs", "visibility": visibility}).expect(201).json()["id"]
        for path in (f"/api/posts/{post}", f"/api/posts/{post}/comments", f"/api/posts/{post}/likes"):
            self._looks.append(lambda path=path: self._owner.client.get(path).expect(200).json())
        return post

    def _comment_on(self, post):
        return self._owner.client.post(f"/api/posts/{post}/comments", {"text": "theirs"}).expect(201).json()["id"]

    def post(self):
        return self._post("public")

    def hidden(self):
        return self._post("private")

    def comment(self):
        return self._comment_on(self.post())

    def hidden_comment(self):
        return self._comment_on(self.hidden())

    def image(self):
        made = self._owner.client.post("/api/media", png(4, 4), headers={"Content-Type": "image/png"}).expect(201).json()
        self._looks.append(lambda: self._owner.client.get(made["url"]).expect(200).body)
        return made["id"]

    def session(self):
        def ids():
            return [each["id"] for each in self._owner.client.get("/api/auth/sessions").expect(200).json()["items"]]

        before = ids()
        self._site.client().post("/api/auth/login", {"login": self._owner.username, "password": PASSWORD}).expect(200)
        self._looks.append(ids)
        (made,) = set(ids()) - set(before)
        return made

    def somebody(self):
        return register(self._site, "somebody").id

    def report(self):
        body = {"post_id": self.post(), "reason": "spam"}
        return register(self._site, "reporter").client.post("/api/reports", body).expect(201).json()["id"]

    def webhook(self):
        """Of the administrators; it hears of nothing that the rows do."""
        body = {"url": "https://hooks.invalid/", "types": ["comment.deleted"]}
        self._webhook = self._admin.client.post("/api/notifications/webhooks", body).expect(201).json()["id"]
        path = f"/api/notifications/webhooks/{self._webhook}"
        self._looks.append(lambda: self._admin.client.get(path).expect(200).json())
        return self._webhook

    def delivery(self):
        """Of the webhook that was met before."""
        path = f"/api/notifications/webhooks/{self._webhook}/ping"
        return self._admin.client.post(path).expect(202).json()["id"]

    def owner(self):
        return self._owner.id

    def owner_name(self):
        return self._owner.username

    def my_name(self):
        return self._asker.username if self._asker else unique("nobody")

    def my_refresh_token(self):
        return self._asker.refresh_token if self._asker else "nobody-made-this"

    def new(self):
        self._new = getattr(self, "_new", None) or unique("new")
        return self._new

    def password(self):
        return PASSWORD


# ---- asking ----------------------------------------------------------------------------------------------------------

def ask(site, row, path, body, token):
    """The status. The answer's body is not waited for: that of a stream has no end."""
    fields = {"Authorization": f"Bearer {token}"} if token else {}
    if body == PICTURE:
        fields["Content-Type"] = "image/png"
    elif body:
        fields["Content-Type"] = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
    host, _, port = site.address.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    try:
        connection.request(row.method, path, png(4, 4) if body == PICTURE else body.encode(), headers=fields)
        return connection.getresponse().status
    finally:
        connection.close()


def mistake(site, row, who, people):
    """What is wrong with the answer to this one; empty if it is as written."""
    asker = MAKE[who](site) if row.anew else people[who]
    owner = asker if row.anew and who == "owner" else people["owner"]
    things = Things(site, owner, asker, people["admin"])
    path, body = things.fill_in(row.path), row.body if row.body == PICTURE else fill_in_body(row.body, things)
    before = things.as_their_owner_sees_them()
    status = ask(site, row, path, body, asker.access_token if asker else None)
    if status != row.statuses[who]:
        return f"{who}: {status} instead of {row.statuses[who]}"
    if status >= 400 and things.as_their_owner_sees_them() != before:
        return f"{who}: was refused with {status}, and yet something has changed"
    return ""


def fill_in_body(text, things):
    filled = things.fill_in(text)
    if filled.startswith("{"):
        json.loads(filled)  # or the row is malformed
    return filled


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.path}" for row in ROWS])
def test_everybody_gets_the_answer_of_the_table(site, people, row):
    found = [text for who in WHO if (text := mistake(site, row, who, people))]
    assert not found, f"{row.method} {row.path}: " + "; ".join(found)


def test_the_table_names_every_route(site, home):
    if home != "plugin":
        pytest.skip("the routes are the same in every home, and listed in this one")
    table = RouteTable(site)
    found = [(row, table.find(row.method, row.path)) for row in ROWS]
    unknown = [f"{row.method} {row.path}" for row, pattern in found if pattern is None]
    assert not unknown, f"rows that no service answers: {unknown}"
    named = {(row.method, pattern) for row, pattern in found}
    missing = sorted(f"{method} {pattern}" for method, pattern in set(table.internal) - named)
    assert not missing, f"routes without a row in {TABLE.name}: {missing}"


def test_nobody_but_a_service_reaches_an_internal_route(site, home):
    if home != "plugin":
        pytest.skip("as above")
    table = RouteTable(site)
    rows = [row for row in ROWS if table.internal.get((row.method, table.find(row.method, row.path)))]
    assert rows
    for row in rows:
        assert set(row.statuses.values()) <= {401, 404, 405}, row
