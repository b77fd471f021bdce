"""Tells viewers that a run has something new. A viewer is one number; the bell keeps none of them."""

import asyncio


class Bell:
    """The latest seq of each live run, and an alarm for whoever waits. Used on the event loop only."""

    def __init__(self) -> None:
        self._latest: dict[str, int] = {}
        self._alarms: dict[str, asyncio.Event] = {}

    def ring(self, run_id: str, seq: int = 0) -> None:
        """Wakes the run's viewers: events up to `seq` are stored, or (0) its progress or state changed."""
        self._latest[run_id] = max(seq, self._latest.get(run_id, 0))
        alarm = self._alarms.pop(run_id, None)
        if alarm is not None:
            alarm.set()

    def latest(self, run_id: str) -> int:
        """The largest seq that was rung; 0 if none was."""
        return self._latest.get(run_id, 0)

    def alarm(self, run_id: str) -> asyncio.Event:
        """Set at the next ring. Take it, then look at the run, then wait: nothing is missed."""
        return self._alarms.setdefault(run_id, asyncio.Event())

    async def wait_past(self, run_id: str, seq: int) -> None:
        """Returns once an event after `seq` is stored."""
        while self.latest(run_id) <= seq:
            await self.alarm(run_id).wait()

    def forget(self, run_id: str) -> None:
        """The run is over: its last viewers are woken."""
        self.ring(run_id)
        del self._latest[run_id]
