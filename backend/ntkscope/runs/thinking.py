"""Previews and predictions: computed in threads, kept for a while, asked for as often as one likes."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

import torch

from ntkscope.experiment.datasets import Table
from ntkscope.experiment.infinite import Limit, limit
from ntkscope.experiment.prediction import Recorded, moving_prediction_at, prediction
from ntkscope.experiment.preview import preview, preview_cost
from ntkscope.experiment.start import Start, start
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import LawName
from ntkscope.schemas.preview import Preview
from ntkscope.schemas.run import KernelName, Prediction

T = TypeVar("T")
WAIT_SECONDS = 0.7  # for a preview, before its cost alone is answered
NOT_WORTH_WAITING = 1.5  # seconds of estimated work


class Kept(Generic[T]):
    """The newest results by key; those of the same key share one computation.

    Args:
        pool: Where they are computed.
        most: How many are kept. Beyond it the oldest are forgotten, and not begun if they wait.
    """

    def __init__(self, pool: ThreadPoolExecutor, most: int) -> None:
        self._pool, self._most = pool, most
        self._results: OrderedDict[str, Future[T]] = OrderedDict()

    def get(self, key: str, compute: Callable[[], T]) -> "asyncio.Future[T]":
        """The result, or its promise. A failure is told to those who wait, and forgotten."""
        future = self._results.get(key)
        if future is None or (future.done() and (future.cancelled() or future.exception() is not None)):
            future = self._results[key] = self._pool.submit(compute)
        self._results.move_to_end(key)
        while len(self._results) > self._most:
            self._results.popitem(last=False)[1].cancel()
        return asyncio.wrap_future(future)


class Thinking:
    """Used on the event loop.

    Args:
        threads: Of a computation.
    """

    def __init__(self, threads: int) -> None:
        def pool(workers: int) -> ThreadPoolExecutor:
            return ThreadPoolExecutor(workers, "ntkscope-thinking", torch.set_num_threads, (threads,))

        self._pools = pool(2), pool(1)
        self._previews: Kept[Preview] = Kept(self._pools[0], 16)
        self._starts: Kept[Start] = Kept(self._pools[1], 2)
        self._limits: Kept[Limit] = Kept(self._pools[1], 2)

    def close(self) -> None:
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)

    async def preview(self, config: RunConfig, dataset: Table | None) -> Preview:
        """The preview; where it takes longer, its cost alone, and the whole when it is asked for again."""
        promise = self._previews.get(config.digest(), lambda: preview(config, dataset))
        promise.add_done_callback(_hear)
        cost = await asyncio.to_thread(preview_cost, config, dataset)
        seconds = WAIT_SECONDS if cost.cost.preview_seconds < NOT_WORTH_WAITING else 0.0
        done, _ = await asyncio.wait((promise,), timeout=seconds)
        return promise.result() if done and not promise.cancelled() else cost

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
        # The same network is drawn everywhere; the training's device is left to the training.
        training = config.training.model_copy(update={"device": "cpu"})
        here = config.model_copy(update={"training": training})
        begun = await asyncio.shield(self._starts.get(here.digest(), lambda: start(here, dataset)))
        if kernel == "moving":
            return await asyncio.to_thread(moving_prediction_at, begun, time, recorded)
        wide = None
        if kernel == "infinite":
            wide = await asyncio.shield(self._limits.get(here.digest(), lambda: limit(begun)))
        return await asyncio.to_thread(prediction, begun, law, time, wide, recorded)


def _hear(promise: "asyncio.Future[Preview]") -> None:
    """Takes note of a failure: whoever asked may have left with the cost alone, and asks again."""
    if not promise.cancelled():
        promise.exception()
