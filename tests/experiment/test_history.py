"""Figures that summarise a run, against plain loops over its frames."""

import numpy as np
import pytest

from ntkscope.schemas.event import Finished, Frame, Started
from tests.cases import of, small_run


def test_the_median_error_is_that_of_a_plain_loop() -> None:
    events = small_run()
    begin, frames, last = of(events, Started)[0], of(events, Frame), of(events, Finished)[0]
    errors = []
    for frame in frames:
        for at, group in enumerate(begin.groups):
            seen = group.eigenvalue * frame.time
            if group.counts and 0.05 <= seen <= 3:
                if len(group.modes) == 1:
                    (mode,) = group.modes
                    measured = frame.mode_coefficients[mode] / begin.mode_coefficients[mode]
                    predicted = (1 - begin.learning_rate * begin.eigenvalues[mode]) ** frame.step
                else:
                    measured = frame.remaining[at]
                    predicted = begin.gradient_descent.remaining[frame.index, at]
                errors.append(abs(measured - predicted))
    assert last.median_error_gradient_descent == pytest.approx(float(np.median(errors)), rel=1e-6)
    assert last.median_error == last.median_error_gradient_descent


def test_learning_times_are_where_the_frames_cross_epsilon() -> None:
    events = small_run()
    begin, frames, last = of(events, Started)[0], of(events, Frame), of(events, Finished)[0]
    assert len(last.rows) == len(begin.groups)
    reached = 0
    for at, row in enumerate(last.rows):
        below = [frame.time for frame in frames if frame.remaining[at] <= 0.1]
        if row.measured_learning_time is None:
            assert not below
        else:
            reached += 1
            assert row.measured_learning_time <= below[0]
    assert reached >= 2


def test_modes_learnt_counts_modes_below_epsilon() -> None:
    events = small_run()
    groups = of(events, Started)[0].groups
    for frame in of(events, Frame):
        expected = sum(
            len(group.modes) for group, left in zip(groups, frame.remaining, strict=True) if group.drawn and left < 0.1
        )
        assert frame.modes_learnt == expected
