"""A rehearsal that goes on in a thread, and is given up once nobody asks for it any more."""

import time
from collections.abc import Generator

from ntkscope.numerics.rehearsal import Progress
from ntkscope.schemas.preview import Preview
from ntkscope.schemas.rehearsal import RehearsalProgress

GIVEN_UP = 1.5  # seconds without a question: a page asks every half second until it shows another config


class GivenUp(Exception):
    """Nobody has asked for the rehearsal for a while."""


class Rehearsing:
    """One of them. `asked` is called on the event loop, `run` in a thread.

    Args:
        stages: Make the preview, and tell of their progress.
    """

    def __init__(self, stages: Generator[Progress, None, Preview]) -> None:
        self._stages = stages
        self._asked_at = time.monotonic()
        self.progress = RehearsalProgress(reach=0, part=0.0)

    def asked(self) -> None:
        """Somebody still wants it."""
        self._asked_at = time.monotonic()

    def run(self) -> Preview:
        """The whole preview.

        Raises:
            GivenUp: nobody has asked for it for a while.
        """
        while time.monotonic() - self._asked_at < GIVEN_UP:
            try:
                progress = next(self._stages)
            except StopIteration as end:
                made: Preview = end.value
                return made
            self.progress = RehearsalProgress(reach=progress.step, part=progress.work)
        self._stages.close()
        raise GivenUp
