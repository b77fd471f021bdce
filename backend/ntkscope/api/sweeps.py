"""Sweeps: one configuration over the values of some of its fields."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response

from ntkscope.api.dependencies import PersonDep, ServicesDep
from ntkscope.api.examples import SWEEP_REQUESTS
from ntkscope.api.problems import RESPONSES
from ntkscope.schemas.sweep import Sweep, SweepList, SweepRequest

router = APIRouter(prefix="/api/sweeps", tags=["sweeps"], responses=RESPONSES)
SweepId = Annotated[str, Path(max_length=32, description="A sweep, as GET /api/sweeps lists them.")]


@router.post("", status_code=201)
async def create_sweep(
    body: Annotated[SweepRequest, Body(openapi_examples=SWEEP_REQUESTS)],
    services: ServicesDep,
    person: PersonDep,
    request: Request,
    response: Response,
) -> Sweep:
    """Starts a run for every combination of the axes' values, a few at a time. Ask again to see how far it is."""
    sweep = await services.sweeps.create(body, person)
    response.headers["Location"] = request.url_for("get_sweep", sweep_id=sweep.id).path
    return sweep


@router.get("")
async def list_sweeps(
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> SweepList:
    """The sweeps, newest first."""
    return await services.sweeps.list(limit, offset)


@router.get("/{sweep_id}")
async def get_sweep(sweep_id: SweepId, services: ServicesDep) -> Sweep:
    """One sweep: its runs, how each ended, and in a width study the means and slopes over widths so far."""
    return await services.sweeps.get(sweep_id)


@router.post("/{sweep_id}/cancel")
async def cancel_sweep(sweep_id: SweepId, services: ServicesDep) -> Sweep:
    """Ends a sweep where it is; what its runs have measured stays."""
    return await services.sweeps.cancel(sweep_id)


@router.post("/{sweep_id}/resume")
async def resume_sweep(sweep_id: SweepId, services: ServicesDep) -> Sweep:
    """Runs what is missing after a cancel, a server's end or a failure. Runs that completed are kept."""
    return await services.sweeps.resume(sweep_id)


@router.delete("/{sweep_id}", status_code=204)
async def delete_sweep(sweep_id: SweepId, services: ServicesDep) -> None:
    """Removes a sweep, cancelled if it is running. Its runs are deleted; each can be restored for ten minutes."""
    await services.sweeps.delete(sweep_id)
