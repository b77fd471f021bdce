import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntkscope.experiment.schedule import kernel_steps, recording_steps


@given(last=st.integers(1, 10**7), frames=st.integers(2, 300))
def test_steps_are_distinct_ordered_and_cover_the_run(last: int, frames: int) -> None:
    steps = recording_steps(last, frames)
    assert steps[0] == 0
    assert steps[-1] == last
    assert (np.diff(steps) > 0).all()
    assert min(frames, last + 1) <= len(steps) <= max(frames + 2, 2)


def test_gaps_grow_with_time() -> None:
    steps = recording_steps(4000, 160)
    late = np.diff(np.log(steps[steps > 200]))
    assert late.max() < 1.6 * late.min()


@pytest.mark.parametrize(("asked", "got"), [(0, 0), (1, 1), (2, 2), (24, 24)])
def test_kernel_steps_are_some_of_the_recording_steps(asked: int, got: int) -> None:
    steps = recording_steps(4000, 160)
    chosen = kernel_steps(steps, asked)
    assert len(chosen) == got
    assert set(chosen) <= set(steps)
    if asked >= 2:
        assert chosen[0] == 0
        assert chosen[-1] == 4000
