"""Replaces running plugins thousands of times under load and asserts that nobody notices.

Run by `./dev soak reload`. The real gateway serves auth and posts on a database, and small plugins of several toolchains,
over keep-alive connections, server-sent events and slow uploads, while one plugin after the other is replaced by a new
build; every sixth time by a broken one, which has to be refused for the right reason.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tools")]
sys.dont_write_bytecode = True

from builds import Builds  # noqa: E402
from gateway import SERVICES, Gateway  # noqa: E402
from load import MIXED, STEADY, WHOLE, Load, plan  # noqa: E402
from progress import Progress  # noqa: E402
from verdict import AGAIN, Verdict, summary  # noqa: E402

from harness import site as sites  # noqa: E402  (found by gateway.py)
from postgres import Postgres  # noqa: E402

# What takes the place of a good file every sixth time: flavour, whether it is cut in half, and the words of the refusal.
BAD = [("soak_other_abi", False, "abi"), ("soak_create_fails", False, "the colour is missing"), ("soak_unique", False, "unique"),
       ("soak_start_fails", False, "the database is away"), ("soak_c", True, ""), ("posts", False, "its id is")]
EVERY = 6
UNMAPPED = "gatehouse_plugin_unmapped_total"
WHOLE_FLAVOURS = ("soak_c", "soak_clang_c")
MIXED_FLAVOURS = ("soak_gxx", "soak_static", "soak_clang", "soak_rust", "soak_c")


def arguments():
    parser = argparse.ArgumentParser(prog="./dev soak reload", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", default="build/release")
    parser.add_argument("--reloads", type=int, default=2000, help="successful ones (default 2000); refused ones come on top")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rate", type=int, default=1500, help="requests per second (default 1500)")
    parser.add_argument("--idle-seconds", type=float, default=20, help="of load without reloads, to compare with")
    parser.add_argument("--only", action="append", help="replace only this service; may repeat")
    parser.add_argument("--no-latency", action="store_true", help="report p99, but do not judge it")
    parser.add_argument("--no-memory", action="store_true", help="report the growth of memory, but do not judge it")
    parser.add_argument("--keep", action="store_true", help="keep the folder with configuration and logs")
    return parser.parse_args()


def schedule(builds, only):
    """Endless (service, flavour, cut, expected refusal or None)."""
    whole = [flavour for flavour in WHOLE_FLAVOURS if builds.has(flavour)]
    mixed = [flavour for flavour in MIXED_FLAVOURS if builds.has(flavour)]
    bad = [each for each in BAD if builds.has(each[0])]
    services = only or [WHOLE, MIXED, "posts", MIXED, WHOLE, "auth"]
    turn, bad_turn = 0, 0
    while True:
        service = services[turn % len(services)]
        flavour = service
        if service in (WHOLE, MIXED):
            flavours = whole if service == WHOLE else mixed
            flavour = flavours[turn // len(services) % len(flavours)]
        if turn % EVERY == EVERY - 1 and service in (WHOLE, MIXED, "auth", "posts"):
            name, cut, words = bad[bad_turn % len(bad)]
            target = service if cut or name == "posts" and service != "posts" else MIXED
            yield target, (flavour if cut and service == target else name), cut, words
            bad_turn += 1
        yield service, flavour, False, None
        turn += 1


def replace_plugins(gateway, builds, turns, count, verdict):
    """So many reloads. Every one is followed by nothing: the next begins when the admin API has answered."""
    switched = 0
    progress = Progress(count)
    for service, flavour, cut, refusal in turns:
        marker = builds.install(service, flavour, cut)
        status, answer = gateway.reload(service)
        if refusal is not None:
            verdict.refused(service, flavour, status, answer, refusal)
            continue
        if status != 200:
            verdict.fault(f"{service}: a good build of {flavour} was not taken: {status} {answer}")
            if len(verdict.faults) > 20:
                break
            continue
        switched += 1
        verdict.switched(service, flavour, marker, answer)
        verdict.reloads += 1
        verdict.memory.append((verdict.reloads, gateway.resident_kib()))
        progress.show(switched)
        if switched == count:
            break
    progress.end()


def measure(gateway, load, builds, turns, options, verdict, which=""):
    """The same load without reloads and with them."""
    load.phase("idle" + which)
    time.sleep(options.idle_seconds)
    load.phase("reload" + which)
    began = time.monotonic()
    replace_plugins(gateway, builds, turns, options.reloads, verdict)
    verdict.seconds += time.monotonic() - began
    verdict.measurements += 1


def wait_for_the_end_of_old_generations(gateway, switched, verdict):
    """Until each service has one generation; what else is mapped then stays so."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        states = {}
        for plugin in gateway.plugins():
            states.setdefault(plugin["service"], []).append(plugin["state"])
        if all(found == ["active"] for found in states.values()) and len(states) == len(SERVICES):
            break
        time.sleep(0.05)
    else:
        verdict.fault(f"generations that do not end: {states}")
    mapped = gateway.mapped_plugins()
    verdict.mapped = len(mapped)
    if len(mapped) != len(SERVICES):
        verdict.fault(f"{len(mapped)} plugin files are mapped for {len(SERVICES)} services: {mapped}")
    pinned = gateway.metric("gatehouse_plugin_pinned_generations")
    if pinned != 0:
        verdict.fault(f"gatehouse_plugin_pinned_generations is {pinned}")
    unmapped = gateway.metric(UNMAPPED)
    if unmapped is None or unmapped < switched:
        verdict.fault(f"{switched} generations were replaced, but {UNMAPPED} is {unmapped}")


def run(options, folder, storage, verdict):
    build_dir = Path(options.build_dir).resolve()
    builds = Builds(folder / "plugins", build_dir / "plugins", build_dir / "soak-plugins")
    for name in ("auth", "users", "posts"):
        builds.install(name, name)
    for name in (WHOLE, MIXED, STEADY):
        builds.install(name, "soak_c")
    with Gateway(build_dir, folder, builds, storage) as gateway:
        user = sites.register(gateway, "soak")
        post = user.client.post("/api/posts", {"text": "the first one"}).expect(201).json()["id"]
        load = Load(build_dir / "bin" / "soak_client", gateway.address,
                    plan(options.rate, user.access_token, post), folder)
        try:
            time.sleep(2)
            turns = schedule(builds, options.only)
            measure(gateway, load, builds, turns, options, verdict)
            if verdict.wants_another_measurement(load.report()):
                measure(gateway, load, builds, turns, options, verdict, AGAIN)
            load.phase("after")
            wait_for_the_end_of_old_generations(gateway, verdict.reloads, verdict)
            time.sleep(1)
            verdict.load = load.report()
            load.stop()
        finally:
            load.kill()


def main():
    options = arguments()
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-soak-"))
    verdict = Verdict(options)
    try:
        if options.database == "postgresql":
            with Postgres() as server:
                run(options, folder, server.create_database("gatehouse_soak"), verdict)
        else:
            run(options, folder, None, verdict)
    except AssertionError as error:
        verdict.fault(str(error))
    verdict.judge()
    text = summary(verdict, options)
    print(text)
    results = Path(options.build_dir) / "soak"
    results.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    (results / f"reload-{stamp}.json").write_text(json.dumps(verdict.as_json(), indent=1))
    (results / f"reload-{stamp}.md").write_text(text)
    if options.keep or verdict.faults:
        print(f"kept {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
