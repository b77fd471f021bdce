"""Previews and predictions: computed in threads, kept for a while, asked for as often as one likes."""

import asyncio
import contextlib
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Generic, TypeVar

import torch

from ntkscope.errors import Conflict
from ntkscope.experiment.estimate import infinite_bytes, memory_bytes, sizes, start_bytes
from ntkscope.experiment.prediction import Recorded, moving_prediction_at, prediction
from ntkscope.experiment.preview import preview, preview_cost
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.infinite import InfiniteNetwork, infinite
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.runs import words
from ntkscope.runs.memory import Memory
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import LawName
from ntkscope.schemas.preview import Preview
from ntkscope.schemas.run import KernelName, Prediction

T = TypeVar("T")
WAIT_SECONDS = 0.7  # for a preview, before its cost alone is answered
NOT_WORTH_WAITING = 1.5  # seconds of estimated work
KEPT_BYTES = 2**28  # of results of one kind that are kept for the next question
PREVIEW_BYTES = 2000  # of a preview, for every training point: its eigenvalue, and its group at most
INFINITE_COPIES = 4  # of the kernels of infinite width, while they are made


class Kept(Generic[T]):
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
        """The result, or its promise: a failure is told to those who wait, and forgotten.

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
                with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
                    loop.call_soon_threadsafe(self._done, key, made, keeping)

            future.add_done_callback(done)
        self._results.move_to_end(key)
        self._waiting[key] += 1
        promise = asyncio.shield(asyncio.wrap_future(future))
        promise.add_done_callback(partial(self._left, key))
        self._forget_unwanted()
        return promise

    def _left(self, key: str, promise: "asyncio.Future[T]") -> None:
        """One waits no more: it has its result, or does not want it."""
        if not promise.cancelled():
            promise.exception()  # whoever asked may have left with the cost alone: a failure is told to the next
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


class Thinking:
    """Used on the event loop.

    Args:
        threads: Of a computation.
        memory: Of which every computation, and what is kept of it, has a share.
    """

    def __init__(self, threads: int, memory: Memory | None = None) -> None:
        def pool(workers: int) -> ThreadPoolExecutor:
            return ThreadPoolExecutor(workers, "ntkscope-thinking", torch.set_num_threads, (threads,))

        self._pools = pool(2), pool(1)
        memory = memory or Memory()
        self._previews: Kept[Preview] = Kept(self._pools[0], 16, memory, "preview")
        self._initials: Kept[InitialState] = Kept(self._pools[1], 2, memory, "initial")
        self._infinites: Kept[InfiniteNetwork] = Kept(self._pools[1], 2, memory, "infinite")

    def close(self) -> None:
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)

    async def preview(self, config: RunConfig, dataset: Table | None) -> Preview:
        """The preview; where it takes longer, its cost alone, and the whole when it is asked for again."""
        cost = await asyncio.to_thread(preview_cost, config, dataset)
        try:
            promise = self._previews.get(
                config.digest(),
                lambda: preview(config, dataset),
                taking=cost.cost.memory_bytes,
                keeping=PREVIEW_BYTES * sizes(config, dataset).n,
            )
        except Conflict as short:
            return cost.model_copy(update={"warnings": [f"{short.expected} There are {short.got}. {short.remedy}"]})
        try:
            seconds = WAIT_SECONDS if cost.cost.preview_seconds < NOT_WORTH_WAITING else 0.0
            done, _ = await asyncio.wait((promise,), timeout=seconds)
            return promise.result() if done else cost
        finally:
            promise.cancel()  # this waiting; the computation goes on

    async def prediction(
        self,
        config: RunConfig,
        dataset: Table | None,
        law: LawName,
        time: float,
        kernel: KernelName,
        recorded: Recorded,
    ) -> Prediction | None:
        """The prediction for a run of this config; the run's kernels are kept for the next.

        None where the moving kernel is asked for and the run has recorded none.
        """
        if kernel == "moving":
            return await asyncio.to_thread(moving_prediction_at, time, recorded)
        # The same network is drawn everywhere; the training's device is left to the training.
        training = config.training.model_copy(update={"device": "cpu"})
        here = config.model_copy(update={"training": training})
        size = sizes(here, dataset)
        state = await self._initials.get(
            here.digest(), lambda: initial(here, dataset), taking=memory_bytes(size), keeping=start_bytes(size)
        )
        wide = None
        if kernel == "infinite":
            kept = infinite_bytes(size)
            wide = await self._infinites.get(
                here.digest(), lambda: infinite(state), taking=INFINITE_COPIES * kept, keeping=kept
            )
        return await asyncio.to_thread(prediction, state, law, time, wide, recorded)
