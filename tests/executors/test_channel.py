"""Messages between processes: in order, of any size, and an end that is gone is told."""

import socket
import threading
from dataclasses import replace

import msgpack
import numpy as np
import pytest

from ntkscope.executors.base import (
    Begun,
    CommandReceived,
    Died,
    Ended,
    Job,
    Order,
    Paused,
    Ready,
    Released,
    Ticked,
)
from ntkscope.executors.channel import SIZES, Channel
from ntkscope.executors.letters import PLAIN, Letter, unpack
from ntkscope.experiment.card import Card
from ntkscope.experiment.measure.cadence import Cadence
from ntkscope.experiment.measure.told import Told
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.speed import Speed
from ntkscope.schemas.placement import Placement
from ntkscope.wire.codec import EncodedEvent
from tests.cases import config

TABLE = Table("t", np.eye(3, 2), np.ones(3), ["x1", "x2", "y"], np.array([False, True, False]), ["Two rows."])
JOB = Job("a", config(), TABLE, b"checkpoint", -1, 2)
READY = Ready(Card("ready", "A card", "9.0", "13.0", 5, 6, Speed(1.0, 2.0, 3.0, 4.0, 5.0)))
LETTERS: list[Letter] = [
    None, Order("a", "release"), Begun("a"), Ticked("a", b"tick"), CommandReceived("a", "pause"), Paused("a"),
    Released("a"), Ended("a", "failed", "Größe"), Ready(), READY, Died(-9), EncodedEvent("a", 1, "frame", b""),
]  # fmt: skip


def pair() -> tuple[Channel[Letter, Letter], Channel[Letter, Letter]]:
    ours, theirs = socket.socketpair()
    return Channel(ours), Channel(theirs)


def test_messages_come_in_order_whatever_their_size() -> None:
    ours, theirs = pair()
    messages = [EncodedEvent("a", seq, "frame", bytes(seq)) for seq in (1, 3_000_000, 2, 100_000)]
    sender = threading.Thread(target=lambda: [ours.send(message) for message in messages])
    sender.start()

    assert [theirs.receive() for _ in messages] == messages
    sender.join()


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: type(letter).__name__)
def test_every_message_comes_as_it_went(letter: Letter) -> None:
    ours, theirs = pair()
    ours.send(letter)
    assert theirs.receive() == letter
    assert type(letter) in {*PLAIN.values(), Ready, type(None)}


def test_a_job_comes_with_its_table_its_checkpoint_and_what_is_told() -> None:
    ours, theirs = pair()
    placed = Placement(device="cuda", eigen="cpu", reason="There is one.")
    sent = replace(JOB, placement=placed, told=Told(7, True, 3, -1, "a processor"), cadence=Cadence(1.5, 0.25))
    for job in (sent, replace(sent, resume=b""), Job("b", config())):
        ours.send(job)
        came = theirs.receive()
        assert isinstance(came, Job)
        assert replace(came, dataset=None) == replace(job, dataset=None)
        if job.dataset is None:
            assert came.dataset is None
        else:
            assert came.dataset is not None
            assert np.array_equal(came.dataset.x, job.dataset.x)
            assert np.array_equal(came.dataset.y, job.dataset.y)
            assert (came.dataset.name, came.dataset.columns) == (job.dataset.name, job.dataset.columns)
            assert came.dataset.held_out is not None
            assert came.dataset.held_out.tolist() == [False, True, False]
            assert came.dataset.notices == ["Two rows."]
    with pytest.raises(TypeError, match="with its checkpoint"):
        ours.send(replace(JOB, resume=lambda: b""))


def test_another_kind_of_message_is_refused() -> None:
    with pytest.raises(ValueError, match="'Popen'"):
        unpack(msgpack.packb({"kind": "Popen"}), b"")


def test_an_end_that_is_gone_is_told() -> None:
    ours, theirs = pair()
    del ours
    with pytest.raises(EOFError):
        theirs.receive()
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        theirs.send(Ready())


def test_so_is_one_that_is_gone_in_the_middle_of_a_message() -> None:
    end, theirs = socket.socketpair()
    channel: Channel[Letter, Letter] = Channel(theirs)
    end.sendall(SIZES.pack(9, 100) + b"half")
    end.close()
    with pytest.raises(EOFError):
        channel.receive()
