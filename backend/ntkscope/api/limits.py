"""The settings' limits, as the experiment wants them."""

from ntkscope.experiment.estimate import Limits
from ntkscope.experiment.machine_memory import machine_memory
from ntkscope.settings import Settings

DEFAULT_SHARE = 0.75  # of the memory that is there: the rest is the server's, its workers' libraries' and the system's


def limits(settings: Settings) -> Limits:
    """What a config may ask for; never more memory than the machine, or the server's container, has."""
    there = machine_memory()
    return Limits(
        max_parameters=settings.max_parameters,
        max_points=settings.max_points,
        max_memory_bytes=min(settings.max_memory_bytes or int(DEFAULT_SHARE * there), there),
        max_steps=settings.max_steps,
        max_frames=settings.max_frames,
    )
