"""Whether the server can do its work."""

from typing import Literal

from fastapi import APIRouter

from ntkscope import __version__
from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.problems import RESPONSES
from ntkscope.runs.words import no_worker_yet, stopping
from ntkscope.schemas.base import Model
from ntkscope.store.trouble import unwritable

router = APIRouter(prefix="/api/health", tags=["health"], responses=RESPONSES)


class Health(Model):
    """GET /api/health."""

    status: Literal["ok"]
    version: str
    workers: int
    warm_workers: int  # ready to train at once
    queued: int


class Live(Model):
    """GET /api/health/live."""

    status: Literal["ok"]


@router.get("/live")
async def get_live() -> Live:
    """Answers 200 as long as the server answers at all: where it does not, restart it."""
    return Live(status="ok")


@router.get("/ready")
async def get_ready(services: ServicesDep) -> Health:
    """Answers 200 while a run that is submitted now would be taken up, else 503 with the reason."""
    if services.scheduler.retiring:
        raise stopping()
    if not services.scheduler.warm:
        raise no_worker_yet()
    return await get_health(services)


@router.get("")
async def get_health(services: ServicesDep) -> Health:
    """Answers 200 while the database takes writes, else 503 with the reason.

    Never waits for the database: it reads what the writer's thread last found, at most a second ago where that is
    idle.
    """
    trouble = services.writer.trouble
    if trouble:
        raise unwritable(trouble)
    return Health(
        status="ok",
        version=__version__,
        workers=services.settings.workers,
        warm_workers=services.scheduler.warm,
        queued=services.scheduler.live.queued(),
    )
