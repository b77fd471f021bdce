"""What is computed in a thread for as long as somebody asks for it, and given up then."""

import time
from collections.abc import Generator
from typing import Generic, TypeVar

Told = TypeVar("Told")
Made = TypeVar("Made")
GIVEN_UP = 1.5  # seconds without a question: a page asks every half second until it shows something else


class GivenUp(Exception):
    """Nobody has asked for it for a while."""


class Wanted(Generic[Told, Made]):
    """A computation. `asked` is called on the event loop, `run` in a thread.

    Args:
        stages: Make the result, and tell how far they are.
        kept: It goes on though nobody asks, as one that a submission waits for.
    """

    def __init__(self, stages: Generator[Told, None, Made], *, kept: bool = False) -> None:
        self._stages, self._kept = stages, kept
        self._asked_at = time.monotonic()
        self.latest: Told | None = None

    def asked(self) -> None:
        """Somebody still wants it."""
        self._asked_at = time.monotonic()

    def run(self) -> Made:
        """The result.

        Raises:
            GivenUp: nobody has asked for it for a while.
        """
        while self._kept or time.monotonic() - self._asked_at < GIVEN_UP:
            try:
                self.latest = next(self._stages)
            except StopIteration as end:
                made: Made = end.value
                return made
        self._stages.close()
        raise GivenUp
