"""The inside of a worker process. Imports nothing heavy until it listens: it must end when its server does."""

import os
import socket
import sys
import threading
from dataclasses import replace

from ntkscope.executors.base import Inbox, Job, Message, Ready, ToWorker, Train, load
from ntkscope.executors.channel import Channel
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Data, Interval
from ntkscope.schemas.network import Network
from ntkscope.schemas.training import Recording, Stop, Training
from ntkscope.starting import importing

TINY = RunConfig(
    data=Data(points=Interval(n=8), grid=16),
    network=Network(width=16),
    training=Training(stop=Stop(steps=50)),
    recording=Recording(frames=8, kernel_frames=2),
)


def work(pipe: Channel[Message, ToWorker], train: str) -> None:
    """Looks at the card, warms up, then serves the pipe until it says None or its other end is gone."""
    inbox = Inbox()
    threading.Thread(target=_listen, args=(pipe, inbox), daemon=True).start()
    with importing():
        from ntkscope.executors.worker import Worker
        from ntkscope.experiment.card_probe import look_at_card

        function = load(train)

    def send(message: Message) -> None:
        try:
            pipe.send(message)
        except OSError:
            os._exit(0)  # the server is gone

    card = look_at_card()
    _warm_up(function)
    send(Ready(card))
    Worker(function, inbox, send).serve()


def _listen(pipe: Channel[Message, ToWorker], inbox: Inbox) -> None:
    """Also notices the end of the server, which closes the pipe, whatever the numerics are doing."""
    try:
        while True:
            inbox.put(_once(pipe.receive()))
    except (EOFError, OSError):
        os._exit(0)


def _once(message: ToWorker) -> ToWorker:
    """The checkpoint is handed over once: nothing keeps its bytes while the run goes on."""
    if isinstance(message, Job) and isinstance(message.resume, bytes):
        return replace(message, resume=[message.resume].pop)
    return message


def _warm_up(train: Train) -> None:
    """A tiny run: libraries load, allocators and thread pools settle."""
    from ntkscope.executors.worker import explain
    from ntkscope.wire.codec import encode

    try:
        for event in train(TINY, threads=1):
            encode(event)
    except Exception as error:
        explain(error)  # into the server's log; a real run will tell its user


if __name__ == "__main__":
    work(Channel(socket.socket(fileno=int(sys.argv[1]))), sys.argv[2])
