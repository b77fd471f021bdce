"""What theory says of one configuration over the values of one of its fields, before training."""

from typing import Annotated

from fastapi import APIRouter, Body

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.examples import SCANS
from ntkscope.api.problems import RESPONSES
from ntkscope.schemas.scan import Scan, ScanRequest

router = APIRouter(prefix="/api/scan", tags=["preview"], responses=RESPONSES)


@router.post("")
async def make_scan(body: Annotated[ScanRequest, Body(openapi_examples=SCANS)], services: ServicesDep) -> Scan:
    """For each value K_0's eigenvalues, the waves learnt within the steps, and the predicted held-out error.

    While `status` is `running`, ask again with the same request: `answers` has what is done. A scan that nobody asks
    for is given up after 1.5 s. A value that no run can take has a sentence in `error`; the others go on.
    """
    return await services.compute.scans.scan(body, services.manager.loaded)
