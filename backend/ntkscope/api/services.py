"""Everything that a server has, opened and closed in order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ntkscope.api.limits import limits
from ntkscope.executors.base import TRAIN, Executor
from ntkscope.executors.process import ProcessExecutor
from ntkscope.runs.admission import Admission
from ntkscope.runs.bell import Bell
from ntkscope.runs.conductor import Conductor
from ntkscope.runs.housekeeping import Housekeeping
from ntkscope.runs.log import Log
from ntkscope.runs.manager import Manager
from ntkscope.runs.memory import Memory
from ntkscope.runs.sweeps import Sweeps
from ntkscope.runs.thinking import Thinking
from ntkscope.settings import Settings
from ntkscope.store.database import Database, open_database
from ntkscope.store.run_store import RunStore
from ntkscope.store.sweep_store import SweepStore
from ntkscope.store.writer import Writer

RECORDING = Path(str(files("ntkscope"))) / "experiment" / "recordings" / "six-frequencies.events"


@dataclass(frozen=True)
class Services:
    """What the addresses of the API work with."""

    settings: Settings
    store: RunStore
    writer: Writer
    bell: Bell
    conductor: Conductor
    manager: Manager
    sweeps: Sweeps
    housekeeping: Housekeeping
    log: Log
    thinking: Thinking


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
        stack.push_async_callback(services.housekeeping.interrupt)
        stack.push_async_callback(services.conductor.close)
        stack.callback(services.sweeps.close)
        stack.callback(services.thinking.close)
        services.conductor.start(services.writer)
        await services.housekeeping.interrupt()
        if database.fresh and settings.recording and RECORDING.is_file():
            await services.housekeeping.import_recording(RECORDING)
        purging = asyncio.create_task(services.housekeeping.purge_for_ever())
        stack.callback(purging.cancel)
        yield services


def _assemble(settings: Settings, database: Database, executor: Executor) -> Services:
    bell, store = Bell(), RunStore(database.engine)
    allowed = limits(settings)
    memory = Memory(allowed.max_memory_bytes)
    threads = settings.training_threads()
    thinking = Thinking(threads, memory)  # before the conductor: what is kept is forgotten before a run is reduced
    conductor = Conductor(executor, bell, memory)
    writer = Writer(database.engine, conductor.committed, conductor.refused)
    admission = Admission(store, writer, allowed, threads)
    manager = Manager(store, writer, conductor, bell, admission, settings.max_queued)
    return Services(
        settings=settings,
        store=store,
        writer=writer,
        bell=bell,
        conductor=conductor,
        manager=manager,
        sweeps=Sweeps(SweepStore(database.engine), writer, manager, bell, executor.slots),
        housekeeping=Housekeeping(manager, writer),
        log=Log(store),
        thinking=thinking,
    )
