"""Options and shared fixtures. `--home` and `--database` choose one cell of the matrix; ctest runs them all."""

import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]

from harness import site as sites  # noqa: E402
from harness.gatehouse import BINARY  # noqa: E402
from harness.program import Program  # noqa: E402
from postgres import Postgres  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--home", choices=sites.HOMES, default=os.environ.get("GATEHOUSE_TEST_HOME", "plugin"),
                     help="where services run: posts alone, or with `spawn` all of them")
    parser.addoption("--database", choices=("sqlite", "postgresql"),
                     default=os.environ.get("GATEHOUSE_TEST_DATABASE", "sqlite"))
    parser.addoption("--seconds", type=float, default=30, help="how long the contract fuzzer runs")
    parser.addoption("--seed", type=int, default=1, help="of the contract fuzzer")
    parser.addoption("--long", action="store_true", help="full length chaos and junk runs")


def pytest_sessionstart():
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is not built; run ./dev build, or set GATEHOUSE_BUILD_DIR", returncode=3)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Adds the processes' last log lines to a failure: the first thing that one wants to see."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            for server in (getattr(value, "gateway", None), getattr(value, "backend", None)):
                if isinstance(server, Program):
                    report.sections.append((f"{name}: {server.name}.log", server.log_tail(12)))


@pytest.fixture(scope="session")
def home(request):
    return request.config.getoption("--home")


@pytest.fixture(scope="session")
def new_storage(request):
    """Makes a `storage.default` for a configuration: a fresh PostgreSQL database, or None for SQLite in the site's folder."""
    given = os.environ.get("GATEHOUSE_TEST_POSTGRES")

    def create_there():
        name = f"gatehouse_{uuid.uuid4().hex[:12]}"
        subprocess.run(["psql", given, "-qc", f'create database "{name}"'], check=True)
        return urlsplit(given)._replace(path=f"/{name}").geturl()

    if request.config.getoption("--database") == "sqlite":
        yield lambda: None
    elif given:
        yield create_there
    else:
        with Postgres() as server:
            yield lambda: server.create_database(f"gatehouse_{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def storage(new_storage):
    """That of the shared site."""
    return new_storage()


@pytest.fixture(scope="session")
def site(tmp_path_factory, home, storage):
    """The shipped configuration in the chosen home, on the chosen database; stopped cleanly at the end."""
    configuration = sites.shipped_configuration()
    configuration["gateway"]["internal"] = {"at": "unix:internal.sock"}  # for tests that call as a service does
    with sites.Site(tmp_path_factory.mktemp("site"), configuration, storage, home) as running:
        yield running


@pytest.fixture()
def shared_events(home):
    """For tests in which posts hears of followings, or feeds of posts: a service that is served elsewhere needs a broker."""
    if home not in ("plugin", "spawn"):
        pytest.skip("the embedded bus ends at the gateway and its children")


@pytest.fixture()
def called_services(home):
    """For tests in which posts asks another service: one that is served elsewhere would need the gateway's internal listener."""
    if home not in ("plugin", "spawn"):
        pytest.skip("posts, served elsewhere without --gateway, asks nobody")


@pytest.fixture()
def client(site):
    with site.client() as one:
        yield one


@pytest.fixture()
def alice(site):
    return sites.register(site, "alice")


@pytest.fixture()
def bob(site):
    return sites.register(site, "bob")
