"""Everything that a server has, opened and closed in order."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Protocol, TypeVar, TypeVarTuple, Unpack

import anyio.to_thread
from anyio import CapacityLimiter

from ntkscope.api.limits import limits
from ntkscope.executors.base import TRAIN, Executor
from ntkscope.executors.process import ProcessExecutor
from ntkscope.experiment.measure.cadence import Cadence
from ntkscope.runs.admission import Admission
from ntkscope.runs.coming_back import bring_back_paused, resume_interrupted
from ntkscope.runs.compute import ComputeService
from ntkscope.runs.housekeeping import Housekeeping
from ntkscope.runs.keeping import KeepLimits
from ntkscope.runs.log import Log
from ntkscope.runs.manager import Manager
from ntkscope.runs.memory import Memory
from ntkscope.runs.notifier import Notifier
from ntkscope.runs.scheduler import Scheduler
from ntkscope.runs.sweeps import Sweeps
from ntkscope.settings import Settings
from ntkscope.store.database import Database, open_database
from ntkscope.store.run_store import RunStore
from ntkscope.store.sweep_store import SweepStore
from ntkscope.store.writer import Writer

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")
FAREWELL_SECONDS = 3.0  # for viewers of a server that stops
HEAVY_THREADS = 1  # two would take turns by Python's lock, and the event loop would wait for both
RECORDING = Path(str(files("ntkscope"))) / "experiment" / "recordings" / "six-frequencies.events"


class Following(Protocol):
    """A viewer: which run, and the last seq that it has."""

    run_id: str
    seq: int


@dataclass(frozen=True)
class Services:
    """What the addresses of the API work with."""

    settings: Settings
    store: RunStore
    writer: Writer
    notifier: Notifier
    scheduler: Scheduler
    manager: Manager
    sweeps: Sweeps
    housekeeping: Housekeeping
    log: Log
    compute: ComputeService
    heavy_threads: CapacityLimiter
    begun_at: float = field(default_factory=time.time)
    viewers: set["Following"] = field(default_factory=set)  # on the event loop

    async def retire(self) -> None:
        """For a server that is told to stop: sweeps begin no run any more, runs leave their checkpoints, and viewers
        get what is stored and are told why their run has ended.
        """
        self.sweeps.close()
        await self.scheduler.retire(self.settings.stop_seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                while self.viewers:
                    await asyncio.sleep(0.02)

    async def heavy(self, function: Callable[[Unpack[Arguments]], T], *arguments: *Arguments) -> T:
        """Computes in the thread for what takes long and holds Python's lock."""
        return await anyio.to_thread.run_sync(function, *arguments, limiter=self.heavy_threads)


def address(settings: Settings) -> str:
    """Where the server can be reached from this machine."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}{settings.base_path}/"


@contextlib.asynccontextmanager
async def open_services(settings: Settings, executor: Executor | None = None) -> AsyncIterator[Services]:
    """Opens the database, starts the workers, marks what an earlier server left behind.

    Raises:
        Unavailable: the database cannot be had; the message says why.
    """
    database = await asyncio.to_thread(open_database, settings.database_url, address(settings))
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(database.close)
        services = _assemble(settings, database, executor or ProcessExecutor(settings.workers, TRAIN))
        stack.callback(services.writer.close)
        stack.push_async_callback(services.housekeeping.leave)
        stack.push_async_callback(services.scheduler.close)
        stack.callback(services.writer.give_up)
        stack.callback(services.sweeps.close)
        stack.callback(services.compute.close)
        services.scheduler.start(services.writer)
        await services.housekeeping.begin()
        await bring_back_paused(services.store, services.manager)
        if settings.resume:
            await resume_interrupted(services.store, services.manager, services.sweeps)
        if database.fresh and settings.recording and RECORDING.is_file():
            await services.housekeeping.import_recording(RECORDING)
        purging = asyncio.create_task(services.housekeeping.purge_for_ever())
        stack.callback(purging.cancel)
        yield services


def _assemble(settings: Settings, database: Database, executor: Executor) -> Services:
    notifier, store = Notifier(), RunStore(database.engine)
    allowed = limits(settings)
    memory = Memory(allowed.max_memory_bytes)
    threads = settings.training_threads()
    compute = ComputeService(threads, memory)  # before the scheduler: results are forgotten before a run is reduced
    scheduler = Scheduler(executor, notifier, memory)
    writer = Writer(database.engine, scheduler.committed, scheduler.refused, database.check)
    cadence = Cadence(settings.checkpoint_seconds, settings.checkpoint_share)
    kept = KeepLimits(settings.max_runs, settings.max_disk_bytes)
    admission = Admission(store, writer, allowed, threads, cadence, kept)
    manager = Manager(store, writer, scheduler, notifier, admission, settings.max_queued, compute.settled)
    return Services(
        settings=settings,
        store=store,
        writer=writer,
        notifier=notifier,
        scheduler=scheduler,
        manager=manager,
        sweeps=Sweeps(SweepStore(database.engine), writer, manager, notifier, executor.slots),
        housekeeping=Housekeeping(manager, writer, settings.keep_days),
        log=Log(store),
        compute=compute,
        heavy_threads=CapacityLimiter(HEAVY_THREADS),
    )
