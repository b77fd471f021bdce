"""What only processes do: they are warm, they die, and they are replaced."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ntkscope.executors.base import Died, Ended, Executor, Ready, Ticked
from ntkscope.executors.process import ProcessExecutor
from ntkscope.experiment.card import ABSENT
from ntkscope.wire.codec import EncodedEvent
from tests import fake_trainer
from tests.executors.conftest import ROOT, Ear, Start, job
from tests.fake_trainer import FAST, KILLED, LEAVES, STUCK
from tests.servers import wait_for

# A server without anything else: it starts a worker, gives it a run that never ends, and says the worker's pid.
SERVER = """
import threading
from ntkscope.executors.process import ProcessExecutor
from tests.executors.conftest import job
from tests.fake_trainer import PATH, STUCK
executor = ProcessExecutor(1, PATH)
executor.start(lambda slot, message: print(type(message).__name__, flush=True))
executor.begin(0, job("a", STUCK))
print(executor._slots[0]._process.pid, flush=True)
threading.Event().wait()
"""


one_process = pytest.mark.parametrize("shared", [ProcessExecutor], indirect=True)


@one_process
@pytest.mark.parametrize(("behaviour", "exit_code"), [(KILLED, -signal.SIGKILL), (LEAVES, 7)])
def test_a_death_is_told_with_its_exit_code_after_all_that_was_sent(
    behaviour: int, exit_code: int, executor: Executor, ear: Ear
) -> None:
    executor.begin(0, job("a", behaviour))
    assert ear.until(Died) == Died(exit_code)
    assert ear.seqs("a") == [1, 2, 3]
    executor.revive(0)
    executor.begin(0, job("b", FAST))

    assert ear.until(Ready) == Ready(ABSENT)
    assert ear.until(Ended) == Ended("b", "completed", "Reached the last step.")


@one_process
def test_what_was_meant_for_the_dead_is_not_given_to_the_next(executor: Executor, ear: Ear) -> None:
    executor.begin(0, job("a", KILLED))
    ear.until(Died)
    executor.begin(0, job("never", FAST))  # sent before anybody was told of the death
    executor.revive(0)
    executor.begin(0, job("b", FAST))
    ear.until(Ended, "b")

    assert ear.seqs("never") == []


@one_process
def test_a_worker_that_computes_can_be_killed(executor: Executor, ear: Ear) -> None:
    executor.begin(0, job("a", STUCK))
    ear.until(Ticked)

    assert executor.kill(0)
    assert ear.until(Died) == Died(-signal.SIGKILL)


def test_a_worker_that_cannot_start_is_told_of(start: Start, ear: Ear) -> None:
    start(ProcessExecutor(1, "tests.no_such_module:train"))

    assert ear.until(Died) == Died(1)


def test_slots_train_at_the_same_time(start: Start, ear: Ear) -> None:
    executor = start(ProcessExecutor(2, fake_trainer.PATH))
    executor.begin(0, job("a", STUCK))
    executor.begin(1, job("b", FAST))

    ear.until(Ended, "b")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_a_worker_dies_with_its_server() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, env=environment)
    with server:
        assert server.stdout is not None
        worker = Path("/proc") / server.stdout.readline().strip()
        assert worker.is_dir()
        while EncodedEvent.__name__ not in server.stdout.readline():
            pass  # until the run has begun: the worker now sleeps for ten minutes
        server.kill()
    wait_for(lambda: not worker.is_dir() or (worker / "stat").read_text().split()[2] == "Z")
