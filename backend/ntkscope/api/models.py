"""A pasted model's text."""

from typing import Annotated

from fastapi import APIRouter, Body

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.examples import MODELS
from ntkscope.api.problems import RESPONSES
from ntkscope.experiment.pasted.model import read_model
from ntkscope.schemas.model import ModelRequest, PastedModel

router = APIRouter(prefix="/api/models", tags=["models"], responses=RESPONSES)


@router.post("")
async def read_pasted_model(
    body: Annotated[ModelRequest, Body(openapi_examples=MODELS)], services: ServicesDep
) -> PastedModel:
    """Reads the text of an nn.Sequential or of Keras's Dense layers, and says what a config is to have.

    Nothing of it is run. `changes` are values by the fields' dotted names; `ignored` has a sentence on each thing that
    was not taken. What no network here has is refused, with its line.
    """
    return await services.heavy(read_model, body.text)
