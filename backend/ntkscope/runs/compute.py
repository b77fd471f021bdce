"""Previews and predictions: computed in threads, kept for a while, asked for as often as one likes."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import torch

from ntkscope.errors import Conflict
from ntkscope.experiment.card import ABSENT, Card
from ntkscope.experiment.estimate import Speeds, infinite_bytes, memory_bytes, sizes, start_bytes
from ntkscope.experiment.placement import explained, speeds
from ntkscope.experiment.prediction import Recorded, moving_prediction_at, prediction
from ntkscope.experiment.preview import preview, preview_cost
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.infinite import InfiniteNetwork, infinite
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.runs.future_cache import FutureCache
from ntkscope.runs.memory import Memory
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import LawName
from ntkscope.schemas.placement import ON_CPU, Placement
from ntkscope.schemas.preview import Preview
from ntkscope.schemas.run import KernelName, Prediction

WAIT_SECONDS = 0.7  # for a preview, before its cost alone is answered
NOT_WORTH_WAITING = 1.5  # seconds of estimated work
PREVIEW_BYTES = 2000  # of a preview, for every training point: its eigenvalue, and its group at most
INFINITE_COPIES = 4  # of the kernels of infinite width, while they are made


class ComputeService:
    """Used on the event loop.

    Args:
        threads: Of a computation.
        memory: Of which every computation, and what is kept of it, has a share.
    """

    def __init__(self, threads: int, memory: Memory | None = None) -> None:
        def pool(workers: int) -> ThreadPoolExecutor:
            return ThreadPoolExecutor(workers, "ntkscope-compute", torch.set_num_threads, (threads,))

        self._pools = pool(2), pool(1)
        memory = memory or Memory()
        self._previews: FutureCache[Preview] = FutureCache(self._pools[0], 16, memory, "preview")
        self._initials: FutureCache[InitialState] = FutureCache(self._pools[1], 2, memory, "initial")
        self._infinites: FutureCache[InfiniteNetwork] = FutureCache(self._pools[1], 2, memory, "infinite")

    def close(self) -> None:
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)

    async def preview(
        self, config: RunConfig, dataset: Table | None, placement: Placement | None = None, card: Card = ABSENT
    ) -> Preview:
        """The preview; where it takes longer, its cost alone, and the whole when it is asked for again.

        Args:
            config: What would be run.
            dataset: The table that it names.
            placement: Where it would compute; the preview itself is computed here, on the CPU.
            card: As a worker has found it.
        """
        placement = placement or ON_CPU
        on = await asyncio.to_thread(speeds, placement, card)
        return explained(await self._preview(config, dataset, on), placement)

    async def _preview(self, config: RunConfig, dataset: Table | None, on: Speeds) -> Preview:
        cost = await asyncio.to_thread(preview_cost, config, dataset, on)
        try:
            promise = self._previews.get(
                f"{config.digest()} {on}",
                lambda: preview(config, dataset, on),
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
        network = None
        if kernel == "infinite":
            kept = infinite_bytes(size)
            network = await self._infinites.get(
                here.digest(), lambda: infinite(state), taking=INFINITE_COPIES * kept, keeping=kept
            )
        return await asyncio.to_thread(prediction, state, law, time, network, recorded)
