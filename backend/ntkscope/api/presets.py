"""Presets."""

from typing import Annotated

from fastapi import APIRouter, Path

from ntkscope.api.problems import RESPONSES
from ntkscope.experiment.presets import preset, presets
from ntkscope.schemas.preset import Preset

router = APIRouter(prefix="/api/presets", tags=["presets"], responses=RESPONSES)


@router.get("")
def list_presets() -> list[Preset]:
    """Published experiments whose outcome is known, each with one or more configurations."""
    return presets()


@router.get("/{preset_id}")
def get_preset(preset_id: Annotated[str, Path(max_length=100, examples=["two-sines"])]) -> Preset:
    """One preset."""
    return preset(preset_id)
