"""What comes back when a server starts on the database of one that stopped."""

import asyncio
import logging

from ntkscope.errors import NtkscopeError
from ntkscope.runs.manager import Manager
from ntkscope.runs.sweeps import Sweeps
from ntkscope.schemas.run import State
from ntkscope.store.run_store import RunStore

LOGGER = logging.getLogger("ntkscope")


async def bring_back_paused(store: RunStore, manager: Manager) -> None:
    """Paused runs are paused again, each at its last checkpoint; one that this server refuses is interrupted."""
    for run_id in await _ids(store, "paused"):
        await manager.hold(run_id)


async def resume_interrupted(store: RunStore, manager: Manager, sweeps: Sweeps) -> None:
    """Every run and every sweep that its server left behind goes on, the oldest first."""
    for run_id in await _ids(store, "interrupted"):
        try:
            await manager.resume(run_id)
        except NtkscopeError as error:
            LOGGER.warning("run %s does not go on: %s", run_id, error)
    for sweep_id in await sweeps.interrupted():
        try:
            await sweeps.resume(sweep_id)
        except NtkscopeError as error:
            LOGGER.warning("sweep %s does not go on: %s", sweep_id, error)


async def _ids(store: RunStore, state: State) -> list[str]:
    return await asyncio.to_thread(store.in_state, state)
