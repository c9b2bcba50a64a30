"""Runs tests/scenario/*/*.http, each against users of its own, and checks that they tell of every route."""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness import site as sites
from harness.mailbox import Mailbox
from harness.routes import RouteTable
from harness.services import Caller

SCENARIOS = Path(__file__).resolve().parents[2] / "scenario"
sys.path.insert(0, str(SCENARIOS))
import runner  # noqa: E402
import scenario_file  # noqa: E402

FILES = sorted(SCENARIOS.glob("*/*.http"))
KIB = 1024


def variables_of(site, name, user):
    """Functions are called when a step needs them: the mail has to have been asked for."""
    mailbox = Mailbox(site)
    return {f"{name}.id": user.id, f"{name}.name": user.username, f"{name}.email": user.email, f"{name}.token": user.access_token,
            f"{name}.refresh_token": user.refresh_token, f"{name}.password": sites.PASSWORD,
            f"{name}.code": lambda: mailbox.code(user), f"{name}.reset_token": lambda: mailbox.reset_token(user),
            f"{name}.cookie": lambda: cookie_of(site, user)}


def cookie_of(site, user):
    body = {"login": user.username, "password": sites.PASSWORD}
    with site.client() as client:
        fields = client.post("/api/auth/login?cookie=true", body).expect(200).header_values("set-cookie")
    return "; ".join(field.split(";")[0] for field in fields)


def common_variables(site):
    def invitation():
        with site.admin() as operator:
            return operator.post("/services/auth/commands/users.invite", {}).expect(200).json()["token"]

    return {"run": sites.unique("").strip("-"), "origin": f"http://{site.address}", "invitation": invitation,
            "kib70": "x" * 70 * KIB, "kib140": "x" * 140 * KIB}


def calls_of(site):
    caller = Caller(site, "scenarios")

    def call(service, method, target, body, user_id):
        user = SimpleNamespace(id=user_id, username="somebody") if user_id else None
        return caller.call(service, method, target, body, user)

    return call


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_the_services_answer_as_written(site, client, path):
    scenario = scenario_file.read(path)
    variables = common_variables(site)
    for name in scenario.users:
        variables |= variables_of(site, name, sites.register(site, name))
    for name in scenario.moderators:
        variables |= variables_of(site, name, sites.invite(site, ["user", "moderator"], name))
    for name in scenario.admins:
        variables |= variables_of(site, name, sites.create_admin(site, name))
    runner.run(scenario, client, variables, calls_of(site))


# ---- completeness ----------------------------------------------------------------------------------------------------

NEVER_REFUSED = {  # nothing in a request could make them refuse
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/api/auth/invitation"),
}
TAKES_NO_BODY = ("/like", "/secret", "/redeliver")
ANY_ID_WILL_DO = {("DELETE", "/api/subscriptions/{user_id:int}")}  # nobody follows it afterwards, as was asked


def answers_told(table):
    """(method, pattern) -> statuses that some scenario expects of it."""
    told = {}
    for path in FILES:
        for step in scenario_file.read(path).steps:
            method = "GET" if step.method == "HEAD" else step.method
            pattern = table.find(method, step.target)
            if pattern:
                told.setdefault((method, pattern), set()).update(step.statuses)
    return told


def test_every_route_has_a_success_and_a_refusal(site, home):
    if home != "plugin":
        pytest.skip("the routes are the same in every home, and listed in this one")
    table = RouteTable(site)
    told = answers_told(table)
    missing = []
    for method, pattern in sorted(table.internal):
        statuses = told.get((method, pattern), set())
        if not any(status < 400 for status in statuses):
            missing.append(f"{method} {pattern}: no success")
        if not any(400 <= status < 500 for status in statuses) and (method, pattern) not in NEVER_REFUSED:
            missing.append(f"{method} {pattern}: no refusal")
    assert not missing, "no scenario tells of\n" + "\n".join(missing)


def test_what_the_table_of_routes_needs_of_a_route_is_told(site, home):
    """401 where a user is required, 422 or 400 where a body is read, and what ids, owners and conditions bring about."""
    if home != "plugin":
        pytest.skip("as above")
    table = RouteTable(site)
    told = answers_told(table)
    missing = []
    for (method, pattern), is_internal in sorted(table.internal.items()):
        statuses = told.get((method, pattern), set())
        with site.client() as stranger:
            path = re.sub(r"\{[^}]*\}", "1", pattern)
            asks_for_user = not is_internal and stranger.head_of(method, path).status == 401
        if asks_for_user and 401 not in statuses:
            missing.append(f"{method} {pattern}: 401")
        if method in ("POST", "PUT", "PATCH") and not pattern.endswith(TAKES_NO_BODY) and not statuses & {400, 409, 413, 415, 422}:
            missing.append(f"{method} {pattern}: a body that is not taken")
        if "{" in pattern and (method, pattern) not in ANY_ID_WILL_DO and not statuses & {403, 404, 422}:
            missing.append(f"{method} {pattern}: an id that is nobody's, or somebody else's")
    assert not missing, "no scenario tells of\n" + "\n".join(missing)
