"""The graphics card, as far as the program knows it: what a worker finds out and tells its server."""

from dataclasses import dataclass
from typing import Literal

from ntkscope.experiment.speed import Speed


@dataclass(frozen=True)
class Card:
    """What was found.

    Args:
        state: `absent`: there is none, or this PyTorch is built without CUDA; `refused`: there seems to be one, and it
            does not compute; `ready`: it does.
        name: As the driver calls it; empty where it does not say.
        capability: Such as "9.0"; empty likewise.
        driver: Version of CUDA that the driver knows, such as "13.0"; empty likewise.
        free_bytes: On the card, beside what every process has there already.
        total_bytes: On the card.
        speed: In float64; None where it does not compute.
        trouble: Why it does not, in the driver's words.
    """

    state: Literal["absent", "refused", "ready"]
    name: str = ""
    capability: str = ""
    driver: str = ""
    free_bytes: int = 0
    total_bytes: int = 0
    speed: Speed | None = None
    trouble: str = ""

    @property
    def computes(self) -> bool:
        """Whether a run may go there."""
        return self.state == "ready"

    @property
    def title(self) -> str:
        """Name and compute capability, as far as they are known."""
        capability = f" (compute capability {self.capability})" if self.capability else ""
        return f"{self.name or 'The GPU'}{capability}"


ABSENT = Card("absent")
