"""Runs tests/scenario/*/*.http, each against users of its own."""

import sys
from pathlib import Path

import pytest

from harness import site as sites

SCENARIOS = Path(__file__).resolve().parents[2] / "scenario"
sys.path.insert(0, str(SCENARIOS))
import runner  # noqa: E402
import scenario_file  # noqa: E402

FILES = sorted(SCENARIOS.glob("*/*.http"))


def variables_of(name, user):
    return {f"{name}.id": user.id, f"{name}.name": user.username, f"{name}.email": user.email, f"{name}.token": user.access_token,
            f"{name}.refresh_token": user.refresh_token, f"{name}.password": sites.PASSWORD}


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_the_services_answer_as_written(site, client, path):
    scenario = scenario_file.read(path)
    variables = {"run": sites.unique("").strip("-")}
    for name in scenario.users:
        variables |= variables_of(name, sites.register(site, name))
    for name in scenario.admins:
        variables |= variables_of(name, sites.create_admin(site, name))
    runner.run(scenario, client, variables)


def test_there_are_scenarios():
    assert len(FILES) >= 3
