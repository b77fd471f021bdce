"""Whether the server can do its work."""

from typing import Literal

import anyio.to_thread
from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError

from ntkscope import __version__
from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.problems import RESPONSES
from ntkscope.errors import Unavailable
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
    try:
        await anyio.to_thread.run_sync(services.store.runs, 1)
    except SQLAlchemyError as error:
        raise Unavailable(
            expected="A database that can be read.",
            got=str(getattr(error, "orig", None) or error),
            remedy="Look at the database that NTKSCOPE_DATABASE_URL names.",
        ) from error
    return Health(
        status="ok",
        version=__version__,
        workers=services.settings.workers,
        warm_workers=services.conductor.warm,
        queued=services.conductor.live.queued(),
    )
