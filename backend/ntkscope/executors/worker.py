"""What happens in a slot: begins runs, goes on with paused ones, takes commands between steps."""

import gc
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from ntkscope.errors import CardFull, NtkscopeError
from ntkscope.executors.base import (
    Begun,
    CommandReceived,
    Ended,
    Inbox,
    Job,
    Message,
    Order,
    Paused,
    Released,
    RunGenerator,
    Ticked,
    Train,
)
from ntkscope.executors.drive import drive
from ntkscope.experiment.card_memory import clear_cache, fits_now
from ntkscope.experiment.measure.told import Told
from ntkscope.schemas.event import Checkpoint, Command, RunEvent, Tick
from ntkscope.schemas.placement import ON_CPU, Placement
from ntkscope.wire.codec import EncodedEvent, decode, encode


class Worker:
    """Serves an inbox until it says None.

    A paused run is a generator that nobody iterates: it stays in memory, and the worker is free for another.

    Args:
        train: Makes the generator of a run.
        inbox: Jobs and orders.
        send: Where messages go.
    """

    def __init__(self, train: Train, inbox: Inbox, send: Callable[[Message], None]) -> None:
        self._train = train
        self._inbox = inbox
        self._send = send
        self._paused: dict[str, _Run] = {}

    def serve(self) -> None:
        """Works until the inbox says None, also in the middle of a run."""
        try:
            while (message := self._inbox.get()) is not None:
                if isinstance(message, Job):
                    self._begin(message)
                elif message.command != "pause":  # a run that is not running is paused, or over
                    self._go_on(message)
        except _Stop:
            return
        finally:
            for run in self._paused.values():
                run.generator.close()

    def _begin(self, job: Job) -> None:
        self._send(Begun(job.run_id))
        if not fits_now(job.config, job.dataset, job.placement or ON_CPU):
            self._clear_card()
        try:
            resume = _checkpoint(job.loaded())
            generator = self._train(
                job.config,
                dataset=job.dataset,
                resume=resume,
                last_seq=resume.seq if resume else 0,
                since=job.since,
                threads=job.threads,
                placement=job.placement,
                told=_told(job, resume),
                cadence=job.cadence,
            )
            del resume  # the generator has it until it has taken it up
        except Exception as error:
            self._send(Ended(job.run_id, "failed", explain(error)))
        else:
            self._run(_Run(job.run_id, generator, job.threads, job.placement or ON_CPU))

    def _go_on(self, order: Order) -> None:
        if order.run_id not in self._paused:
            return
        if order.command == "release":
            self._release(order.run_id)
        else:
            self._send(CommandReceived(order.run_id, order.command))
            self._run(self._paused.pop(order.run_id), order.command)

    def _release(self, run_id: str) -> None:
        """Frees a paused run's memory, here and on the card; its checkpoint was told when it paused."""
        self._paused.pop(run_id).generator.close()
        gc.collect()  # the memory must be free when it is said to be
        clear_cache()
        self._send(Released(run_id))

    def _clear_card(self) -> None:
        """Makes room on the card: what is kept for later is given back, and runs paused there leave the memory."""
        gc.collect()
        clear_cache()
        for run_id in [run_id for run_id, run in self._paused.items() if run.placement.device != "cpu"]:
            self._release(run_id)

    def _run(self, run: "_Run", reply: Command | None = None) -> None:
        run_id, generator = run.run_id, run.generator

        def emit(event: RunEvent) -> None:
            data = encode(event)
            if isinstance(event, Tick):
                self._send(Ticked(run_id, data))
            else:
                self._send(EncodedEvent(run_id, event.seq, event.type, data))

        torch.set_num_threads(run.threads)
        try:
            finished = drive(generator, emit, lambda: self._command(run_id, run.threads), reply)
        except _Stop:
            generator.close()
            raise
        except Exception as error:
            ended, full = Ended(run_id, "failed", explain(error)), isinstance(error, CardFull)
        else:
            if finished is None:
                self._paused[run_id] = run
                self._send(Paused(run_id))
                return
            ended, full = Ended(run_id, finished.outcome, finished.sentence), False
        # Outside of the handler: the error's trace held what the run had on the card.
        if full:
            self._clear_card()
        elif run.placement.device != "cpu":
            gc.collect()
            clear_cache()  # what this process keeps for later is not there for the others
        self._send(ended)

    def _command(self, run_id: str, threads: int) -> Command | None:
        """The next command for this run; cancels paused runs meanwhile."""
        while not self._inbox.empty():
            message = self._inbox.get()
            if message is None:
                raise _Stop
            if not isinstance(message, Order):
                raise RuntimeError(f"run {message.run_id} was given to a slot that is busy with {run_id}")
            if message.run_id != run_id:
                self._go_on(message)
                torch.set_num_threads(threads)
            elif message.command in ("pause", "cancel"):
                self._send(CommandReceived(run_id, message.command))
                return message.command
        return None


@dataclass(frozen=True)
class _Run:
    """A run that has begun, in this slot's memory."""

    run_id: str
    generator: RunGenerator
    threads: int
    placement: Placement


def _told(job: Job, resume: Checkpoint | None) -> Told | None:
    """What the log has; a checkpoint that the run left since it was killed is beyond what it had then."""
    if job.told is None or resume is None:
        return job.told
    return replace(job.told, seq=max(job.told.seq, resume.seq))


def _checkpoint(job: Job) -> Checkpoint | None:
    if job.resume is None:
        return None
    assert isinstance(job.resume, bytes)
    event = decode(job.resume)
    assert isinstance(event, Checkpoint)
    return event


class _Stop(BaseException):
    """The inbox said None in the middle of a run. Not an Exception: no run's error handling may catch it."""


def explain(error: Exception) -> str:
    """One sentence for the reader; the trace of a fault of ours goes to the server's log."""
    if isinstance(error, NtkscopeError):
        return str(error)
    traceback.print_exception(error, file=sys.stderr)
    return f"The training stopped with an error: {type(error).__name__}: {error}"
