"""Whether the server can do its work."""

from typing import Literal

from fastapi import APIRouter

from ntkscope import __version__
from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.problems import RESPONSES
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
