"""What theory says before training."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.events import MSGPACK
from ntkscope.api.examples import CONFIGS
from ntkscope.api.problems import RESPONSES
from ntkscope.experiment.card import ABSENT
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preview import Preview

router = APIRouter(prefix="/api/preview", tags=["preview"], responses=RESPONSES)


@router.post("")
async def make_preview(body: Annotated[RunConfig, Body(openapi_examples=CONFIGS)], services: ServicesDep) -> Preview:
    """K_0's spectrum, every mode's learning time, the learning rate, and the cost, without a single step.

    Where the kernel takes long, `status` is `cost` and `spectrum` null: ask again with the same config.
    """
    dataset = await services.manager.within_limits(body)
    cards = services.scheduler.cards
    return await services.compute.preview(body, dataset, cards.likely(body, dataset), cards.now or ABSENT)


@router.post(
    "/started",
    response_class=Response,
    responses={
        200: {"content": {MSGPACK: {"schema": {"type": "string", "format": "binary"}}}},
        204: {"description": "Nothing is rehearsed: the preview is not ready, or says why there is no rehearsal."},
    },
)
async def make_started(body: Annotated[RunConfig, Body(openapi_examples=CONFIGS)], services: ServicesDep) -> Response:
    """What the run's first event would be, its rehearsal in it, to be drawn as a run's: once its preview is ready.

    Bytes as the socket sends them. Of infinite width it says nothing.
    """
    dataset = await services.manager.within_limits(body)
    cards = services.scheduler.cards
    event = await services.compute.started(body, cards.likely(body, dataset), cards.now or ABSENT)
    return Response(status_code=204) if event is None else Response(event, media_type=MSGPACK)
