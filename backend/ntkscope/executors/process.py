"""Slots that are warm worker processes: torch is imported and a small run has been through before a job comes."""

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
from functools import partial

from ntkscope.executors.base import TRAIN, Deliver, Died, Ended, Job, Message, Order, Ready, ToWorker
from ntkscope.executors.channel import Channel
from ntkscope.executors.worker import explain

CLOSING_SECONDS = 2.0
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # before a worker that died without ever being ready is replaced


class ProcessExecutor:
    """One process a slot; one that dies is replaced at once.

    Args:
        slots: How many runs train at the same time.
        train: Path of the trainer, as "module:function".
    """

    def __init__(self, slots: int = 1, train: str = TRAIN) -> None:
        self._slots = [_Slot(number, train) for number in range(slots)]

    @property
    def slots(self) -> int:
        return len(self._slots)

    def start(self, deliver: Deliver) -> None:
        for slot in self._slots:
            slot.start(deliver)

    def begin(self, slot: int, job: Job) -> None:
        self._slots[slot].send(job)

    def order(self, slot: int, order: Order) -> None:
        self._slots[slot].send(order)

    def kill(self, slot: int) -> bool:
        self._slots[slot].kill()
        return True

    def revive(self, slot: int) -> None:
        self._slots[slot].revive()

    def close(self) -> None:
        for slot in self._slots:
            slot.ask_to_end()
        for slot in self._slots:
            slot.join()


class _Slot:
    """A process and the pipe to it; one thread writes to the pipe, one reads and replaces the process.

    Generations keep what was meant for a process that is gone from the next one.
    """

    def __init__(self, number: int, train: str) -> None:
        self._number, self._train = number, train
        self._process: subprocess.Popen[bytes]
        self._pipe: Channel[ToWorker, Message]
        self._outbox: queue.SimpleQueue[tuple[int, ToWorker]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._change = threading.Condition()
        self._wanted = 0  # generation that senders mean
        self._serving = 0  # generation of the process
        self._closing = False

    def start(self, deliver: Deliver) -> None:
        self._spawn()
        # A thread sends, since a large table blocks until a worker that is still starting reads it.
        for target in (self._write, self._read):
            thread = threading.Thread(target=target, args=(deliver,), name=f"ntkscope-slot-{self._number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def send(self, message: ToWorker) -> None:
        self._outbox.put((self._wanted, message))

    def kill(self) -> None:
        self._process.kill()

    def revive(self) -> None:
        with self._change:
            self._wanted += 1
            self._change.notify_all()

    def ask_to_end(self) -> None:
        self.send(None)
        with self._change:
            self._closing = True
            self._change.notify_all()

    def join(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(CLOSING_SECONDS)
        self._process.kill()
        for thread in self._threads:
            thread.join()
        self._pipe.close()  # nobody uses it any more; a collection might finalize its socket first

    def _spawn(self) -> None:
        """No fork and no multiprocessing start method: those run the caller's main module again."""
        ours, theirs = socket.socketpair()
        self._pipe = Channel(ours)
        descriptor = str(theirs.fileno())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ntkscope.executors.process_worker", descriptor, self._train],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            process_group=0,  # Ctrl-C is for the server, which then tells its workers
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        theirs.close()  # or our reading would not end with the worker

    def _write(self, deliver: Deliver) -> None:
        message: ToWorker = None
        while message is not None or not self._closing:
            generation, message = self._outbox.get()
            with self._change:
                self._change.wait_for(partial(self._serves, generation))
                pipe = self._pipe if generation == self._serving else None
            if pipe is not None:
                self._pass_on(pipe, message, deliver)

    def _pass_on(self, pipe: Channel[ToWorker, Message], message: ToWorker, deliver: Deliver) -> None:
        if isinstance(message, Job):
            try:
                message = message.loaded()
            except Exception as error:
                deliver(self._number, Ended(message.run_id, "failed", explain(error)))
                return
        with contextlib.suppress(OSError):  # its process is gone, which the reading thread reports
            pipe.send(message)

    def _serves(self, generation: int) -> bool:
        return self._closing or self._serving >= generation

    def _read(self, deliver: Deliver) -> None:
        wait = FIRST_WAIT
        while True:
            ready = self._receive(deliver)
            exit_code = self._process.wait()
            with self._change:
                if self._closing:
                    return
            deliver(self._number, Died(exit_code))
            wait = FIRST_WAIT if ready else min(2 * wait, LONGEST_WAIT)
            with self._change:
                self._change.wait_for(lambda: self._closing or self._wanted > self._serving)
                if not ready:
                    self._change.wait_for(lambda: self._closing, timeout=wait)
                if self._closing:
                    return
                # The old pipe is dropped, not closed: a sender may be in the middle of a message to it.
                self._spawn()
                self._serving = self._wanted
                self._change.notify_all()

    def _receive(self, deliver: Deliver) -> bool:
        """Passes messages on until the process is gone; whether it had been ready."""
        ready = False
        with contextlib.suppress(EOFError, OSError):
            while True:
                message = self._pipe.receive()
                ready = ready or isinstance(message, Ready)
                deliver(self._number, message)
        return ready
