"""Distances and drifts over widths, against slow twins and against runs that were really trained."""

import math
from typing import Any

import numpy as np
import pytest

from ntkscope.experiment.trainer import train
from ntkscope.experiment.width_study import Measured, common_time, drift_at, expected_slope, measured, width_study
from ntkscope.numerics import activation
from ntkscope.schemas.event import KernelFrame, Started
from ntkscope.schemas.network import Parameterization
from tests.cases import config, of, small_run


def record(width: int = 64, times: Any = (0, 1, 10), drifts: Any = (0, 0.1, 0.4), **changes: Any) -> Measured:
    fields: dict[str, Any] = {
        "parameterization": "ntk",
        "activation": activation("erf"),
        "distance": 1 / math.sqrt(width),
    }
    return Measured(width=width, scaled_times=tuple(times), drifts=tuple(drifts), **(fields | changes))


def power_law(width: int, scale: float = 1.0, **changes: Any) -> Measured:
    """A run whose drift is scale * sqrt(lambda_1 t) / width, recorded now and then."""
    times = np.geomspace(0.5, 300, 9)
    return record(width, times, scale * np.sqrt(times) / width, **changes)


def test_a_record_has_what_the_log_has() -> None:
    found = measured(config(), small_run())
    (begun,), frames = of(small_run(), Started), of(small_run(), KernelFrame)

    assert begun.infinite is not None
    assert (found.width, found.parameterization, found.distance) == (64, "ntk", begun.infinite.distance)
    assert found.scaled_times == tuple(begun.eigenvalues[0] * frame.time for frame in frames)
    assert found.drifts == tuple(frame.drift for frame in frames)


def test_of_several_widths_the_last_hidden_layer_s_counts() -> None:
    assert measured(config(network__width=[8, 32], network__depth=2), []).width == 32


def test_a_log_without_infinite_kernel_or_kernel_frames_leaves_them_out() -> None:
    (begun,) = of(small_run(), Started)
    found = measured(config(), [begun.model_copy(update={"infinite": None})])

    assert (found.distance, found.scaled_times) == (None, ())
    study = width_study([found])
    assert (study.compared_at, study.slopes) == (None, [])
    assert (study.points[0].distance, study.points[0].drift) == (None, None)


def test_the_drift_is_exact_at_a_frame_and_linear_in_logarithms_between() -> None:
    found = record()
    assert drift_at(found, 1) == 0.1
    assert drift_at(found, 10) == 0.4
    for time in (1.5, 4, 9.9):
        twin = math.exp(np.interp(math.log(time), np.log([1, 10]), np.log([0.1, 0.4])))
        assert drift_at(found, time) == pytest.approx(twin, rel=1e-12)


def test_frames_that_differ_by_round_off_are_at_the_same_time() -> None:
    ends = [300 * (1 + 1e-8 * number) for number in range(3)]
    study = width_study([record(times=(0, end), drifts=(0, 0.3)) for end in ends])

    assert study.points[0].drift == pytest.approx(0.3)
    assert study.points[0].drift_error == pytest.approx(0, abs=1e-12)


def test_what_has_no_logarithm_is_not_known() -> None:
    assert drift_at(record(), 0.5) is None  # after the frame at time 0
    assert drift_at(record(drifts=(0, 0, 0.4)), 2) is None
    assert drift_at(record(), 11) is None
    assert drift_at(record(), None) is None
    assert drift_at(record(times=(), drifts=()), 1) is None
    assert drift_at(record(drifts=(0, 0, 0)), 10) == 0  # measured, and 0


def test_drifts_are_compared_at_equal_times_as_a_slow_twin_measures_them() -> None:
    """Each kernel where its own training has come to the common lambda_1 t."""
    slow = config(training__learning_rate={"kind": "auto", "fraction": 0.05}, recording__kernel_frames=24)
    quick = config(network__width=128, recording__kernel_frames=24)
    study = width_study([measured(settings, train(settings)) for settings in (slow, quick)])
    # A step of the automatic rate adds 2 * fraction to lambda_1 t: 200 of the slow run are 20 of the quick one.
    ended = of(train(quick.model_copy(update={"training": config(training__stop__steps=20).training})), KernelFrame)[-1]

    assert study.compared_at == pytest.approx(20)
    assert study.points[0].drift == of(train(slow), KernelFrame)[-1].drift
    assert study.points[1].drift == pytest.approx(ended.drift, rel=0.01)


