"""What is computed in a thread for as long as somebody asks for it, and given up then."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from ntkscope.runs.future_cache import FutureCache
from ntkscope.runs.memory import Memory

T = TypeVar("T")
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


class WantedCache(Generic[Told, Made]):
    """Results by key, each made for as long as somebody asks for it. Used on the event loop.

    Args:
        pool: Where they are made.
        most: How many are kept.
        memory: Has a share for each.
        name: Of these results, among all that hold memory.
    """

    def __init__(self, pool: ThreadPoolExecutor, most: int, memory: Memory, name: str) -> None:
        self.results: FutureCache[Made] = FutureCache(pool, most, memory, name)
        self._going: dict[str, Wanted[Told, Made]] = {}

    def promise(
        self,
        key: str,
        begin: Callable[[], Generator[Told, None, Made]],
        *,
        taking: int,
        keeping: int = 0,
        kept: bool = False,
        ended: Callable[[], object] = lambda: None,
    ) -> "asyncio.Future[Made]":
        """The result, or its promise, which is asked for with this.

        Args:
            key: Of the result.
            begin: Its stages.
            taking: Bytes while it is made.
            keeping: Bytes of the result.
            kept: It goes on though nobody asks.
            ended: Called in the thread once the result is there, or nobody wants it any more.

        Raises:
            Conflict: there is not enough memory for it now.
        """

        def run() -> Made:
            going = self._going[key] = Wanted(begin(), kept=kept)
            try:
                return going.run()
            finally:
                self._going.pop(key, None)
                ended()

        made = self.results.get(key, run, taking=taking, keeping=keeping)
        if (going := self.going(key)) is not None:
            going.asked()
        return made

    async def ask(
        self,
        key: str,
        begin: Callable[[], Generator[Told, None, Made]],
        seconds: float,
        *,
        taking: int,
        keeping: int = 0,
        ended: Callable[[], object] = lambda: None,
    ) -> "tuple[Made | None, Wanted[Told, Made] | None]":
        """The result where it is there within so many seconds; and what makes it, if it has begun.

        Arguments as of `promise`.
        """
        promise = self.promise(key, begin, taking=taking, keeping=keeping, ended=ended)
        going = self.going(key)
        with contextlib.suppress(GivenUp):  # in this moment: who asks again begins anew
            if await there(promise, seconds):
                return promise.result(), going
        return None, going

    def going(self, key: str) -> "Wanted[Told, Made] | None":
        """What makes it, from its beginning to its end."""
        return self._going.get(key)


async def there(promise: "asyncio.Future[T]", seconds: float) -> bool:
    """Whether the result is there within so many seconds; if not, this waiting ends and the computation goes on."""
    try:
        done, _ = await asyncio.wait((promise,), timeout=max(0.0, seconds))
    finally:
        promise.cancel()  # of one that is done this does nothing
    return bool(done)
