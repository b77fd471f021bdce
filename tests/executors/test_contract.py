"""What every executor must do."""

import pytest

from ntkscope.errors import InvalidInput
from ntkscope.executors.base import CommandReceived, Ended, Executor, Paused, Released, Ticked
from ntkscope.executors.inline import InlineExecutor
from ntkscope.executors.process import ProcessExecutor
from ntkscope.wire.codec import EncodedEvent, decode, encode
from tests import fake_trainer
from tests.executors.conftest import Ear, Start, job, order
from tests.fake_trainer import FAST, INVALID, RAISES, SILENT, STEADY, checkpoint, frame

LONG = 100_000


def test_events_come_encoded_in_order_and_then_the_end(executor: Executor, ear: Ear) -> None:
    executor.begin(0, job("a", FAST))
    ended = ear.until(Ended)

    assert ended == Ended("a", "completed", "Reached the last step.")
    assert ear.seqs("a") == list(range(1, 23))
    assert ear.ticks("a") == 20
    first = next(message for message in ear.all if isinstance(message, EncodedEvent))
    assert decode(first.data).model_dump_json() == frame(1, 1).model_dump_json()


def test_runs_follow_each_other(executor: Executor, ear: Ear) -> None:
    for run_id in "abc":
        executor.begin(0, job(run_id, FAST))
        ear.until(Ended, run_id)

    assert ear.seqs("c") == ear.seqs("a")


def test_a_paused_run_leaves_its_slot_to_others_and_goes_on_where_it_was(executor: Executor, ear: Ear) -> None:
    executor.begin(0, job("a", STEADY, LONG))
    ear.until(EncodedEvent)
    executor.order(0, order("a", "pause"))
    assert ear.until(CommandReceived) == CommandReceived("a", "pause")
    ear.until(Paused)
    executor.begin(0, job("b", FAST))
    ear.until(Ended, "b")
    so_far = ear.seqs("a")
    executor.order(0, order("a", "resume"))
    ear.until(EncodedEvent, "a")
    executor.order(0, order("a", "cancel"))

    assert ear.until(Ended, "a") == Ended("a", "cancelled", "Cancelled.")
    assert ear.seqs("a")[len(so_far)] == so_far[-1] + 1
    assert ear.seqs("a") == list(range(1, len(ear.seqs("a")) + 1))


def test_a_paused_run_is_cancelled_while_another_trains(executor: Executor, ear: Ear) -> None:
    executor.begin(0, job("a", STEADY, LONG))
    executor.order(0, order("a", "pause"))
    ear.until(Paused)
    executor.begin(0, job("b", STEADY, LONG))
    ear.until(EncodedEvent, "b")
    executor.order(0, order("a", "cancel"))
    assert ear.until(Ended) == Ended("a", "cancelled", "Cancelled.")
    executor.order(0, order("b", "cancel"))

    assert ear.until(Ended) == Ended("b", "cancelled", "Cancelled.")


def test_orders_for_runs_that_are_over_are_forgotten(executor: Executor, ear: Ear) -> None:
    executor.begin(0, job("a", FAST))
    ear.until(Ended)
    for command in ("pause", "resume", "cancel"):
        executor.order(0, order("a", command))
    executor.begin(0, job("b", FAST))

    assert ear.until(Ended) == Ended("b", "completed", "Reached the last step.")
    assert not any(isinstance(message, CommandReceived) for message in ear.all)


def test_an_extended_run_is_numbered_from_its_last_seq(executor: Executor, ear: Ear) -> None:
    executor.begin(0, job("a", FAST, steps=8, resume=encode(checkpoint(7, 5))))
    ear.until(Ended)

    assert ear.seqs("a") == [8, 9, 10, 11, 12]  # three frames, the end, its checkpoint


def test_a_paused_run_leaves_the_memory_and_comes_back_from_its_checkpoint(executor: Executor, ear: Ear) -> None:
    executor.begin(0, job("a", STEADY, LONG))
    executor.order(0, order("a", "pause"))
    ear.until(Paused)
    executor.begin(0, job("b", STEADY, LONG))
    ear.until(EncodedEvent, "b")
    executor.order(0, order("a", "release"))
    assert ear.until(Released) == Released("a")
    executor.order(0, order("a", "release"))  # it is not there any more
    executor.order(0, order("b", "cancel"))
    ear.until(Ended, "b")
    assert not any(isinstance(message, Ended) and message.run_id == "a" for message in ear.all)

    last = [message for message in ear.all if isinstance(message, EncodedEvent) and message.run == "a"][-1]
    executor.begin(0, job("a", FAST, last.seq + 3, resume=lambda: last.data, since=-1))
    ear.until(Ended, "a")
    assert ear.seqs("a") == list(range(1, len(ear.seqs("a")) + 1))


def test_a_checkpoint_that_cannot_be_read_fails_the_run(executor: Executor, ear: Ear) -> None:
    def read() -> bytes:
        raise InvalidInput("A checkpoint.", "none", "Start a new run.")

    executor.begin(0, job("a", FAST, resume=read))
    ended = ear.until(Ended)
    assert isinstance(ended, Ended)
    assert (ended.run_id, ended.outcome) == ("a", "failed")
    assert ended.sentence == "A checkpoint. You gave none. Start a new run."


def test_an_error_fails_the_run_and_not_the_slot(executor: Executor, ear: Ear) -> None:
    for run_id, behaviour, words in (
        ("a", RAISES, "ZeroDivisionError: of the test's own making"),
        ("b", INVALID, "Take another seed."),
        ("c", SILENT, "ended without saying how"),
    ):
        executor.begin(0, job(run_id, behaviour))
        ended = ear.until(Ended)
        assert isinstance(ended, Ended)
        assert (ended.run_id, ended.outcome) == (run_id, "failed")
        assert words in ended.sentence
        assert "Traceback" not in ended.sentence
    executor.begin(0, job("d", FAST))
    ended = ear.until(Ended)
    assert isinstance(ended, Ended)
    assert ended.outcome == "completed"


@pytest.mark.parametrize("kind", [InlineExecutor, ProcessExecutor])
def test_closing_ends_runs_in_the_middle(
    kind: type[InlineExecutor] | type[ProcessExecutor], start: Start, ear: Ear
) -> None:
    executor = start(kind(1, fake_trainer.PATH))
    executor.begin(0, job("a", STEADY, LONG))
    ear.until(Ticked)
    executor.close()

    assert not any(isinstance(message, Ended) for message in ear.all)
