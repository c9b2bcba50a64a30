"""When the soak fails, and when it measures latency a second time."""

import sys
from argparse import Namespace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from verdict import Verdict, summary  # noqa: E402


def phase(name, p99):
    return {"name": name, "p99_us": p99, "failures": 0, "answers": 1, "streams": 0, "uploads": 0}


def report(*p99s):
    names = ("idle", "reload", "idle again", "reload again")
    return {"phases": [phase(name, p99) for name, p99 in zip(names, p99s)], "failures": [], "markers": {}}


def verdict_of(load, reloads=10, measurements=1, **options):
    verdict = Verdict(Namespace(reloads=10, no_latency=options.get("no_latency", False), no_memory=True, database="sqlite"))
    verdict.reloads, verdict.measurements, verdict.load = reloads, measurements, load
    return verdict


@pytest.mark.parametrize("idle, reloading, no_latency, wanted", [
    (100, 149, False, False), (100, 151, False, True), (100, 151, True, False), (0, 151, False, False)])
def test_a_measurement_that_misses_the_bound_is_made_again(idle, reloading, no_latency, wanted):
    load = report(idle, reloading)
    assert verdict_of(load, no_latency=no_latency).wants_another_measurement(load) is wanted


@pytest.mark.parametrize("p99s, is_good", [
    ((100, 149), True), ((100, 151), False), ((100, 300, 100, 120), True), ((100, 300, 100, 200), False)])
def test_latency_is_judged_by_the_better_measurement(p99s, is_good):
    measurements = len(p99s) // 2
    verdict = verdict_of(report(*p99s), reloads=10 * measurements, measurements=measurements)
    verdict.judge()
    assert (verdict.faults == []) is is_good, verdict.faults
    text = summary(verdict, verdict.options)
    assert text.count("| p99 idle") == measurements


def test_a_second_measurement_has_as_many_reloads_as_the_first():
    verdict = verdict_of(report(100, 300, 100, 120), reloads=15, measurements=2)
    verdict.judge()
    assert verdict.faults == ["15 of 20 reloads"]
