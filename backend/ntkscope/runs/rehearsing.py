"""A rehearsal that goes on in a thread, and is given up once nobody asks for it any more."""

import time
from collections.abc import Generator
from typing import Generic, TypeVar

from ntkscope.numerics.rehearsal import Progress
from ntkscope.schemas.rehearsal import RehearsalProgress

T = TypeVar("T")
GIVEN_UP = 1.5  # seconds without a question: a page asks every half second until it shows another config


class GivenUp(Exception):
    """Nobody has asked for the rehearsal for a while."""


class Rehearsing(Generic[T]):
    """One of them. `asked` is called on the event loop, `run` in a thread.

    Args:
        stages: Make what is asked for, and tell of their progress.
    """

    def __init__(self, stages: Generator[Progress, None, T]) -> None:
        self._stages = stages
        self._asked_at = time.monotonic()
        self.progress = RehearsalProgress(reach=0, part=0.0)

    def asked(self) -> None:
        """Somebody still wants it."""
        self._asked_at = time.monotonic()

    def run(self) -> T:
        """What is asked for.

        Raises:
            GivenUp: nobody has asked for it for a while.
        """
        while time.monotonic() - self._asked_at < GIVEN_UP:
            try:
                progress = next(self._stages)
            except StopIteration as end:
                made: T = end.value
                return made
            self.progress = RehearsalProgress(reach=progress.step, part=progress.work)
        self._stages.close()
        raise GivenUp