def test_the_means_and_their_errors() -> None:
    records = [power_law(64, scale, distance=distance) for scale, distance in ((1, 0.1), (2, 0.2), (4, None))]
    (point,) = width_study([*records]).points
    drifts = [scale * math.sqrt(300) / 64 for scale in (1, 2, 4)]

    assert (point.runs, point.width) == (3, 64)
    assert point.distance == pytest.approx(0.15)
    assert point.distance_error == pytest.approx(0.05)
    assert point.drift == pytest.approx(sum(drifts) / 3)
    assert point.drift_error == pytest.approx(np.std(drifts, ddof=1) / math.sqrt(3))


def test_a_single_run_has_no_error_and_a_single_width_no_slope() -> None:
    study = width_study([power_law(64)])

    assert (study.points[0].distance_error, study.points[0].drift_error) == (None, None)
    assert study.slopes == []


def test_slopes_are_those_of_the_power_laws_and_their_lines_run_through_the_means() -> None:
    study = width_study([power_law(width) for width in (1024, 64, 256)])
    distance, moved = study.slopes

    assert [point.width for point in study.points] == [64, 256, 1024]
    assert (distance.quantity, distance.slope, distance.expected) == ("distance", pytest.approx(-0.5), -0.5)
    assert (moved.quantity, moved.slope, moved.expected) == ("drift", pytest.approx(-1), -1)
    assert distance.standard_error == pytest.approx(0, abs=1e-6)
    assert (moved.lowest_width, moved.highest_width, moved.count) == (64, 1024, 3)
    assert moved.at_lowest == pytest.approx(study.points[0].drift)
    assert moved.at_highest == pytest.approx(study.points[2].drift)
    assert distance.at_lowest == pytest.approx(1 / 8)
    assert distance.at_highest == pytest.approx(1 / 32)


def test_two_widths_have_a_slope_without_an_error() -> None:
    assert [slope.standard_error for slope in width_study([power_law(8), power_law(16)]).slopes] == [None, None]


def test_scalings_have_slopes_of_their_own() -> None:
    kinds: list[Parameterization] = ["ntk", "mean_field"]
    study = width_study([power_law(width, parameterization=kind) for kind in kinds for width in (8, 16)])

    assert [(slope.parameterization, slope.quantity, slope.expected) for slope in study.slopes] == [
        ("ntk", "distance", -0.5), ("ntk", "drift", -1), ("mean_field", "distance", -0.5), ("mean_field", "drift", 0),
    ]  # fmt: skip
    assert [(point.parameterization, point.width) for point in study.points] == [
        ("ntk", 8), ("ntk", 16), ("mean_field", 8), ("mean_field", 16),
    ]  # fmt: skip


def test_a_drift_of_zero_never_enters_a_logarithm() -> None:
    still = record(32, times=(0, 300), drifts=(0, 0))
    _, moved = width_study([still, power_law(64), power_law(128)]).slopes

    assert (moved.count, moved.lowest_width) == (2, 64)


def test_a_run_that_never_left_time_zero_holds_nobody_back() -> None:
    assert common_time([record(times=(0,), drifts=(0,)), record()]) == 10


@pytest.mark.parametrize(
    ("quantity", "parameterization", "phi", "slope"),
    [
        ("distance", "standard", "linear", -0.5),
        ("drift", "ntk", "erf", -1.0),
        ("drift", "ntk", "tanh", -1.0),
        ("drift", "ntk", "relu", -0.75),
        ("drift", "ntk", "linear", None),
        ("drift", "mean_field", "relu", 0.0),
        ("drift", "mean_field", "linear", None),
        ("drift", "standard", "erf", None),
    ],
)
def test_what_theory_says(quantity: Any, parameterization: Parameterization, phi: str, slope: float | None) -> None:
    assert expected_slope(quantity, parameterization, activation(phi)) == slope
