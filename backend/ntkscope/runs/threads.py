"""How many threads a run takes."""

from ntkscope.experiment.estimate import sizes
from ntkscope.experiment.problem.datasets import Table
from ntkscope.schemas.config import RunConfig

LARGE_STEP = 5e8  # multiply-adds of a step: below it, threads cost more in waiting for each other than they save


def threads_for(config: RunConfig, dataset: Table | None, most: int) -> int:
    """One for a small run, `most` for a large one.

    A step is about 3 passes of n * width^2 * depth multiply-adds.
    """
    size = sizes(config, dataset)
    return most if 3 * size.n * size.multiply_adds >= LARGE_STEP else 1
