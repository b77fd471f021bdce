"""What theory says before training."""

from typing import Annotated

from fastapi import APIRouter, Body

from ntkscope.api.dependencies import ServicesDep
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
