"""The admin listener and the subcommands that need no running gateway."""

import json

import pytest
import yaml

from harness.client import Client
from harness.gatehouse import PLUGINS, REPOSITORY, run_command
from harness.site import ADMIN_TOKEN, Site, register, shipped_configuration, write_secrets


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("admin"), shipped_configuration()) as running:
        yield running


def test_health_and_readiness_need_no_token(site):
    anonymous = Client(site.gateway.admin_address)
    anonymous.get("/healthz").expect(200)
    anonymous.get("/readyz").expect(200)


@pytest.mark.parametrize("path", ["/routes", "/plugins", "/upstreams"])
def test_what_tells_about_the_inside_needs_the_token(site, path):
    for token in (None, "wrong", "admin-token-of-the-integration-test", "admin-token-of-the-integration-tests2"):
        Client(site.gateway.admin_address, token=token).get(path).expect((401, 403))
    assert json.loads(site.admin().get(path).expect(200).body) is not None


def test_plugins_are_listed_with_their_state(site):
    text = site.admin().get("/plugins").expect(200).body.decode()
    for name in ("auth", "users", "posts"):
        assert name in text


def test_metrics_are_prometheus_text_and_count(site):
    register(site)
    answer = site.admin().get("/metrics").expect(200)
    assert answer.header("content-type").startswith("text/plain")
    lines = answer.body.decode().splitlines()
    assert any(line.startswith("# TYPE gatehouse_") for line in lines)
    assert any("requests" in line and not line.startswith("#") for line in lines)
    for line in lines:
        if line and not line.startswith("#"):
            float(line.rsplit(" ", 1)[1])


@pytest.mark.parametrize("path", ["/metrics", "/plugins", "/routes", "/upstreams", "/config/errors", "/healthz", "/readyz"])
def test_admin_paths_are_not_on_the_public_listener(site, path):
    site.client(ADMIN_TOKEN).get(path).expect(404)


def test_no_secret_is_printed_anywhere(site):
    user = register(site)
    user.client.get("/api/auth/me").expect(200)
    secrets = [user.access_token, user.refresh_token, ADMIN_TOKEN, "correct horse battery 7"]
    secrets += [path.read_text().strip() for path in (site.folder / "var" / "secrets").iterdir()]
    texts = [site.gateway.log()] + [site.admin().get(path).body.decode() for path in ("/routes", "/plugins", "/upstreams", "/metrics")]
    texts.append(run_command("config", "--effective", site.routes_file, folder=site.folder).stdout)
    for secret in secrets:
        assert not any(secret in text for text in texts), secret[:12]


# ---- check, routes, explain ------------------------------------------------------------------------------------------

@pytest.fixture()
def folder(tmp_path):
    write_secrets(tmp_path)
    (tmp_path / "routes.yaml").write_text((REPOSITORY / "routes.yaml").read_text())
    return tmp_path


def check(folder, text=None, *arguments):
    if text is not None:
        (folder / "routes.yaml").write_text(text)
    return run_command("check", "routes.yaml", *arguments, folder=folder)


def test_the_shipped_file_is_valid(folder):
    result = check(folder)
    assert result.returncode == 0, result.stdout + result.stderr


MISTAKES = {
    "unknown service": ("to: users,", "to: usres,", 'did you mean "users"'),
    "missing unit": ("timeout: 200ms", "timeout: 200", "200ms"),
    "unknown key": ("if_down: deny", "if_dwon: deny", "if_down"),
    "unknown policy": ("use: member", "use: membre", "member"),
    "unknown version": ("version: 1", "version: 9", "version"),
}


@pytest.mark.parametrize("before, after, said", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_shown_with_its_place_and_a_suggestion(folder, before, after, said):
    text = (REPOSITORY / "routes.yaml").read_text()
    assert before in text
    result = check(folder, text.replace(before, after, 1))
    output = result.stdout + result.stderr
    line = text[: text.index(before)].count("\n") + 1
    assert result.returncode == 2, output
    assert f"routes.yaml:{line}:" in output, output
    assert "^" in output and said in output, output


def test_all_mistakes_are_found_at_once(folder):
    text = (REPOSITORY / "routes.yaml").read_text()
    for before, after, _ in list(MISTAKES.values())[:4]:
        text = text.replace(before, after, 1)
    output = check(folder, text)
    assert (output.stdout + output.stderr).count("error[") >= 4, output.stdout + output.stderr


def test_json_report_has_positions(folder):
    text = (REPOSITORY / "routes.yaml").read_text().replace("to: users,", "to: usres,", 1)
    result = check(folder, text, "--format", "json")
    assert result.returncode == 2
    assert json.loads(result.stdout)


def test_duplicate_keys_and_conflicting_routes_are_errors(folder):
    text = (REPOSITORY / "routes.yaml").read_text()
    assert check(folder, text + "version: 1\n").returncode == 2
    document = yaml.safe_load(text)
    document["routes"].append(dict(document["routes"][1]))
    assert check(folder, yaml.safe_dump(document, sort_keys=False)).returncode == 2


def test_later_features_are_refused_and_not_ignored(folder):
    text = (REPOSITORY / "routes.yaml").read_text().replace("use: visitor }", "use: visitor, cache: 30s }", 1)
    result = check(folder, text)
    assert result.returncode == 2 and "not supported" in (result.stdout + result.stderr)


def test_run_refuses_an_invalid_file(folder):
    (folder / "routes.yaml").write_text("version: 1\nroutes: nonsense\n")
    assert run_command("run", "routes.yaml", folder=folder).returncode == 2


def test_routes_and_explain(folder):
    listed = run_command("routes", "routes.yaml", folder=folder)
    assert listed.returncode == 0 and "/api/posts/**" in listed.stdout
    explained = run_command("explain", "GET", "/api/users/7", "--config", "routes.yaml", folder=folder)
    if explained.returncode != 0:
        explained = run_command("explain", "GET", "/api/users/7", folder=folder)
    assert explained.returncode == 0 and "/api/users/**" in explained.stdout


def test_version_help_and_unknown_commands(folder):
    assert run_command("version").stdout.strip()
    assert "run" in run_command("--help").stdout
    assert run_command("no-such-command").returncode != 0


@pytest.mark.parametrize("name", ["auth", "users", "posts"])
def test_plugins_pass_their_check(folder, name):
    result = run_command("plugins", "check", PLUGINS / f"{name}.so", folder=folder)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_file_that_is_no_plugin_is_refused_with_a_reason(folder):
    fake = folder / "fake.so"
    fake.write_bytes(b"\x7fELF" + b"\0" * 100)
    result = run_command("plugins", "check", fake, folder=folder)
    assert result.returncode != 0 and (result.stdout + result.stderr).strip()


def test_commands_load_every_shipped_plugin_without_a_running_gateway(tmp_path):
    offline = Site(tmp_path, shipped_configuration())
    offline.write_routes()
    services = offline.configuration["services"].keys()
    for command in (("migrate", "status"), ("openapi",)):
        done = run_command(*command, "--config", offline.routes_file, folder=tmp_path)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        assert all(name in done.stdout for name in services)
