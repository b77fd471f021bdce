"""A rehearsal that goes on in a thread, and is given up once nobody asks for it any more."""

import time
from collections.abc import Generator
from typing import Generic, Literal, TypeVar

from ntkscope.numerics.rehearsal import Progress
from ntkscope.schemas.rehearsal import RehearsalProgress

T = TypeVar("T")

GIVEN_UP = 1.5  # seconds without a question: a page asks every half second until it shows another config


class GivenUp(Exception):
    """Nobody has asked for the rehearsal for a while."""


class Rehearsing(Generic[T]):
    """One of them. `asked` is called on the event loop, `run` in a thread.

    Args:
        stages: Make the result, and tell of their progress.
        of: What they make: the course of a training, or the rate that it is to have.
        kept: It goes on though nobody asks, as one that a submission waits for.
    """

    def __init__(
        self, stages: Generator[Progress, None, T], of: Literal["course", "rate"] = "course", *, kept: bool = False
    ) -> None:
        self._stages, self._of, self._kept = stages, of, kept
        self._asked_at = time.monotonic()
        self.progress = RehearsalProgress(of=of, reach=0, part=0.0)

    def asked(self) -> None:
        """Somebody still wants it."""
        self._asked_at = time.monotonic()

    def run(self) -> T:
        """The result.

        Raises:
            GivenUp: nobody has asked for it for a while.
        """
        while self._kept or time.monotonic() - self._asked_at < GIVEN_UP:
            try:
                progress = next(self._stages)
            except StopIteration as end:
                made: T = end.value
                return made
            self.progress = RehearsalProgress(of=self._of, reach=progress.step, part=progress.work)
        self._stages.close()
        raise GivenUp
