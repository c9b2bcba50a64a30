"""Producers and consumers are killed, brokers stopped and crashed: every event takes effect exactly once, in the order of its
subject. The probe's outbox and inbox are files; the bus between them is the real one."""
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from harness.gatehouse import BUILD_DIR  # noqa: E402
from rabbitmq import RabbitMq, die_with_parent  # noqa: E402

PROBE = BUILD_DIR / "bin" / "bus_probe"
SUBJECTS = 8
EVENTS = 150  # of each subject
LIMIT_SECONDS = 200


class Probe:
    def __init__(self, url, environment, folder, *arguments):
        self.arguments = [str(PROBE), url, *map(str, arguments)]
        self.environment = {**os.environ, **environment}
        self.log = open(folder / "probe.log", "ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.arguments, env=self.environment, stdout=self.log, stderr=self.log,
                                        preexec_fn=die_with_parent(signal.SIGKILL))

    def kill(self):
        self.process.kill()
        self.process.wait()


def lines(path):
    return path.read_text().split() if path.exists() else []


def expect_every_effect_once_and_in_order(path):
    by_subject = {}
    for event in lines(path):
        subject, number = event.split("-")
        by_subject.setdefault(subject, []).append(int(number))
    assert by_subject == {f"s{subject}": list(range(1, EVENTS + 1)) for subject in range(SUBJECTS)}


def run_with(url, environment, folder, disturb):
    """Runs a producer and a consumer to the end; disturb(producer, consumer) is called again and again meanwhile."""
    effects = folder / "effects"
    producer = Probe(url, environment, folder, "produce", folder / "sent", EVENTS, SUBJECTS)
    consumer = Probe(url, environment, folder, "consume", effects)
    producer.start()
    consumer.start()
    deadline = time.monotonic() + LIMIT_SECONDS
    while len(lines(effects)) < EVENTS * SUBJECTS:
        assert time.monotonic() < deadline, f"{len(lines(effects))} effects: {(folder / 'probe.log').read_text()[-2000:]}"
        disturb(producer, consumer)
        if producer.process.poll() not in (None, 0):
            producer.start()
    consumer.process.terminate()
    assert consumer.process.wait(30) in (0, -signal.SIGTERM)
    producer.process.wait(30)
    expect_every_effect_once_and_in_order(effects)


def test_killed_processes(tmp_path):
    generator = random.Random(4)

    def disturb(producer, consumer):
        time.sleep(generator.uniform(0.05, 0.5))
        victim = generator.choice([producer, consumer])
        if victim.process.poll() is None:
            victim.kill()
        if victim.process.poll() != 0:
            victim.start()

    with RabbitMq() as broker:
        environment = broker.environment()
        run_with(environment["GATEHOUSE_TEST_RABBITMQ"], environment, tmp_path, disturb)


def test_a_broker_that_is_stopped_and_crashes(tmp_path):
    with RabbitMq() as broker:
        environment = broker.environment()
        ends = [broker.stop_server, broker.kill_server]

        def disturb(_producer, _consumer):
            time.sleep(0.4)
            if ends:
                ends.pop(0)()
                broker.start_server()

        run_with(environment["GATEHOUSE_TEST_RABBITMQ"], environment, tmp_path, disturb)
