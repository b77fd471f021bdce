"""How the server is: what runs, waits and is kept, by whom; its limits; the disk. For its owners alone (gate.py)."""

import shutil
from pathlib import Path

import anyio.to_thread
from fastapi import APIRouter

from ntkscope import __version__
from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.limits import limits
from ntkscope.api.problems import RESPONSES
from ntkscope.api.services import Services
from ntkscope.runs.live import Live
from ntkscope.schemas.server import KeptRuns, LiveRun, ServerLimit, ServerNow
from ntkscope.settings import Settings
from ntkscope.store.database import parse_url
from ntkscope.wire.codec import decode_first

PATH = "/api/server"
EACH = ("max_parameters", "max_points", "max_steps", "max_frames", "max_upload_bytes")  # of one run or upload
router = APIRouter(prefix=PATH, tags=["server"], responses=RESPONSES)


@router.get("")
async def get_server(services: ServicesDep) -> ServerNow:
    """What runs, waits and is kept, by whom; every limit with what is taken of it; the disk. For owners alone."""
    kept, used, free = await anyio.to_thread.run_sync(_stored, services)
    scheduler = services.scheduler
    training = [live for live in scheduler.live.all() if live.state == "running"]
    order = {run_id: place for place, run_id in enumerate(scheduler.live.order())}
    waiting = sorted((live for live in scheduler.live.all() if live.waits), key=lambda live: order[live.run.id])
    shown = {live.run.id for live in [*training, *waiting]}
    rest = [live for live in scheduler.live.all() if live.run.id not in shown]
    lags = [services.notifier.latest(viewer.run_id) - viewer.seq for viewer in services.viewers]
    taken = {
        "workers": len(training),
        "max_queued": scheduler.live.queued(),
        "max_memory_bytes": scheduler.live.memory.most - scheduler.live.memory.free,
        "max_runs": sum(one.runs for one in kept),
        "max_disk_bytes": used,
    }
    return ServerNow(
        version=__version__,
        begun_at=services.begun_at,
        workers=services.settings.workers,
        warm_workers=scheduler.warm,
        trouble=services.writer.trouble,
        disk_free_bytes=free,
        viewers=len(lags),
        slowest_viewer_lags=max([*lags, 0]),
        live=[_live(services, live) for live in [*training, *waiting, *rest]],
        kept=kept,
        limits=[_limit(services.settings, name, taken.get(name)) for name in (*taken, *EACH)],
    )


def _stored(services: Services) -> tuple[list[KeptRuns], int, int | None]:
    """What is kept by each person, the database's bytes, and what is free on its disk. Not for the event loop."""
    url = parse_url(services.settings.database_url)
    free = None
    if url.get_backend_name() == "sqlite":
        free = shutil.disk_usage(Path(str(url.database)).absolute().parent).free
    return services.store.count_by_person(), services.store.used_bytes(), free


def _live(services: Services, live: Live) -> LiveRun:
    return LiveRun(
        id=live.run.id,
        name=live.run.name,
        person=live.run.person,
        sweep=live.run.sweep,
        state=live.state,
        ahead=services.scheduler.live.ahead(live.run.id),
        asked_at=live.run.created_at,
        started_at=live.run.started_at,
        steps_per_second=decode_first(live.tick, "steps_per_second") if live.tick and live.state == "running" else None,
        memory_bytes=live.memory,
    )


def _limit(settings: Settings, name: str, used: int | None) -> ServerLimit:
    values = vars(settings) | vars(limits(settings))
    return ServerLimit(
        setting=f"NTKSCOPE_{name.upper()}",
        meaning=str(Settings.model_fields[name].description),
        most=values[name] or None,
        used=used,
        unit="bytes" if name.endswith("_bytes") else "",
    )
