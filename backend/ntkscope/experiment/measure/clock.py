"""Time spent training: the wall clock without the pauses, and when the next Tick is due."""

import time

TICK_SECONDS = 0.1  # a command waits at most this long, and a step


class Clock:
    """Runs from its making on; `already` is what an earlier part of the run has used."""

    def __init__(self, already: float = 0.0) -> None:
        self._begun = time.perf_counter() - already
        self._paused_at: float | None = None
        self._last_tick = time.perf_counter()
        self._last_step: int | None = None
        self.steps_per_second = 0.0

    def seconds(self) -> float:
        """Wall-clock seconds spent, pauses left out."""
        return (self._paused_at or time.perf_counter()) - self._begun

    def due(self) -> bool:
        """Whether a Tick is due."""
        return time.perf_counter() - self._last_tick >= TICK_SECONDS

    def ticked(self, step: int) -> None:
        """Note a Tick at this step; the speed is smoothed over the last few."""
        now = time.perf_counter()
        if self._last_step is not None and now > self._last_tick:
            speed = (step - self._last_step) / (now - self._last_tick)
            self.steps_per_second += (speed - self.steps_per_second) * (0.3 if self.steps_per_second else 1.0)
        self._last_tick, self._last_step = now, step

    def pause(self) -> None:
        """Stop the clock."""
        self._paused_at = time.perf_counter()

    def go_on(self) -> None:
        """Let it run again."""
        if self._paused_at is not None:
            self._begun += time.perf_counter() - self._paused_at
            self._paused_at = None
        self._last_tick, self._last_step = time.perf_counter(), None
