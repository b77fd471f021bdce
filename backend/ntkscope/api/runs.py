"""Runs: created, listed, changed, paused, resumed, cancelled, extended, deleted."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response

from ntkscope.api.dependencies import PersonDep, RunId, ServicesDep
from ntkscope.api.examples import RUN_REQUESTS
from ntkscope.api.problems import RESPONSES
from ntkscope.schemas.run import ExtendRequest, RunList, RunPatch, RunRequest, RunSummary
from ntkscope.schemas.unreadable import Unreadable

router = APIRouter(prefix="/api/runs", tags=["runs"], responses=RESPONSES)


@router.post("", status_code=201)
async def create_run(
    body: Annotated[RunRequest, Body(openapi_examples=RUN_REQUESTS)],
    services: ServicesDep,
    person: PersonDep,
    request: Request,
    response: Response,
) -> RunSummary:
    """Starts a run, or queues it. Follow it by its events or its socket."""
    run = await services.manager.submit(body, person=person)
    response.headers["Location"] = request.url_for("get_run", run_id=run.id).path
    return run


@router.get("")
async def list_runs(
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    search: Annotated[str, Query(max_length=120, description="Words in the name, the tags, the id or the state.")] = "",
    sweep: Annotated[str | None, Query(max_length=32, description="Those of this sweep; else those of none.")] = None,
) -> RunList:
    """The runs that are not deleted, newest first."""
    return await services.manager.list(limit, offset, search, sweep)


@router.get("/{run_id}")
async def get_run(run_id: RunId, services: ServicesDep) -> RunSummary:
    """One run."""
    return await services.manager.get(run_id)


@router.patch("/{run_id}")
async def change_run(run_id: RunId, body: RunPatch, services: ServicesDep) -> RunSummary:
    """Renames a run, or replaces its tags."""
    return await services.housekeeping.patch(run_id, body)


@router.delete("/{run_id}")
async def delete_run(run_id: RunId, services: ServicesDep) -> RunSummary | Unreadable:
    """Deletes a run, cancelled if it has not ended. It can be restored for ten minutes."""
    return await services.housekeeping.delete(run_id)


@router.post("/{run_id}/restore")
async def restore_run(run_id: RunId, services: ServicesDep) -> RunSummary | Unreadable:
    """Brings a deleted run back."""
    return await services.housekeeping.restore(run_id)


@router.post("/{run_id}/cancel")
async def cancel_run(run_id: RunId, services: ServicesDep) -> RunSummary:
    """Ends a run where it is; what it has measured stays."""
    return await services.manager.cancel(run_id)


@router.post("/{run_id}/pause")
async def pause_run(run_id: RunId, services: ServicesDep) -> RunSummary:
    """Pauses a run; others may train meanwhile."""
    return await services.manager.pause(run_id)


@router.post("/{run_id}/resume")
async def resume_run(run_id: RunId, services: ServicesDep) -> RunSummary:
    """Lets a run go on, as soon as there is a worker for it: one that is paused, or one that failed or was interrupted.

    The latter goes on from its last checkpoint, or begins again where it left none. Its log goes on where it stopped:
    what it has already is trained again, and not told again.
    """
    return await services.manager.resume(run_id)


@router.post("/{run_id}/extend")
async def extend_run(run_id: RunId, body: ExtendRequest, services: ServicesDep) -> RunSummary:
    """Goes on with a run that completed or was cancelled, to this many steps in all.

    Its other stopping conditions are dropped, and its log goes on with a second `started`.
    """
    return await services.manager.extend(run_id, body.steps)
