"""What infinite width says along a run: against matrix exponentials and powers written out."""

from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.errors import InvalidInput
from ntkscope.experiment.prediction import prediction
from ntkscope.experiment.theory.infinite import infinite
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics import infinite_ntk
from ntkscope.schemas.event import Frame, KernelFrame, RunEvent, Started
from tests.cases import config, first_event, of, run

CIRCLE: dict[str, Any] = {
    "data__points": {"kind": "circle", "n": 12}, "data__grid": 24, "network__sigma_w": 2.0, "network__sigma_b": 0.5,
    "network__width": 512,
}  # fmt: skip


def told(**changes: Any) -> tuple[list[RunEvent], Started, list[Frame]]:
    events = run(config(**CIRCLE, **changes))
    begin = events[0]
    assert isinstance(begin, Started)
    return events, begin, of(events, Frame)


def test_its_function_and_loss_are_those_of_its_own_kernel() -> None:
    _, begin, frames = told()
    begun = initial(config(**CIRCLE))
    both = torch.cat([begun.problem.encoded, begun.problem.grid_encoded])
    theta = infinite_ntk(begun.problem.architecture, both)
    own, across, one = theta[:12, :12], theta[12:, :12], torch.eye(12).double()
    assert begin.infinite is not None
    assert begin.law == "gradient_descent"
    for frame in frames[1::5]:
        moved = torch.linalg.matrix_power(one - begin.learning_rate * own, frame.step) @ begun.kernel.residual
        expected = begun.kernel.function + across @ torch.linalg.solve(own, moved - begun.kernel.residual)
        np.testing.assert_allclose(frame.predicted["infinite"].function, expected.numpy(), atol=1e-7)
        assert begin.infinite.loss is not None
        assert begin.infinite.loss[begin.steps.index(frame.step)] == pytest.approx(0.5 * float(moved @ moved), rel=1e-6)


def test_the_distances_are_those_of_the_curves() -> None:
    events, _, frames = told(network__centered=False)
    frame = frames[-1]
    assert set(frame.predicted) == {"frozen", "rehearsed", "infinite", "ensemble"}
    for predicted in frame.predicted.values():
        expected = np.linalg.norm(frame.function - predicted.function) / np.linalg.norm(predicted.function)
        assert predicted.distance == pytest.approx(expected)
    last = of(events, KernelFrame)[-1]
    assert last.step == frame.step
    assert last.moving is not None
    expected = np.linalg.norm(frame.function - last.moving.function) / np.linalg.norm(last.moving.function)
    assert last.moving.distance == pytest.approx(expected)


def test_the_band_is_that_of_the_prediction_at_the_frame_s_time() -> None:
    _, begin, frames = told(network__centered=False)
    begun = initial(config(**CIRCLE, network__centered=False))
    kernels = infinite(begun)
    for frame in frames[::7]:
        expected = prediction(begun, begin.law, frame.time, kernels).ensemble
        assert expected is not None
        band = frame.predicted["ensemble"]
        assert band.spread is not None
        np.testing.assert_allclose(band.function, expected.mean, atol=1e-12)
        np.testing.assert_allclose(band.spread, expected.standard_deviation, atol=1e-9)


def test_centered_training_has_no_band_and_starts_without_a_distance() -> None:
    _, _, frames = told()
    assert all(set(frame.predicted) == {"frozen", "rehearsed", "infinite"} for frame in frames)
    assert frames[0].predicted["frozen"].distance is None
    assert frames[-1].predicted["frozen"].distance is not None


def test_a_band_that_would_hold_the_run_up_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ntkscope.experiment.theory.infinite.ENSEMBLE_WORK", 10)
    _, _, frames = told(network__centered=False)
    assert all(set(frame.predicted) == {"frozen", "rehearsed", "infinite"} for frame in frames)


def test_the_residual_in_the_basis_of_the_limit() -> None:
    _, begin, frames = told()
    assert begin.infinite is not None
    problem = initial(config(**CIRCLE)).problem
    theta = infinite_ntk(problem.architecture, problem.encoded)
    modes = torch.linalg.eigh(theta).eigenvectors.flip(1).numpy()
    frame = frames[10]
    residual, first = frame.fitted - begin.targets, frames[0].fitted - begin.targets
    assert frame.infinite_remaining is not None
    assert sum(group.resolved for group in begin.infinite.groups) == 2  # the target's waves
    for group, left in zip(begin.infinite.groups, frame.infinite_remaining, strict=True):
        if group.resolved:
            basis = modes[:, group.modes]
            assert left == pytest.approx(np.linalg.norm(basis.T @ residual) / np.linalg.norm(basis.T @ first), rel=1e-5)
        else:
            assert np.isnan(left)


def test_the_residual_in_the_basis_of_the_kernel_that_moves() -> None:
    events, begin, _ = told()
    first, last = of(events, KernelFrame)[0], of(events, KernelFrame)[-1]
    assert first.remaining is not None
    assert last.remaining is not None
    drawn = np.array([group.resolved for group in begin.groups])
    np.testing.assert_allclose(first.remaining[drawn], 1, rtol=1e-9)
    assert last.mode_coefficients is not None
    for group, left in zip(begin.groups, last.remaining, strict=True):
        if group.resolved:
            size = np.linalg.norm(last.mode_coefficients[group.modes])
            assert left == pytest.approx(size / group.start_magnitude)


def test_an_extended_run_goes_on_with_the_same_limit() -> None:
    events, begin, _ = told()
    whole = run(config(**CIRCLE, training__stop__steps=400))
    checkpoint = events[-1]
    rest = run(config(**CIRCLE, training__stop__steps=400), resume=checkpoint, last_seq=checkpoint.seq)
    again, last, direct = rest[0], of(rest, Frame)[-1], of(whole, Frame)[-1]
    assert isinstance(again, Started)
    assert again.infinite is not None
    assert begin.infinite is not None
    np.testing.assert_array_equal(again.infinite.eigenvalues, begin.infinite.eigenvalues)
    assert last.step == direct.step
    np.testing.assert_allclose(last.predicted["infinite"].function, direct.predicted["infinite"].function, atol=1e-12)


def test_the_modes_on_the_grid_are_nystroem_s() -> None:
    _, begin, _ = told(training__stop__steps=1)
    begun = initial(config(**CIRCLE))
    assert begin.grid_modes is not None
    assert begin.grid_modes.shape == (24, 12)
    one = begun.kernel.cross_kernel.numpy() @ begin.modes[:, 3] / begin.eigenvalues[3]
    np.testing.assert_allclose(begin.grid_modes[:, 3], one, atol=1e-12)


def test_a_kernel_that_lost_its_digits_is_left_out_with_a_notice() -> None:
    """The closed form of exp(-z^2) cancels on inputs of 1700 to 2008: eigenvalues far below 0, which no law takes."""
    years = config(
        data__points={"kind": "interval", "n": 24, "low": 1700, "high": 2008}, network__activation="gaussian",
        network__depth=3, network__sigma_w=2.0,
    )  # fmt: skip
    begin = first_event(years)
    assert begin.infinite is None
    assert any("the digits of float64" in notice for notice in begin.notices)
    with pytest.raises(InvalidInput, match="digits of float64"):
        infinite(initial(years))
