"""Why a network does or does not learn its target, and what to change."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Body

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.examples import CONFIGS
from ntkscope.api.limits import limits
from ntkscope.api.problems import RESPONSES
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.explanation import Explanation

router = APIRouter(prefix="/api/explain", tags=["preview"], responses=RESPONSES)


@router.post("")
async def explain(body: Annotated[RunConfig, Body(openapi_examples=CONFIGS)], services: ServicesDep) -> Explanation:
    """What the network learns within the asked steps, what it does not and why, and which changes help: rehearsed.

    Takes some seconds: while `status` is `working`, ask again with the same config. Nobody asks: it is given up.
    """
    dataset = await services.manager.within_limits(body)
    allowed = await anyio.to_thread.run_sync(limits, services.settings)
    return await services.compute.explain(body, dataset, allowed)
