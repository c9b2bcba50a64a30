"""gatehouse-abi-test must find what is broken, and nothing else. Each plugin of the zoo breaks one rule."""
import json
import os
import subprocess
from pathlib import Path

import pytest

PROGRAM = os.environ["ABI_TEST"]
ZOO = Path(os.environ["ZOO_DIRECTORY"])
SANITIZED = bool(os.environ.get("GATEHOUSE_SANITIZE"))

# What any hostile input shows, whichever rule sends it.
FLOODED = {"extensions", "responses", "exceptions", "threads", "loop-time", "telemetry", "operations", "views"}

# plugin, rule, word of the reason, other rules that cannot but fail with it; None: each rule would wait for it, run two
BROKEN = [
    ("table", "table", "another table", set()),
    ("create", "create", "a descriptor is left", set()),
    ("registration", "registration", "outside create()", set()),
    ("refused_registration", "refused-registration", "SIGABRT", set()),
    ("hooks", "hooks", "inside the call", set()),
    ("hooks_twice", "hooks", "calls back", set()),
    ("hooks_never", "hooks", "never calls back", None),
    ("extensions", "extensions", "gh.unknown/9", set()),
    ("no_extensions", "no-extensions", "SIGSEGV", set()),
    ("table_sizes", "table-sizes", "beyond its size", set()),
    ("grown_tables", "grown-tables", "cannot be created", set()),
    ("answers", "answers", "answered before", set()),
    ("responses", "responses", "Content-Length", set()),
    ("hostile_input", "hostile-input", "SIGABRT", FLOODED),
    ("throws_in_handler", "exceptions", "lets an exception out", set()),
    ("threads", "threads", "outside the request's loop", set()),
    ("loop_time", "loop-time", "blocks the event loop", set()),
    ("telemetry", "telemetry", "never declared", set()),
    ("cancel_await", "cancel-await", "is not ended", {"drain"}),
    ("client_gone", "client-gone", "is not ended", {"drain"}),
    ("refused_calls", "refused-calls", "is not ended", set()),
    ("operations", "operations", "SIGABRT", set()),
    ("views", "views", "after the request was ended", set()),
    ("bodies", "bodies", "changed after it was handed over", set()),
    ("bytes_leak", "bytes", "never released", {"repeat"}),
    ("bytes_twice", "bytes", "twice", {"views", "bodies"}),
    ("drain", "drain", "goes on after everything was cancelled", None),
    ("drain_hold", "drain", "holds are left", set()),
    ("leftovers_thread", "leftovers", "a thread is left", {"repeat"}),
    ("leftovers_descriptor", "leftovers", "a descriptor is left (/dev/null)", {"repeat"}),
    ("leftovers_child", "leftovers", "a child process is left", set()),
    ("leftovers_key", "leftovers", "pthread_key_create", set()),
    ("process_locale", "process", "locale", set()),
    ("process_directory", "process", "working directory", set()),
    ("process_umask", "process", "umask", set()),
    ("process_environment", "process", "GATEHOUSE_ZOO", set()),
    ("process_signal", "process", "handler of signal", set()),
    ("process_mask", "process", "signal mask", set()),
    ("repeat", "repeat", "leaks", set()),
    ("generations", "generations", "cannot be started", set()),
    ("unload", "unload", "stays in memory", set()),
]


# plugin, rule that meets it, word of the reason: contained in the child process, and told by the parent.
CONTAINED = [
    ("crashes_in_create", "create", "SIGSEGV"), ("crashes_in_start", "hooks", "SIGSEGV"), ("crashes_in_health", "hooks", "SIGSEGV"),
    ("crashes_in_drain", "hooks", "SIGSEGV"), ("crashes_in_stop", "hooks", "SIGSEGV"), ("crashes_in_destroy", "hooks", "SIGSEGV"),
    ("crashes_in_handler", "answers", "SIGSEGV"), ("throws_in_constructor", "table", "SIG"),
    ("throws_in_create", "exceptions", "create() lets an exception out"), ("throws_in_start", "exceptions", "start() lets an exception out"),
    ("hangs_in_create", "create", "does not return"), ("hangs_in_start", "hooks", "does not return"),
    ("hangs_in_health", "hooks", "does not return"), ("hangs_in_drain", "hooks", "does not return"),
    ("hangs_in_stop", "hooks", "does not return"), ("hangs_in_destroy", "hooks", "does not return"),
    ("hangs_in_handler", "answers", "is not ended"), ("never_starts", "hooks", "never calls back"),
    ("leaves_timer", "drain", "goes on"), ("leaves_thread", "leftovers", "a thread is left"), ("leaves_hold", "drain", "holds are left"),
    ("leaves_bytes", "bytes", "never released"),
]


def run(plugin, *arguments):
    done = subprocess.run([PROGRAM, str(ZOO / f"{plugin}.so"), "--json", "--iterations", "1000", *arguments],
                          capture_output=True, text=True, timeout=600)
    return done, json.loads(done.stdout) if done.stdout else None


def test_finds_nothing_wrong_with_a_plugin_that_keeps_the_rules():
    done, report = run("well_behaved")
    assert {rule["rule"]: rule["reasons"] for rule in report["rules"] if rule["result"] == "failed"} == {}
    assert done.returncode == 0


@pytest.mark.parametrize("plugin, rule, word, also", BROKEN, ids=[row[0] for row in BROKEN])
def test_finds_the_broken_rule(plugin, rule, word, also):
    chosen = ["--rule", rule] if SANITIZED else ["--rule", rule, "--rule", "telemetry"] if also is None else []
    done, report = run(plugin, *chosen)
    failed = {entry["rule"]: " ".join(entry["reasons"]) for entry in report["rules"] if entry["result"] == "failed"}
    assert rule in failed, report
    if not SANITIZED:  # a sanitizer has a word of its own for some of them
        assert word in failed[rule]
        assert set(failed) - {rule} <= (also or set()), failed
    assert done.returncode == 1


@pytest.mark.parametrize("plugin, rule, word", CONTAINED, ids=[row[0] for row in CONTAINED])
def test_contains_what_hangs_and_crashes(plugin, rule, word):
    done, report = run(plugin, "--rule", rule)
    assert done.returncode == 1
    assert SANITIZED or word in " ".join(report["rules"][0]["reasons"]), report


def test_every_rule_has_a_plugin_that_breaks_it():
    listed = subprocess.run([PROGRAM, "--list"], capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in listed.splitlines()} == {row[1] for row in BROKEN}


@pytest.mark.parametrize("arguments", [
    ["/nonexistent.so"], [], ["well_behaved", "--rule", "no-such-rule"], ["well_behaved", "--config", "/nonexistent.json"],
    ["well_behaved", "--iterations", "many"],
])
def test_says_that_it_cannot_tell(arguments):
    paths = [str(ZOO / "well_behaved.so") if word == "well_behaved" else word for word in arguments]
    done = subprocess.run([PROGRAM, *paths], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr


def test_prints_a_line_for_each_rule_and_a_summary():
    done = subprocess.run([PROGRAM, str(ZOO / "answers.so"), "--rule", "answers", "--rule", "table"], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert lines[1:] == ["ok       table", lines[2], "1 ok, 1 failed, 0 skipped"]
    assert lines[2].startswith("FAILED   answers: ")
