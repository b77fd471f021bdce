"""Results of computations in threads, kept for the next who asks; those who ask for the same share one computation."""

import asyncio
import contextlib
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Generic, TypeVar

from ntkscope.runs import words
from ntkscope.runs.memory import Memory

T = TypeVar("T")
KEPT_BYTES = 2**28  # of results of one kind that are kept for the next question


class FutureCache(Generic[T]):
    """The newest results by key; those of the same key share one computation.

    Args:
        pool: Where they are computed.
        most: How many are kept. Beyond it the oldest that nobody waits for are forgotten, and not begun if they wait.
        memory: Has a share for what is computed, and for what is kept, which is forgotten where others need it.
        name: Of these results, among all that hold memory.
    """

    def __init__(self, pool: ThreadPoolExecutor, most: int, memory: Memory | None = None, name: str = "") -> None:
        self._pool, self._most, self._memory, self._name = pool, most, memory or Memory(), name
        self._results: OrderedDict[str, Future[T]] = OrderedDict()
        self._waiting: Counter[str] = Counter()
        self._kept: dict[str, int] = {}  # bytes of those that are done
        self._memory.yields(self._forget)

    def get(self, key: str, compute: Callable[[], T], taking: int = 0, keeping: int = 0) -> "asyncio.Future[T]":
        """The result, or its promise: a failure is raised for those who wait, and not kept.

        Whoever cancels the promise takes nothing from the others who wait.

        Args:
            key: Of the result.
            compute: Makes it.
            taking: Bytes while it is made.
            keeping: Bytes of the result.

        Raises:
            Conflict: there is not enough memory for it now.
        """
        future = self._results.get(key)
        if future is None or (future.done() and (future.cancelled() or future.exception() is not None)):
            if not self._memory.take(self._holder(key), taking):
                raise words.no_memory_now(taking, self._memory.free, self._memory.most)
            future = self._results[key] = self._pool.submit(compute)
            loop = asyncio.get_running_loop()

            def done(made: Future[T]) -> None:
                with contextlib.suppress(RuntimeError):  # the loop is closed: the server stops
                    loop.call_soon_threadsafe(self._done, key, made, keeping)

            future.add_done_callback(done)
        self._results.move_to_end(key)
        self._waiting[key] += 1
        shared = asyncio.wrap_future(future)
        shared.add_done_callback(_seen)
        promise = asyncio.shield(shared)
        promise.add_done_callback(partial(self._left, key))
        self._forget_unwanted()
        return promise

    def has(self, key: str) -> bool:
        """Whether the result is there."""
        return key in self._kept

    def known(self, key: str) -> T | None:
        """The result where it is there."""
        return self._results[key].result() if self.has(key) else None

    def _left(self, key: str, promise: "asyncio.Future[T]") -> None:
        """One no longer waits: it has its result, or does not want it."""
        _seen(promise)
        self._waiting -= Counter([key])
        self._forget_unwanted()

    def _forget_unwanted(self) -> None:
        unwanted = [key for key in self._results if not self._waiting[key]]
        for key in unwanted[: max(0, len(self._results) - self._most)]:
            forgotten = self._results.pop(key)
            forgotten.cancel()
            if forgotten.done():
                self._drop(key)

    def _done(self, key: str, made: Future[T], keeping: int) -> None:
        current = self._results.get(key)
        if current is not None and current is not made:
            return  # it was forgotten and is made anew, with the same memory
        if current is None or made.cancelled() or made.exception() is not None or keeping > KEPT_BYTES:
            self._results.pop(key, None)
            self._drop(key)
            return
        self._kept[key] = keeping
        self._memory.keep(self._holder(key), keeping)
        self._forget(sum(self._kept.values()) - KEPT_BYTES)

    def _forget(self, missing: int) -> None:
        """Drops results that are done, the oldest first, until so many bytes are free."""
        for key in [key for key in self._results if key in self._kept]:
            if missing <= 0:
                return
            missing -= self._kept[key]
            del self._results[key]
            self._drop(key)

    def _drop(self, key: str) -> None:
        self._kept.pop(key, None)
        self._memory.release(self._holder(key))

    def _holder(self, key: str) -> str:
        return f"{self._name} {key}"


def _seen(promise: "asyncio.Future[T]") -> None:
    """Whoever asked may have left with the cost alone: no failure is told of in the log, the next who asks gets it."""
    if not promise.cancelled():
        promise.exception()
