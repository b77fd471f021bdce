"""Figures that summarise a run, against plain loops over its frames."""

import numpy as np
import pytest

from ntkscope.experiment.measure.history import learning_time_fit
from ntkscope.schemas.event import Finished, Frame, Started
from ntkscope.schemas.event_parts import ModeRow
from tests.cases import of, small_run


def test_the_median_error_is_that_of_a_plain_loop() -> None:
    events = small_run()
    begin, frames, last = of(events, Started)[0], of(events, Frame), of(events, Finished)[0]
    errors = []
    for frame in frames:
        for at, group in enumerate(begin.groups):
            seen = group.eigenvalue * frame.time
            if group.significant and 0.05 <= seen <= 3:
                if len(group.modes) == 1:
                    (mode,) = group.modes
                    measured = frame.mode_coefficients[mode] / begin.mode_coefficients[mode]
                    predicted = (1 - begin.learning_rate * begin.eigenvalues[mode]) ** frame.step
                else:
                    measured = frame.remaining[at]
                    predicted = begin.laws["gradient_descent"].remaining[begin.steps.index(frame.step), at]
                errors.append(abs(measured - predicted))
    assert last.median_errors["gradient_descent"] == pytest.approx(float(np.median(errors)), rel=1e-6)


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
            len(group.modes)
            for group, left in zip(groups, frame.remaining, strict=True)
            if group.resolved and left < 0.1
        )
        assert frame.modes_learnt == expected


def row(eigenvalue: float, time: float | None, significant: bool = True) -> ModeRow:
    return ModeRow(
        modes=[1], eigenvalue=eigenvalue, significant=significant, predicted_learning_time=None,
        measured_learning_time=time, median_error=None,
    )  # fmt: skip


def test_the_fit_of_learning_times_leaves_out_the_fastest_the_unlearnt_and_the_small() -> None:
    rows = [
        row(8, 9.9),
        row(4, 9.9),
        row(2, 1),
        row(1, 2),
        row(0.5, 4),
        row(0.25, None),
        row(0.2, 77, significant=False),
    ]
    found = learning_time_fit(rows)
    assert found is not None
    assert (found.count, found.lowest, found.highest) == (3, 0.5, 2)
    assert found.slope == pytest.approx(-1)
    assert found.standard_error == pytest.approx(0, abs=1e-12)
    assert (found.time_at_lowest, found.time_at_highest) == pytest.approx((4, 1))


@pytest.mark.parametrize("rows", [[], [row(8, 1), row(2, 1)], [row(8, 1), row(2, 1), row(2, 1.1)]])
def test_fewer_than_two_eigenvalues_have_no_slope(rows: list[ModeRow]) -> None:
    assert learning_time_fit(rows) is None


def test_a_run_tells_its_slope() -> None:
    last = of(small_run(), Finished)[0]
    assert last.learning_time_fit == learning_time_fit(last.rows)
    assert last.learning_time_fit is not None
