"""A sweep as it is answered: its runs, and what those that have completed say together."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import anyio.to_thread

from ntkscope.experiment.axes import combinations
from ntkscope.experiment.width_study import STUDIED, Measured, common_time, drift_at, measured, width_study
from ntkscope.runs import words
from ntkscope.runs.manager import Manager
from ntkscope.schemas.event import Finished, Started
from ntkscope.schemas.event_parts import Verdict
from ntkscope.schemas.run import ENDED, State
from ntkscope.schemas.sweep import AxisValue, Sweep, SweepList, SweepRow, SweepRun, WidthStudy
from ntkscope.schemas.unreadable import Unreadable
from ntkscope.store.sweep_store import States, StoredMember, StoredSweep, SweepStore

FAILED: tuple[State, ...] = ("diverged", "dead_units", "failed")
# What the same configuration would do again is not run again.
KEPT: tuple[State, ...] = ("completed", "diverged", "dead_units")
RECORDS = 20_000  # of about 1 kB, one a run
Found = Mapping[int, StoredMember]


@dataclass(frozen=True)
class Record:
    """What the log of a run that has ended says of it; None where it ended without its generator."""

    measured: Measured
    steps: int | None
    loss: float | None
    verdict: Verdict | None


Records = Mapping[int, Record]


@dataclass(frozen=True)
class Seen:
    """A sweep as it is in the database."""

    sweep: StoredSweep
    found: Found
    records: Records
    compared_at: float | None  # lambda_1(K_0) t, reached by all runs that have completed
    study: WidthStudy | None


class SweepView:
    """Used on the event loop.

    Args:
        store: Reads.
        manager: Knows how runs that have not ended are.
    """

    def __init__(self, store: SweepStore, manager: Manager) -> None:
        self._store, self._manager = store, manager
        self._record = lru_cache(RECORDS)(self._measure)

    async def list(self, limit: int, offset: int) -> SweepList:
        """A page of the sweeps, newest first."""
        total, found = await anyio.to_thread.run_sync(self._store.sweeps, limit, offset)
        return SweepList(
            total=total,
            sweeps=[SweepRow(**_row(sweep, states)) for sweep, states in found if isinstance(sweep, StoredSweep)],
            unreadable=[sweep for sweep, _ in found if isinstance(sweep, Unreadable)],
        )

    async def get(self, sweep_id: str) -> Sweep:
        """The sweep of this id.

        Raises:
            NotFound: there is none.
            NotReadable: this version cannot read it.
        """
        seen = await anyio.to_thread.run_sync(self._look, sweep_id)
        states: dict[State, int] = {}
        for member in seen.found.values():
            states[member.state] = states.get(member.state, 0) + 1
        runs = [self._run(seen, index, values) for index, values in enumerate(combinations(seen.sweep.request.axes))]
        return Sweep(**_row(seen.sweep, states), runs=runs, study=seen.study)

    def _look(self, sweep_id: str) -> Seen:
        """Reads the store: not for the event loop."""
        sweep = self._store.sweep(sweep_id)
        if sweep is None:
            raise words.no_such_sweep(sweep_id)
        if isinstance(sweep, Unreadable):
            raise words.not_readable("sweep", sweep)
        found, records = self._store.members(sweep_id), {}
        for index, member in found.items():
            if member.state in ENDED:
                record = self._record(member.run_id, member.last_seq)
                if record is not None:
                    records[index] = record
        completed = [record.measured for index, record in records.items() if found[index].state == "completed"]
        studied = completed and STUDIED.issuperset(axis.field for axis in sweep.request.axes)
        study = width_study(completed) if studied else None
        return Seen(sweep, found, records, common_time(completed), study)

    def _measure(self, run_id: str, last_seq: int) -> Record | None:
        """The record of a run whose log ends at `last_seq` (it goes on when the run is extended).

        None where it has not begun, and where this version cannot read its events.
        """
        try:
            events = list(self._store.events_of(run_id, ("started", "kernel_frame", "finished")))
        except (ValueError, TypeError):
            return None
        configs = [event.config for event in events if isinstance(event, Started)]
        if not configs:
            return None
        end = next((event for event in reversed(events) if isinstance(event, Finished)), None)
        return Record(
            measured=measured(configs[0], events),
            steps=end.step if end else None,
            loss=end.loss if end else None,
            verdict=end.verdict if end else None,
        )

    def _run(self, seen: Seen, index: int, values: dict[str, AxisValue]) -> SweepRun:
        member, record = seen.found.get(index), seen.records.get(index)
        state: Any = "waiting"
        sentence = words.waiting(seen.sweep.state)
        if member is not None:
            now = None if member.state in ENDED else self._manager.now(member.run_id)
            state, _, sentence = now or (member.state, 0, member.sentence)
            if state == "completed" and record is None:
                sentence = words.unreadable_log(sentence)
        known = record.measured if record and state == "completed" else None
        drift = drift_at(known, seen.compared_at) if known else None
        return SweepRun(
            index=index,
            values=values,
            run_id=member.run_id if member else None,
            state=state,
            sentence=sentence,
            steps=record.steps if record else None,
            loss=record.loss if record else None,
            verdict=record.verdict if record else None,
            distance=known.distance if known else None,
            drift=drift,
            compared_at=None if drift is None else seen.compared_at,
        )


def _row(sweep: StoredSweep, states: States) -> dict[str, Any]:
    """The fields of a SweepRow."""
    failed = sum(states.get(state, 0) for state in FAILED)
    done = failed + states.get("completed", 0)
    request = sweep.request
    missing = request.total - sum(states.get(state, 0) for state in KEPT)
    return {
        "id": sweep.id,
        "name": request.name,
        "state": sweep.state,
        "sentence": words.sweep_sentence(sweep.state, done, failed, missing, request.total),
        "created_at": sweep.created_at,
        "ended_at": sweep.ended_at,
        "config": request.config,
        "axes": request.axes,
        "total": request.total,
        "done": done,
        "failed": failed,
    }
