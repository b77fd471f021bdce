"""Whether the server can do its work."""

from typing import Literal

import anyio.to_thread
from fastapi import APIRouter

from ntkscope import __version__
from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.problems import RESPONSES
from ntkscope.schemas.base import Model

router = APIRouter(prefix="/api/health", tags=["health"], responses=RESPONSES)


class Health(Model):
    """GET /api/health."""

    status: Literal["ok"]
    version: str
    workers: int
    warm_workers: int  # ready to train at once
    queued: int


@router.get("")
async def get_health(services: ServicesDep) -> Health:
    """Answers 200 while the database can be read, else 503."""
    await anyio.to_thread.run_sync(services.store.runs, 1)
    return Health(
        status="ok",
        version=__version__,
        workers=services.settings.workers,
        warm_workers=services.conductor.warm,
        queued=services.conductor.live.queued(),
    )
