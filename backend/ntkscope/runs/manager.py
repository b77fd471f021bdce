"""What can be asked of runs: submit, pause, resume, cancel, extend."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

import anyio.to_thread

from ntkscope.errors import Conflict, InvalidInput, NtkscopeError
from ntkscope.experiment.problem.datasets import Table
from ntkscope.runs import words
from ntkscope.runs.admission import Admission
from ntkscope.runs.entries import Entries
from ntkscope.runs.live import Live
from ntkscope.runs.notifier import Notifier
from ntkscope.runs.scheduler import Scheduler
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.placement import Placement
from ntkscope.schemas.run import ENDED, RunRequest, RunSummary, State
from ntkscope.schemas.training import Stop
from ntkscope.store.run_store import RunStore
from ntkscope.store.sweep_writes import insert_member
from ntkscope.store.writer import Writer
from ntkscope.store.writes import insert_run, settle_run, update_run

PATIENCE = 0.22  # seconds in which a run must have received its cancel, or its process is killed
RESUMABLE: tuple[State, ...] = ("failed", "interrupted")
ANSWER_WITHIN = 1.0  # seconds that a command waits for its effect before it answers


@dataclass(frozen=True)
class SweepPlace:
    """Where a run stands in a sweep.

    Args:
        sweep: Its id.
        member: The run's index there.
        left: The run that stands there, where an earlier server left it behind: it goes on. Empty: a new one begins.
    """

    sweep: str
    member: int
    left: str = ""


class Manager(Entries):
    """Used on the event loop.

    Args:
        store: Reads.
        writer: Writes.
        scheduler: Slots.
        notifier: Told of every change.
        admission: What a config must pass.
        max_queued: Most runs that may wait.
        settle: Puts the rate into a config that leaves its choice to a rehearsal.
    """

    def __init__(
        self,
        store: RunStore,
        writer: Writer,
        scheduler: Scheduler,
        notifier: Notifier,
        admission: Admission,
        max_queued: int,
        settle: Callable[[RunConfig, Table | None], Awaitable[RunConfig]],
    ) -> None:
        super().__init__(store, scheduler)
        self._writer, self._notifier = writer, notifier
        self._admission, self._max_queued, self._settle = admission, max_queued, settle

    async def submit(self, request: RunRequest, place: SweepPlace | None = None, person: str = "") -> RunSummary:
        """Queues a run, which begins at once if a slot is free.

        Args:
            request: What to run.
            place: In a sweep; a run that was there before leaves the sweep.
            person: Who asks, if they have a name.

        Raises:
            NtkscopeError: the config is beyond the limits, its data set or its device is not here, or too many wait.
        """
        self._check_queue()
        dataset = await self.checked(request.config)
        request = request.model_copy(update={"config": await self._settle(request.config, dataset)})
        run = _row(request, place, person, await self.placed(request.config, dataset))
        await self._insert(run)
        return self._begin(self._admission.live(run, dataset))

    async def refuse(self, request: RunRequest, place: SweepPlace, person: str, error: NtkscopeError) -> None:
        """Keeps a sweep's run that cannot be begun, as one that failed."""
        now = time.time()
        await self._insert(
            _row(request, place, person).model_copy(update={"state": "failed", "sentence": str(error), "ended_at": now})
        )

    async def checked(self, config: RunConfig) -> Table | None:
        """The table that the config names, once the config has passed this server's limits."""
        return await anyio.to_thread.run_sync(self._admission.checked, config)

    async def within_limits(self, config: RunConfig) -> Table | None:
        """The same where the config has been trained, or is only asked about."""
        return await anyio.to_thread.run_sync(self._admission.within_limits, config)

    def loaded(self, config: RunConfig) -> Table | None:
        """`within_limits` for a thread: it reads the store."""
        return self._admission.within_limits(config)

    async def placed(self, config: RunConfig, dataset: Table | None, before: Placement | None = None) -> Placement:
        """Where a run of the config computes; as `Cards.place`."""
        return await self._scheduler.cards.place(config, dataset, before)

    def table(self, config: RunConfig) -> Table | None:
        """The uploaded table that the config names. Reads the store: not for the event loop."""
        return self._admission.table(config)

    async def pause(self, run_id: str) -> RunSummary:
        """Holds a run that waits, or pauses one that trains; its slot is then free for others."""
        live = await self._live(run_id, "pause", "Only a run that has not ended can be paused.")
        if live.state == "queued":
            live.held = live.job is not None
            self._scheduler.change(live, "paused")
        elif live.state == "running":
            self._scheduler.order(live, "pause")
            await self._until(run_id, lambda: live.state != "running")
        return await self.get(run_id)

    async def resume(self, run_id: str) -> RunSummary:
        """Lets a run go on, once there is a slot: a paused one where it is, a killed one from its last checkpoint.

        Raises:
            Conflict: it has ended by itself, or was cancelled.
        """
        run = await self.get(run_id)
        if run.state in RESUMABLE and self.live(run_id) is None:
            self._check_queue()
            return await self._go_on(run)
        live = await self._live(run_id, "resume", "Only a run that is paused, or was stopped from outside, can go on.")
        if live.state == "paused":
            if not live.held or live.reduced:
                self._scheduler.live.last_in_line(run_id)
            live.held = False
            self._scheduler.change(live, "queued")
        return await self.get(run_id)

    async def hold(self, run_id: str) -> None:
        """Takes up a run that was paused when an earlier server stopped: it stays paused, at its last checkpoint."""
        run = await self.get(run_id)
        try:
            await self._go_on(run, "paused")
        except NtkscopeError as error:
            changes: dict[str, Any] = {"state": "interrupted", "sentence": str(error), "ended_at": time.time()}
            await asyncio.wrap_future(self._writer.submit(partial(update_run, run_id=run_id, **changes)))

    async def _go_on(self, run: RunSummary, state: Literal["queued", "paused"] = "queued") -> RunSummary:
        """A run that was killed with its worker or its server; one whose log has its end is told to have ended."""
        settle = partial(settle_run, run_id=run.id, digest=run.digest, now=time.time())
        if await asyncio.wrap_future(self._writer.submit(settle)):
            return await self.get(run.id)
        dataset = await self.within_limits(run.config)
        place = await anyio.to_thread.run_sync(self._store.place, run.id)
        if self.live(run.id) is not None:  # another request was faster
            return await self.get(run.id)
        self._writer.readmit(run.id)
        changes: dict[str, Any] = {"state": state, "sentence": "", "ended_at": None}
        live = self._admission.live(run.model_copy(update=changes), dataset, place)
        live.state, live.held = state, state == "paused"
        live.reduced = live.held and place.seq > 0
        return self._begin(live, changes)

    async def cancel(self, run_id: str) -> RunSummary:
        """Ends a run where it is. What it has measured stays."""
        live = await self._live(run_id, "cancel", "Only a run that has not ended can be cancelled.")
        await self.stop(live)
        return await self.get(run_id)

    async def stop(self, live: Live) -> None:
        """Cancels a live run and waits, for a while, until it has ended."""
        run_id = live.run.id
        if live.state in ENDED or live.cancelled:
            return
        live.cancelled = True
        if live.job is not None:
            early = words.CANCELLED_REDUCED if live.reduced else words.CANCELLED_EARLY
            self._scheduler.finish(live, "cancelled", early)
        elif not live.leaving:
            self._scheduler.order(live, "cancel")
            await self._until(run_id, lambda: live.cancel_received or live.state in ENDED, PATIENCE)
            if not live.cancel_received and live.state == "running":
                self._scheduler.kill(live)
        await self._until(run_id, lambda: self.live(run_id) is not live)

    async def extend(self, run_id: str, steps: int) -> RunSummary:
        """Goes on with a run that ended, to this many steps in all; no other condition ends it sooner.

        Raises:
            Conflict: it has not ended, or cannot go on.
            InvalidInput: it has done as many steps already.
        """
        self._check_queue()
        run = await self.get(run_id)
        if run.recorded or run.state not in ("completed", "cancelled"):
            remedy = "Start a new run with the same configuration and more steps."
            raise words.not_possible(run, "extend", "A run that completed or was cancelled here.", remedy)
        checkpoint = await anyio.to_thread.run_sync(self._store.last_checkpoint, run_id)
        if checkpoint is None or checkpoint.seq != run.last_seq:
            remedy = "Start a new run with the same configuration."
            raise words.not_possible(run, "extend", "A run that left a checkpoint at its end.", remedy)
        if steps <= checkpoint.step:
            raise InvalidInput(
                expected=f"More steps than the {checkpoint.step:,} that are done.",
                got=f"{steps:,}",
                remedy="Give the number of steps in all, not those to add.",
                where="steps",
            )
        training = run.config.training.model_copy(update={"stop": Stop(steps=steps)})
        config = run.config.model_copy(update={"training": training})
        dataset = await self.within_limits(config)
        placement = await self.placed(config, dataset, run.placement)
        changes = {
            "config": config,
            "digest": config.digest(),
            "placement": placement,
            "state": "queued",
            "sentence": "",
            "ended_at": None,
        }
        run = run.model_copy(update=changes)
        place = await anyio.to_thread.run_sync(self._store.place, run_id)
        if self.live(run_id) is not None:  # another request was faster
            return await self.get(run_id)
        return self._begin(self._admission.live(run, dataset, place.extended()), changes)

    async def _insert(self, run: RunSummary) -> None:
        insert = insert_run if run.sweep is None else insert_member
        await asyncio.wrap_future(self._writer.submit(lambda connection: insert(connection, run)))

    def _begin(self, live: Live, changes: Mapping[str, Any] = MappingProxyType({})) -> RunSummary:
        live.unsaved |= changes
        self._scheduler.add(live)
        return self.overlaid(live.run)

    async def _live(self, run_id: str, doing: str, expected: str) -> Live:
        run = await self.get(run_id)
        live = self.live(run_id)
        if live is None or live.state in ENDED:
            raise words.not_possible(run, doing, expected, "Start a new run with the same configuration.")
        return live

    async def _until(self, run_id: str, true: Callable[[], bool], seconds: float = ANSWER_WITHIN) -> None:
        """Waits until something is true of the run, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    await self._notifier.changed(run_id).wait()
        except TimeoutError:
            return

    def _check_queue(self) -> None:
        if self._scheduler.retiring:
            raise words.stopping()
        if self._scheduler.live.queued() >= self._max_queued:
            raise Conflict(
                expected=f"At most {self._max_queued} runs that wait.",
                got="one more",
                remedy="Wait, cancel one, or raise the server's setting NTKSCOPE_MAX_QUEUED.",
            )


def _row(request: RunRequest, place: SweepPlace | None, person: str, placement: Placement | None = None) -> RunSummary:
    """A run that nobody has seen yet."""
    return RunSummary(
        id=secrets.token_hex(6),
        name=request.name,
        tags=request.tags,
        state="queued",
        sentence="",
        created_at=time.time(),
        started_at=None,
        ended_at=None,
        deleted_at=None,
        ahead=0,
        last_seq=0,
        config=request.config,
        digest=request.config.digest(),
        recorded=False,
        sweep=place.sweep if place else None,
        member=place.member if place else None,
        placement=placement,
        person=person,
    )
