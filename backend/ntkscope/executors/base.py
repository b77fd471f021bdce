"""What every executor receives and sends. The scheduler knows no more of processes than this."""

import importlib
import queue
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from ntkscope.experiment.card import ABSENT, Card
from ntkscope.experiment.measure.cadence import Cadence
from ntkscope.experiment.measure.told import Told
from ntkscope.experiment.problem.datasets import Table
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Command, Outcome, RunEvent
from ntkscope.schemas.placement import Placement
from ntkscope.wire.codec import EncodedEvent

RunGenerator = Generator[RunEvent, Command | None, None]
Train = Callable[..., RunGenerator]
TRAIN = "ntkscope.experiment.trainer:train"


@dataclass(frozen=True)
class Job:
    """One run, or the rest of one.

    Args:
        run_id: The run's id.
        config: What to train.
        dataset: The table that the config names.
        resume: The checkpoint to go on from, as it is stored, or what reads it: a waiting run holds no parameters.
            None, or nothing read: from the beginning.
        since: The step after which its plan begins, where it goes on with that; None where it begins with another.
        threads: How many the run may use.
        placement: Where it computes; None: whoever trains it chooses.
        told: What its log has already, where it was killed.
        cadence: How often it leaves a checkpoint.
    """

    run_id: str
    config: RunConfig
    dataset: Table | None = None
    resume: bytes | Callable[[], bytes | None] | None = None
    since: int | None = None
    threads: int = 1
    placement: Placement | None = None
    told: Told | None = None
    cadence: Cadence | None = None

    def loaded(self) -> "Job":
        """With the checkpoint itself. Reads the store: for an executor's own threads, when the run begins."""
        return replace(self, resume=self.resume()) if callable(self.resume) else self


@dataclass(frozen=True, slots=True)
class Order:
    """A command for a run that has begun. `release` frees a paused one's memory; it goes on from its checkpoint."""

    run_id: str
    command: Command | Literal["release"]


@dataclass(frozen=True, slots=True)
class Begun:
    """The slot has the run: until this, the run has not begun, whatever becomes of the slot."""

    run_id: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """Progress: shown, never stored."""

    run_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class CommandReceived:
    """The generator is about to receive this command."""

    run_id: str
    command: Command


@dataclass(frozen=True, slots=True)
class Paused:
    """The run waits in its slot's memory; the slot is free for another."""

    run_id: str


@dataclass(frozen=True, slots=True)
class Released:
    """A paused run is no longer in its slot's memory: as it was told, or because the card was full."""

    run_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over; the outcome `failed` is an error of the program or of its input."""

    run_id: str
    outcome: Outcome | Literal["failed"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The slot's worker is warm: it may be given runs until `Died`. `card` is what it found of one."""

    card: Card = ABSENT


@dataclass(frozen=True, slots=True)
class Died:
    """The slot's process is gone, and with it every run in its memory. The slot waits for `revive`."""

    exit_code: int


ToWorker = Job | Order | None
Inbox = queue.SimpleQueue[ToWorker]
Message = EncodedEvent | Begun | Ticked | CommandReceived | Paused | Released | Ended | Ready | Died
Deliver = Callable[[int, Message], None]


class Executor(Protocol):
    """Iterates generators in numbered slots, in each at most one at a time.

    Messages of a slot are delivered in order, from threads of the executor's own.
    """

    @property
    def slots(self) -> int: ...

    def start(self, deliver: Deliver) -> None: ...

    def begin(self, slot: int, job: Job) -> None: ...

    def order(self, slot: int, order: Order) -> None: ...

    def kill(self, slot: int) -> bool:
        """Ends the slot's process at once; False where there is no process to end."""
        ...

    def revive(self, slot: int) -> None:
        """Starts another process after `Died`. What was sent before this call is not for it."""
        ...

    def close(self) -> None: ...


def load(path: str) -> Train:
    """The function named by "module:attribute"."""
    module, _, attribute = path.partition(":")
    train: Any = getattr(importlib.import_module(module), attribute)
    return train  # type: ignore[no-any-return]
