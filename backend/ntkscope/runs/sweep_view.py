"""A sweep as it is answered: its runs, and what those that have completed say together."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import anyio.to_thread

from ntkscope.experiment.axes import combinations
from ntkscope.experiment.width_study import Measured, drift_at, measured, width_study
from ntkscope.runs import words
from ntkscope.runs.manager import Manager
from ntkscope.schemas.event import Started
from ntkscope.schemas.run import ENDED, State
from ntkscope.schemas.sweep import AxisValue, Sweep, SweepList, SweepRow, SweepRun, WidthStudy
from ntkscope.schemas.unreadable import Unreadable
from ntkscope.store.sweep_store import States, StoredMember, StoredSweep, SweepStore

FAILED: tuple[State, ...] = ("diverged", "dead_units", "failed")
# What the same configuration would do again is not run again.
KEPT: tuple[State, ...] = ("completed", "diverged", "dead_units")
RECORDS = 20_000  # of about 1 kB, one a run
Found = Mapping[int, StoredMember]
Records = Mapping[int, Measured]


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
        sweep, found, records, study = await anyio.to_thread.run_sync(self._look, sweep_id)
        states: dict[State, int] = {}
        for member in found.values():
            states[member.state] = states.get(member.state, 0) + 1
        compared_at = study.compared_at if study else None
        runs = [
            self._run(sweep, index, values, found.get(index), records.get(index), compared_at)
            for index, values in enumerate(combinations(sweep.request.axes))
        ]
        return Sweep(**_row(sweep, states), runs=runs, study=study)

    def _look(self, sweep_id: str) -> tuple[StoredSweep, Found, Records, WidthStudy | None]:
        """Reads the store: not for the event loop."""
        sweep = self._store.sweep(sweep_id)
        if sweep is None:
            raise words.no_such_sweep(sweep_id)
        if isinstance(sweep, Unreadable):
            raise words.not_readable("sweep", sweep)
        found, records = self._store.members(sweep_id), {}
        for index, member in found.items():
            if member.state == "completed":
                record = self._record(member.run_id, member.last_seq)
                if record is not None:
                    records[index] = record
        return sweep, found, records, width_study(list(records.values())) if records else None

    def _measure(self, run_id: str, last_seq: int) -> Measured | None:
        """The record of a run whose log ends at `last_seq` (it goes on when the run is extended).

        None where it has not begun, and where this version cannot read its events.
        """
        try:
            events = list(self._store.events_of(run_id, ("started", "kernel_frame")))
        except (ValueError, TypeError):
            return None
        configs = [event.config for event in events if isinstance(event, Started)]
        return measured(configs[0], events) if configs else None

    def _run(
        self,
        sweep: StoredSweep,
        index: int,
        values: dict[str, AxisValue],
        member: StoredMember | None,
        record: Measured | None,
        compared_at: float | None,
    ) -> SweepRun:
        state: Any = "waiting"
        sentence = words.waiting(sweep.state)
        if member is not None:
            now = None if member.state in ENDED else self._manager.now(member.run_id)
            state, _, sentence = now or (member.state, 0, member.sentence)
            if state == "completed" and record is None:
                sentence = words.unreadable_log(sentence)
        drift = drift_at(record, compared_at) if record else None
        return SweepRun(
            index=index,
            values=values,
            run_id=member.run_id if member else None,
            state=state,
            sentence=sentence,
            distance=record.distance if record else None,
            drift=drift,
            compared_at=None if drift is None else compared_at,
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
