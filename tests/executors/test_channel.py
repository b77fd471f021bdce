"""Messages between processes: in order, of any size, and an end that is gone is told."""

import socket
import threading

import pytest

from ntkscope.executors.channel import Channel
from ntkscope.wire.codec import EncodedEvent


def pair() -> tuple[Channel[object, object], Channel[object, object]]:
    ours, theirs = socket.socketpair()
    return Channel(ours), Channel(theirs)


def test_messages_come_in_order_whatever_their_size() -> None:
    ours, theirs = pair()
    messages = [EncodedEvent("a", seq, "frame", bytes(seq)) for seq in (1, 3_000_000, 2, 100_000)]
    sender = threading.Thread(target=lambda: [ours.send(message) for message in messages])
    sender.start()

    assert [theirs.receive() for _ in messages] == messages
    sender.join()


def test_an_end_that_is_gone_is_told() -> None:
    ours, theirs = pair()
    del ours
    with pytest.raises(EOFError):
        theirs.receive()
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        theirs.send("x")


def test_so_is_one_that_is_gone_in_the_middle_of_a_message() -> None:
    end, theirs = socket.socketpair()
    channel: Channel[object, object] = Channel(theirs)
    end.sendall(b"\x80\x05\x95\x00\x10\x00\x00\x00\x00\x00\x00half of it")
    end.close()
    with pytest.raises(EOFError):
        channel.receive()
