"""Previews, predictions and scans: computed in threads, kept for a while, asked for as often as one likes."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import torch

from ntkscope.errors import Conflict
from ntkscope.experiment.card import ABSENT, Card
from ntkscope.experiment.estimate import (
    DOUBLE,
    Limits,
    Sizes,
    Speeds,
    infinite_bytes,
    memory_bytes,
    sizes,
    start_bytes,
)
from ntkscope.experiment.explain.report import explain_bytes, explain_stages
from ntkscope.experiment.placement import explained, speeds
from ntkscope.experiment.prediction import Recorded, moving_prediction_at, prediction
from ntkscope.experiment.preview import Begun, Foreseen, begin_preview, choose_rate, preview_cost, rehearse_preview
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.rate import waits_for_rate
from ntkscope.experiment.theory.infinite import InfiniteNetwork, infinite
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.experiment.theory.rate_search import with_rate
from ntkscope.experiment.theory.rehearsed import may_be_rehearsed
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.runs.future_cache import FutureCache
from ntkscope.runs.memory import Memory
from ntkscope.runs.scans import Scans
from ntkscope.runs.wanted import WantedCache, there
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import LawName
from ntkscope.schemas.explanation import Explanation
from ntkscope.schemas.placement import ON_CPU, Placement
from ntkscope.schemas.preview import Preview
from ntkscope.schemas.rehearsal import RehearsalProgress
from ntkscope.schemas.run import KernelName, Prediction
from ntkscope.schemas.training import RehearsedRate
from ntkscope.wire.codec import encode

WAIT_SECONDS = 0.7  # for a preview, before its cost alone is answered
NOT_WORTH_WAITING = 1.5  # seconds of estimated work
PREVIEW_BYTES = 2000  # of a preview, for every training point: its eigenvalue, and its group at most
COURSE_BYTES = 2000  # of a rehearsal, for every point of the grid: its function at 60 nodes, and at as many again
FOLLOWED = 256  # modes at most, of which theory is told
STARTED_COPIES = 6  # numbers for each of them and each record: two of both laws and of the rehearsal
EXPLANATION_BYTES = 100_000  # of a report: a few dozen rows
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

        # two that rehearse, and two that explain: the next may begin before one is given up
        self._pools = pool(2), pool(1), pool(2), pool(2), pool(1)
        memory = memory or Memory()
        self._begun: FutureCache[Begun] = FutureCache(self._pools[0], 16, memory, "preview")
        self._rates: WantedCache[Progress, RehearsedRate | None] = WantedCache(self._pools[2], 16, memory, "rate")
        self._rehearsals: WantedCache[Progress, Foreseen] = WantedCache(self._pools[2], 16, memory, "rehearsal")
        self._explanations: WantedCache[Progress, Explanation] = WantedCache(self._pools[3], 16, memory, "explanation")
        self._initials: FutureCache[InitialState] = FutureCache(self._pools[1], 2, memory, "initial")
        self._infinites: FutureCache[InfiniteNetwork] = FutureCache(self._pools[1], 2, memory, "infinite")
        self.scans = Scans(self._pools[4], memory)

    def close(self) -> None:
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)

    async def preview(
        self, config: RunConfig, dataset: Table | None, placement: Placement | None = None, card: Card = ABSENT
    ) -> Preview:
        """K_0's answers, and the rehearsal's when they are asked for again; the cost alone where K_0 takes longer.

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
        cost, key = await asyncio.to_thread(preview_cost, config, dataset, on), f"{config.digest()} {on}"
        try:
            known = self._begun.has(key)
            promise = self._begin(config, dataset, cost, on)
        except Conflict as short:
            return cost.model_copy(update={"warnings": [f"{short.expected} There are {short.got}. {short.remedy}"]})
        if not await there(promise, WAIT_SECONDS if cost.cost.preview_seconds < NOT_WORTH_WAITING else 0.0):
            return cost
        begun = promise.result()
        if begun.preview.status == "ready":
            return begun.preview
        try:
            return await self._rehearsed(key, begun, dataset, WAIT_SECONDS if known else 0.0)
        except Conflict as short:
            warning = f"Not rehearsed. {short.expected} There are {short.got}. {short.remedy}"
            said = [*begun.preview.warnings, warning]
            return begun.preview.model_copy(update={"status": "ready", "warnings": said})

    async def started(self, config: RunConfig, placement: Placement | None = None, card: Card = ABSENT) -> bytes | None:
        """The event with which this run would begin, rehearsal and all, as bytes; None where no preview has it.

        Args:
            config: What would be run.
            placement: As of its preview.
            card: As of its preview.
        """
        on = await asyncio.to_thread(speeds, placement or ON_CPU, card)
        made = self._rehearsals.results.known(f"{config.digest()} {on}")
        return None if made is None or made.started is None else await asyncio.to_thread(encode, made.started)

    async def settled(self, config: RunConfig, dataset: Table | None) -> RunConfig:
        """The config with its rate, where that is to be chosen by a rehearsal.

        Raises:
            NtkscopeError: the config cannot be run, or there is not enough memory for the rehearsal now.
        """
        if not waits_for_rate(config, dataset):
            return config
        on = await asyncio.to_thread(speeds, ON_CPU, ABSENT)  # as most previews: K_0 is then here already
        begun = await self._begin(config, dataset, await asyncio.to_thread(preview_cost, config, dataset, on), on)
        rate = await self._rate(begun, dataset)
        return config if rate is None else with_rate(config, rate)

    def _begin(self, config: RunConfig, dataset: Table | None, cost: Preview, on: Speeds) -> "asyncio.Future[Begun]":
        size = sizes(config, dataset)
        return self._begun.get(
            f"{config.digest()} {on}",
            lambda: begin_preview(config, dataset, on),
            taking=cost.cost.memory_bytes,
            keeping=PREVIEW_BYTES * size.n + (start_bytes(size) if may_be_rehearsed(size.n, size.parameters) else 0),
        )

    def _rate(self, begun: Begun, dataset: Table | None) -> "asyncio.Future[RehearsedRate | None]":
        """The choice of its rate."""
        config = begun.preview.config
        taking = memory_bytes(sizes(config, dataset))
        return self._rates.promise(config.digest(), lambda: choose_rate(begun), taking=taking, kept=True)

    async def _rehearsed(self, key: str, begun: Begun, dataset: Table | None, seconds: float) -> Preview:
        """The whole preview where it is there within so many seconds, else how far its rehearsal is."""
        config, until, rate = begun.preview.config, time.monotonic() + seconds, None
        size = sizes(config, dataset)
        if waits_for_rate(config, dataset):
            choice = self._rate(begun, dataset)
            if not await there(choice, seconds):
                seeking = self._rates.going(config.digest())
                progress = _progress(seeking.latest, "rate") if seeking else None
                return begun.preview.model_copy(update={"rehearsing": progress})
            rate = choice.result()
        made, going = await self._rehearsals.ask(
            key,
            lambda: rehearse_preview(begun, rate),
            until - time.monotonic(),
            taking=memory_bytes(size),
            keeping=PREVIEW_BYTES * size.n + COURSE_BYTES * size.grid + _started_bytes(size),
        )
        if made is not None:
            return made.preview
        return begun.preview.model_copy(update={"rehearsing": _progress(going.latest, "course") if going else None})

    async def explain(self, config: RunConfig, dataset: Table | None, limits: Limits) -> Explanation:
        """Why the config does or does not learn its target, once it is there; until then how far that is.

        Args:
            config: What would be run.
            dataset: The table that it names.
            limits: Changes beyond them are not tried.

        Raises:
            NtkscopeError: the config cannot be run, or there is not enough memory for it now.
        """
        made, going = await self._explanations.ask(
            config.digest(),
            lambda: explain_stages(config, dataset, limits),
            WAIT_SECONDS,
            taking=explain_bytes(config, dataset),
            keeping=EXPLANATION_BYTES,
        )
        if made is not None:
            return made
        part = going.latest.work if going and going.latest else 0.0
        return Explanation(status="working", config=config, part=part, notices=[], sentences=[], tried=[])

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
            return await asyncio.to_thread(_moving, config, dataset, time, recorded)
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


def _progress(latest: Progress | None, of: Literal["course", "rate"]) -> RehearsalProgress:
    return RehearsalProgress(of=of, reach=latest.step if latest else 0, part=latest.work if latest else 0.0)


def _moving(config: RunConfig, dataset: Table | None, time: float, recorded: Recorded) -> Prediction | None:
    if config.data.scale_targets == "none":
        return moving_prediction_at(time, recorded)
    return moving_prediction_at(time, recorded, build(config, dataset).target_scaling)


def _started_bytes(size: Sizes) -> int:
    """Of the event with which a run begins: its modes, on the points and on the grid, and what is said of each."""
    modes = min(size.n, FOLLOWED)
    return DOUBLE * modes * (size.n + size.grid + STARTED_COPIES * size.frames)
