"""The runs that have not ended, in the order of the queue, and the slots they train in."""

import itertools
from collections.abc import Collection
from dataclasses import dataclass

from ntkscope.executors.base import Job
from ntkscope.schemas.event import Command
from ntkscope.schemas.run import RunSummary, State


@dataclass
class Live:
    """A run that has not ended. Changed on the event loop only.

    `slot` is where its generator is, from its first step to its end; None while it has not begun.
    `held` is a run that was paused before it began.
    """

    run: RunSummary
    job: Job | None  # what to begin; None once it has begun
    state: State = "queued"
    slot: int | None = None
    held: bool = False
    cancelled: bool = False
    obeying: bool = False  # its generator has received the cancel
    told: Command | None = None  # what it was told while it trained, until that takes effect
    lost: str = ""  # why its events can no longer be stored
    tick: bytes | None = None

    @property
    def waits(self) -> bool:
        """Whether it takes the next slot that suits it."""
        return self.state == "queued" and not self.held


class LiveRuns:
    """Which run waits for what.

    Args:
        slots: How many runs train at the same time.
    """

    def __init__(self, slots: int) -> None:
        self._runs: dict[str, Live] = {}
        self._busy: list[str | None] = [None] * slots

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
        return self._runs.pop(run_id, None)

    def last_in_line(self, run_id: str) -> None:
        """Puts a run behind all that wait."""
        self._runs[run_id] = self._runs.pop(run_id)

    def queued(self) -> int:
        """How many wait."""
        return sum(live.state == "queued" for live in self._runs.values())

    def ahead(self, run_id: str) -> int:
        """How many come before a run that waits: those that train, and those that wait longer."""
        if not self._runs[run_id].waits:
            return 0
        longer = itertools.takewhile(lambda live: live.run.id != run_id, self._runs.values())
        return sum(busy is not None for busy in self._busy) + sum(live.waits for live in longer)

    def in_slot(self, slot: int) -> list[Live]:
        """The runs whose generators are there: one that trains, and any number that are paused."""
        return [live for live in self._runs.values() if live.slot == slot]

    def next(self, ready: Collection[int]) -> tuple[int, Live] | None:
        """The first run that waits and the free slot for it, which must be ready; takes both."""
        for run_id, live in self._runs.items():
            if not live.waits:
                continue
            free = [slot for slot in self._free() if slot in ready and live.slot in (None, slot)]
            if free:
                self._busy[free[0]] = run_id
                return free[0], live
        return None

    def _free(self) -> list[int]:
        return [slot for slot, busy in enumerate(self._busy) if busy is None]

    def release(self, run_id: str) -> None:
        """The run trains no longer: its slot is free."""
        self._busy = [None if busy == run_id else busy for busy in self._busy]

    def trains(self, run_id: str) -> bool:
        """Whether it holds a slot now."""
        return run_id in self._busy
