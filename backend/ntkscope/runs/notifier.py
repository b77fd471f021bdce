"""Tells viewers that a run has something new. It keeps no list of viewers: each knows the last seq that it has."""

import asyncio


class Notifier:
    """The latest seq of each live run, and an event for whoever waits. Used on the event loop only."""

    def __init__(self) -> None:
        self._latest: dict[str, int] = {}
        self._changes: dict[str, asyncio.Event] = {}

    def notify(self, run_id: str, seq: int = 0) -> None:
        """Lets the run's viewers go on: events up to `seq` are stored, or (0) its progress or state changed."""
        self._latest[run_id] = max(seq, self._latest.get(run_id, 0))
        changed = self._changes.pop(run_id, None)
        if changed is not None:
            changed.set()

    def latest(self, run_id: str) -> int:
        """The largest seq of which viewers were notified; 0 if there was none."""
        return self._latest.get(run_id, 0)

    def changed(self, run_id: str) -> asyncio.Event:
        """Set at the next `notify`. Take it, then look at the run, then wait: nothing is missed."""
        return self._changes.setdefault(run_id, asyncio.Event())

    def forget(self, run_id: str) -> None:
        """The run is over: its viewers go on once more, and nothing is kept of it."""
        self.notify(run_id)
        del self._latest[run_id]
