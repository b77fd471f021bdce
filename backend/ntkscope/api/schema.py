"""The form's schema: the config's JSON schema with this server's limits in it."""

from functools import cache
from typing import Any

from fastapi import APIRouter

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.limits import limits
from ntkscope.schemas.config import RunConfig
from ntkscope.settings import Settings

router = APIRouter(prefix="/api/schema", tags=["schema"])

# Model and field -> the setting that limits it.
LIMITED = {
    ("Interval", "n"): "max_points",
    ("Circle", "n"): "max_points",
    ("RandomPoints", "n"): "max_points",
    ("Stop", "steps"): "max_steps",
    ("Recording", "frames"): "max_frames",
    ("Network", "width"): "max_parameters",
}
LIMITS = (
    "max_parameters", "max_points", "max_memory_bytes", "max_steps", "max_frames", "max_upload_bytes", "max_queued",
    "workers", "max_runs", "max_disk_bytes",
)  # fmt: skip


@router.get("")
async def get_schema(services: ServicesDep) -> dict[str, Any]:
    """The JSON schema of a run's config, titles, help and units included.

    A maximum that a setting of this server lowers carries the setting's name as `setting`; `limits` holds
    all of them, also those that no single field can break.
    """
    return await services.heavy(schema, services.settings)


@cache
def schema(settings: Settings) -> dict[str, Any]:
    """The schema for a server of these settings."""
    made = RunConfig.model_json_schema()
    for (model, field), setting in LIMITED.items():
        property_ = made["$defs"][model]["properties"][field]
        limit = getattr(settings, setting)
        if limit < property_.get("maximum", float("inf")):
            property_["maximum"] = limit
            property_["setting"] = f"NTKSCOPE_{setting.upper()}"
    values = vars(settings) | vars(limits(settings))
    made["limits"] = {f"NTKSCOPE_{name.upper()}": values[name] for name in LIMITS}
    return made
