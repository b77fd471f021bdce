"""The runs that have not ended, in order of arrival, and the slots they train in."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from ntkscope.executors.base import Job
from ntkscope.runs.memory import Memory
from ntkscope.runs.turns import Turns
from ntkscope.schemas.event import Command
from ntkscope.schemas.run import RunSummary, State

MOST_TRIES = 2  # processes that a run may be given to before one says that it has it


@dataclass
class Live:
    """A run that has not ended. Changed on the event loop only.

    `slot` is where its generator is, from its first step to its end; None while it has not begun.
    `held` is a run that was paused before it began, or that is no longer in memory while it is paused.
    """

    run: RunSummary
    job: Job | None  # what to begin; None once it has begun
    state: State = "queued"
    slot: int | None = None
    held: bool = False
    cancelled: bool = False
    cancel_received: bool = False  # its generator has received the cancel
    pending_command: Command | None = None  # while it trains, until it takes effect
    store_error: str = ""  # why its events can no longer be stored
    unsaved: dict[str, Any] = field(default_factory=dict)  # columns that its row does not have yet
    saving: bool = False
    refused: str = ""  # why the database did not take them at the last try
    tick: bytes | None = None
    memory: int = 0  # bytes that it takes from its beginning on
    short: bool = False  # there is a slot for it, and not enough memory
    since: int = -1  # the step after which its plan begins
    checkpoint: Callable[[], bytes | None] | None = None  # reads its newest one
    begun: Job | None = None  # what it has begun with
    tries: int = 0  # how often it was handed out since a slot last said that it has it
    leaving: bool = False  # it has an order to free its memory, and has not done so yet
    reduced: bool = False  # its memory is free: it goes on from its checkpoint

    @property
    def waits(self) -> bool:
        """Whether it takes the next slot that suits it."""
        return self.state == "queued" and not self.held and not self.leaving

    @property
    def on_card(self) -> bool:
        """Whether it computes on a card."""
        return self.run.placement is not None and self.run.placement.device != "cpu"

    def begin(self) -> Job:
        """Its job, which is handed out once."""
        assert self.job is not None
        self.begun, self.job, self.reduced = self.job, None, False
        self.tries += 1
        return self.begun

    @property
    def unbegun(self) -> bool:
        """Whether its slot never had it. True once: it may be the run that ends whatever process it is sent to."""
        return 0 < self.tries < MOST_TRIES

    def begin_again(self) -> None:
        """It waits for another process, with the same job, at its place in the queue."""
        self.job, self.slot = self.begun, None

    def reduce(self) -> None:
        """It is no longer in memory: what remains of it is its checkpoint."""
        assert self.begun is not None
        self.job = replace(self.begun, resume=self.checkpoint, since=self.since)
        self.slot, self.leaving, self.reduced = None, False, True
        self.held = self.state == "paused"


class LiveRuns:
    """Which run waits for what.

    Args:
        slots: How many runs train at the same time.
        memory: Of which every run has its share from its beginning on.
    """

    def __init__(self, slots: int, memory: Memory) -> None:
        self.memory = memory
        self._runs: dict[str, Live] = {}
        self._busy: list[str | None] = [None] * slots
        self._turns = Turns()

    def __getitem__(self, run_id: str) -> Live:
        return self._runs[run_id]

    def get(self, run_id: str) -> Live | None:
        return self._runs.get(run_id)

    def all(self) -> list[Live]:
        return list(self._runs.values())

    def add(self, live: Live) -> None:
        self._runs[live.run.id] = live

    def remove(self, run_id: str) -> Live | None:
        self.release(run_id)
        self.memory.release(run_id)
        return self._runs.pop(run_id, None)

    def last_in_line(self, run_id: str) -> None:
        """Puts a run behind all that wait in its lane."""
        self._runs[run_id] = self._runs.pop(run_id)

    def queued(self) -> int:
        """How many wait."""
        return sum(live.state == "queued" for live in self._runs.values())

    def ahead(self, run_id: str) -> int:
        """How many come before a run that waits: those that train, and those whose turn is earlier."""
        if not self._runs[run_id].waits:
            return 0
        return sum(busy is not None for busy in self._busy) + self.order().index(run_id)

    def order(self) -> list[str]:
        """The runs that wait, in the order in which they begin."""
        training = [self._runs[run_id].run for run_id in self._busy if run_id is not None]
        return self._turns.order((live.run for live in self._runs.values() if live.waits), training)

    def in_slot(self, slot: int) -> list[Live]:
        """The runs whose generators are there: one that trains, and any number that are paused."""
        return [live for live in self._runs.values() if live.slot == slot]

    def next(self, ready: Collection[int], cards: Collection[int] = ()) -> tuple[int, Live] | None:
        """The first run that waits and the free slot for it, which must be ready; takes both, and its memory.

        A run that waits for memory is overtaken by none that would take some: it would wait for ever.

        Args:
            ready: Slots whose worker is warm.
            cards: Slots whose worker computes on a card. Where there is none, a run that was to compute on one begins
                all the same, and ends with the reason.
        """
        short = False
        for live in self._runs.values():
            live.short = False
        for run_id in self.order():
            live = self._runs[run_id]
            suits = cards if live.on_card and cards else ready
            free = [slot for slot in self._free() if slot in ready and slot in suits and live.slot in (None, slot)]
            if not free:
                continue
            if live.job is not None:
                live.short = not short and not self.memory.take(run_id, live.memory)
                short = short or live.short
                if short:
                    continue
            self._busy[free[0]] = run_id
            self._turns.took(live.run)
            return free[0], live
        return None

    def in_the_way(self, missing: int) -> list[Live]:
        """The paused runs, those that were begun first, that must free their memory for so many bytes to be there.

        None where that would not do, or where enough are leaving already.
        """
        missing -= sum(live.memory for live in self._runs.values() if live.leaving)
        chosen = []
        for live in self._runs.values():
            if missing > 0 and live.state == "paused" and live.slot is not None and not live.leaving:
                chosen.append(live)
                missing -= live.memory
        return chosen if missing <= 0 else []

    def _free(self) -> list[int]:
        return [slot for slot, busy in enumerate(self._busy) if busy is None]

    def release(self, run_id: str) -> None:
        """The run no longer trains: its slot is free."""
        self._busy = [None if busy == run_id else busy for busy in self._busy]
