"""When to record: a grid of steps that is logarithmic in time."""

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]


def recording_steps(last: int, frames: int) -> Steps:
    """Distinct steps 0, 1, ..., last, nearly equally spaced in log time.

    A geometric grid rounded to whole steps repeats the small ones, so it is drawn ever finer until `frames`
    distinct ones are there (or every step is).

    Args:
        last: The largest step; at least 1.
        frames: How many records are wanted, 0 and `last` among them; at least 2.
    """
    if frames >= last + 1:
        return np.arange(last + 1)
    wanted = frames - 1
    fine, coarse = wanted, wanted
    while len(_geometric(last, fine)) < wanted:
        coarse, fine = fine, fine * 2
    while fine - coarse > 1:
        middle = (coarse + fine) // 2
        if len(_geometric(last, middle)) < wanted:
            coarse = middle
        else:
            fine = middle
    return np.concatenate([[0], _geometric(last, fine)])


def _geometric(last: int, points: int) -> Steps:
    steps = np.unique(np.rint(np.geomspace(1, last, points)).astype(np.int64))
    steps[-1] = last  # geomspace may end a step short of it
    return steps


def kernel_steps(steps: Steps, kernel_frames: int) -> Steps:
    """Every so many of the recording steps, the first and the last among them; none where none is asked for."""
    if kernel_frames == 0:
        return steps[:0]
    if kernel_frames == 1:
        return steps[:1]
    chosen = np.unique(np.rint(np.linspace(0, len(steps) - 1, kernel_frames)).astype(np.int64))
    return steps[chosen]
