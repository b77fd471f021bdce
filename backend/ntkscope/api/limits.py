"""The settings' limits, as the experiment wants them."""

from ntkscope.experiment.estimate import Limits
from ntkscope.settings import Settings


def limits(settings: Settings) -> Limits:
    """What a config may ask for."""
    return Limits(
        max_parameters=settings.max_parameters,
        max_points=settings.max_points,
        max_memory_bytes=settings.max_memory_bytes,
        max_steps=settings.max_steps,
    )
