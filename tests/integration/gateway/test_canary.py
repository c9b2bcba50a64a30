"""A new generation on trial: probes and a share of the requests before it takes over."""

import contextlib
import signal
import threading

import pytest

from harness.client import eventually
from harness.reloads import (  # noqa: F401  (fixtures)
    Load, answering_site, compile_answering, generation, metric, plugins, put, reload,
)


BAD_CANARIES = {
    "fails": (500, {}, "answers of the canary are 5xx"),
    "hangs": (200, {"PAUSE_MS": 600_000, "FLAGS": "GH_ROUTE_BLOCKING", "TIMEOUT_MS": 100}, "answers of the canary are 5xx"),
    "is slow": (200, {"PAUSE_MS": 40, "FLAGS": "GH_ROUTE_BLOCKING"}, "answers of the canary take up to"),
}


@pytest.mark.parametrize("trouble", BAD_CANARIES)
def test_a_canary_that_does_worse_never_takes_over(tmp_path, plugins, trouble):
    status, defines, reason = BAD_CANARIES[trouble]
    canary = {"percent": 20, "time": "60s"}
    with answering_site(tmp_path, plugins, observe="0ms", rollback_after=8, canary=canary) as site:
        first = generation(site, "/answer")
        put(plugins, "answering", compile_answering(tmp_path, status, **defines))
        with Load(site, [("GET", "/answer", None, None)], expected=(200, status, 503, 504), threads=2) as load:
            report = reload(site, "answering", 422)
        assert report["phase"] == "canary"
        assert reason in report["reason"]
        assert load.failures == []
        assert {generation(site, "/answer") for _ in range(20)} == {first}
        assert metric(site, 'gatehouse_plugin_reloads_total{plugin="answering",result="refused",reason="canary"') == 1
        if trouble != "hangs":
            eventually(lambda: len(site.admin().get("/plugins/answering/why-alive").json()["generations"]) == 1, "it ended")


def test_a_rollback_ends_a_trial_and_does_not_wait_for_one_of_another_service(tmp_path, plugins):
    with answering_site(tmp_path, plugins, observe="60s", canary={"percent": 50, "time": "10m"}) as site:
        first = generation(site, "/answer")
        put(plugins, "answering", compile_answering(tmp_path, 201))
        reports = []
        asking = threading.Thread(target=lambda: reports.append(reload(site, "answering", 422)))
        asking.start()
        eventually(lambda: "plugin canary" in site.gateway.log(), "the trial is under way")
        site.admin().post("/plugins/posts/rollback").expect(422)  # at once: there is nothing to go back to
        site.admin().post("/plugins/answering/rollback").expect(200)
        asking.join()
        assert reports[0]["phase"] == "canary" and "rollback" in reports[0]["reason"]
        assert {generation(site, "/answer") for _ in range(10)} == {first}


def test_a_canary_that_does_well_takes_over(tmp_path, plugins):
    canary = {"percent": 50, "time": "1s"}
    with answering_site(tmp_path, plugins, canary=canary) as site:
        first = generation(site, "/answer")
        put(plugins, "answering", compile_answering(tmp_path, 201))
        with Load(site, [("GET", "/answer", None, None)], threads=1) as load:
            report = reload(site, "answering")
        assert load.failures == []
        assert {"probe", "canary", "switch"} <= set(report["phases_us"])
        assert report["previous"] == first
        with site.client() as client:
            for _ in range(10):
                client.get("/answer").expect(201)


def test_the_gateway_stops_while_a_canary_is_tried(tmp_path, plugins):
    with answering_site(tmp_path, plugins, canary={"percent": 50, "time": "10m"}) as site:
        put(plugins, "answering", compile_answering(tmp_path, 201))
        def ask():
            with contextlib.suppress(OSError):  # it may be hung up on
                site.admin().post("/plugins/answering/reload")

        asking = threading.Thread(target=ask)
        asking.start()
        eventually(lambda: "plugin canary" in site.gateway.log(), "the trial is under way")
        site.gateway.send_signal(signal.SIGTERM)
        assert site.gateway.wait_exit() == 0
        asking.join()


def test_a_generation_whose_probe_fails_gets_no_request(tmp_path, plugins):
    with answering_site(tmp_path, plugins, probe=["/answer"]) as site:
        put(plugins, "answering", compile_answering(tmp_path, 503))
        report = reload(site, "answering", 422)
        assert report["phase"] == "probe"
        assert "GET /answer answers 503" in report["reason"]
        site.client().get("/answer").expect(200)
