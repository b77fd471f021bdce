"""How fast a device is: what a worker measures and a server reckons with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """Seconds for a unit of each kind of work, in float64."""

    per_multiply_add: float
    per_element: float  # one that is read and written
    per_transcendental: float  # exp, erf, tanh of one element
    per_call: float
    per_cubed_row: float  # of a symmetric eigendecomposition

    def seconds(self, multiply_adds: int, elements: int, calls: int, transcendental: int = 0) -> float:
        """Time of so much work."""
        return (
            multiply_adds * self.per_multiply_add
            + elements * self.per_element
            + transcendental * self.per_transcendental
            + calls * self.per_call
        )

    def eigen_seconds(self, n: int) -> float:
        """Time of the eigendecomposition of an n x n kernel."""
        return n**3 * self.per_cubed_row + 20 * self.per_call
