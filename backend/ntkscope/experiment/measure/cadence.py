"""How often a run that goes on leaves a checkpoint to come back from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cadence:
    """The rarer of a time and a part of the run: small runs are not slowed down, large ones do not fill the disk.

    Args:
        seconds: On the clock, since the last checkpoint or the beginning.
        share: Of all steps of the run.
    """

    seconds: float = 30.0
    share: float = 0.05

    def due(self, seconds: float, steps: int, all_steps: int) -> bool:
        """Whether so many seconds and steps since the last checkpoint are enough."""
        return seconds >= self.seconds and steps >= self.share * all_steps
