"""The application: every address, its errors, its guard."""

import contextlib
import gc
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI

from ntkscope import __version__
from ntkscope.api import (
    datasets,
    events,
    explain,
    health,
    metrics,
    models,
    pages,
    presets,
    preview,
    problems,
    runs,
    scan,
    schema,
    server,
    session,
    stream,
    sweeps,
)
from ntkscope.api.access import Access, people_of
from ntkscope.api.base_path import BasePath
from ntkscope.api.body_limit import BodyLimit
from ntkscope.api.compression import JsonCompression
from ntkscope.api.gate import Gate
from ntkscope.api.security import Guard, is_loopback
from ntkscope.api.services import Services, open_services
from ntkscope.errors import Unavailable
from ntkscope.executors.base import Executor
from ntkscope.settings import Settings

FORM_OVERHEAD = 2**16  # bytes that a form may take beside a table


def create_app(
    settings: Settings,
    services: Services | None = None,
    executor: Executor | None = None,
    built: Path = pages.BUILT,
) -> FastAPI:
    """The server as an ASGI application.

    Args:
        settings: The server's settings.
        services: Opened by the caller, who also closes them; else the application opens its own.
        executor: Where runs train; warm worker processes unless another is given.
        built: The folder with the page's files.

    Raises:
        Unavailable: the settings bind it beyond this machine, and name no token.
    """
    if not (settings.token or is_loopback(settings.host)):
        raise Unavailable(
            expected="A server that others can reach must ask them for a token.",
            got=f"none, at {settings.host}",
            remedy="Set NTKSCOPE_TOKEN, or start it with ntkscope serve, which draws one.",
            where="NTKSCOPE_TOKEN",
        )

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if services is not None:
            app.state.services = services
            yield
            return
        async with open_services(settings, executor) as own:
            app.state.services = own
            yield

    app = FastAPI(
        title="ntkscope",
        version=__version__,
        description="See spectral bias: runs, their events, sweeps, previews and predictions.",
        lifespan=lifespan,
        docs_url=None,  # its page loads scripts from another host; ours is in pages.py
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    problems.install(app)
    for module in (
        runs, events, stream, sweeps, preview, scan, explain, presets, datasets, models, schema, health,
        session, metrics, server,
    ):  # fmt: skip
        app.include_router(module.router)
    app.include_router(pages.router(built))
    access = Access(settings.token, settings.viewer_token, people_of(settings.people))
    app.state.access, app.state.cookie = access, f"ntkscope_{settings.port}"
    names = frozenset(name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip())
    largest = settings.max_upload_bytes + FORM_OVERHEAD
    app.add_middleware(JsonCompression)
    app.add_middleware(Gate, access=access, cookie=app.state.cookie)
    app.add_middleware(BodyLimit, uploads=dict.fromkeys(datasets.UPLOADS, largest))
    parents = [parent.strip() for parent in settings.frame_ancestors.split(",") if parent.strip()]
    any_host = not (names or is_loopback(settings.host))
    app.add_middleware(Guard, own_name=settings.host, proxies=names, any_host=any_host, parents=parents)
    app.add_middleware(BasePath, base_path=settings.base_path)
    return app


def favour_the_event_loop() -> None:
    """For a process that is a server: its loop does not wait long for collections, nor for threads that compute.

    With many connections full collections would pause it for 100 ms; by default a thread keeps Python's lock for 5 ms
    at a time, of which a request waits for several.
    """
    sys.setswitchinterval(1e-3)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
