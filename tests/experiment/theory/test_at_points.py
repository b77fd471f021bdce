"""K_t on some points: entries, modes, pulls and, of two points, the ellipse."""

import numpy as np
import pytest
import torch

from ntkscope.experiment.theory.at_points import MOST_BYTES, AtPoints
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics import spectrum
from ntkscope.schemas.event import Frame, KernelFrame, Started
from ntkscope.schemas.event_parts import KernelAtPoints
from tests.cases import config, of, run, small_run


def whole(told: KernelAtPoints) -> np.ndarray:
    """The kernel from its upper triangle."""
    p = len(told.points)
    kernel = np.zeros((p, p))
    kernel[np.triu_indices(p)] = told.kernel
    return kernel + np.triu(kernel, 1).T


def test_a_small_kernel_is_told_whole_in_the_order_of_x() -> None:
    begun, first = of(small_run(), Started)[0], of(small_run(), KernelFrame)[0]
    state = initial(config())
    for told in (begun.at_points, first.at_points):
        assert told is not None
        order = np.argsort(state.problem.inputs[:, 0])
        assert told.points == order.tolist()
        np.testing.assert_array_equal(whole(told), state.matrix.numpy()[np.ix_(order, order)])
        np.testing.assert_allclose(told.pull, -state.learning_rate * state.kernel.residual.numpy()[order])
        np.testing.assert_allclose(told.modes, state.kernel.spectrum.modes.numpy()[order][:, : told.modes.shape[1]])
        assert told.ellipse is None
    assert begun.infinite is not None
    assert begun.infinite.kernel is not None
    assert len(begun.infinite.kernel) == 16 * 17 / 2


def test_its_modes_are_eigenvectors_turned_towards_the_start() -> None:
    circle = config(data__points={"kind": "circle", "n": 16}, network__width=16)
    events = run(circle)
    begun, last = of(events, Started)[0].at_points, of(events, KernelFrame)[-1].at_points
    assert begun is not None
    assert last is not None
    kernel = whole(last)
    space = kernel @ last.modes  # of whole groups: the kernel leaves their span as it is
    np.testing.assert_allclose(last.modes @ (last.modes.T @ space), space, atol=1e-9 * np.linalg.norm(kernel))
    assert (np.sum(last.modes * begun.modes, axis=0) > 0).all()


def test_a_step_on_one_point_moves_the_others_by_entry_times_pull() -> None:
    state = initial(config(training__learning_rate={"kind": "given", "value": 1e-7}))
    told = AtPoints.choose(state).of(state.matrix, state.kernel.spectrum, state.kernel.residual)
    network, at = state.network.copy(), 3
    before, alone = network(state.probe.inputs)[:, 0], torch.zeros(16, dtype=torch.float64)
    alone[told.points[at]] = state.kernel.residual[told.points[at]]
    network.descend(network.gradients(state.probe.inputs, alone), 1e-7)
    moved = (network(state.probe.inputs)[:, 0] - before)[told.points]
    np.testing.assert_allclose(moved.numpy(), whole(told)[:, at] * told.pull[at], rtol=1e-4, atol=1e-12)


@pytest.mark.parametrize(("frames", "points"), [(24, 64), (126, 64), (1000, 22)])
def test_the_entries_of_all_frames_are_bounded(frames: int, points: int) -> None:
    state = initial(config(data__points__n=100, network__width=4, recording__kernel_frames=frames))
    chosen = AtPoints.choose(state)
    assert len(chosen.points) == points
    assert chosen.entries(state.matrix).size * 4 * frames <= 1.05 * MOST_BYTES
    assert (chosen.points[0], chosen.points[-1]) == (0, 99)


def test_two_points_have_an_ellipse_and_a_predicted_path() -> None:
    two = config(data__points={"kind": "interval", "n": 2}, network__width=512)
    events = run(two)
    begun, frame = of(events, Started)[0], of(events, Frame)[-1]
    assert begun.path is not None
    assert begun.path.shape == (len(begun.steps), 2)
    np.testing.assert_allclose(begun.path[-1], frame.fitted, atol=0.01)
    last = of(events, KernelFrame)[-1].at_points
    assert last is not None
    assert last.ellipse is not None
    kernel = torch.from_numpy(whole(last))
    longest = np.linalg.norm(last.ellipse, axis=1).max()
    assert longest == pytest.approx(float(spectrum(kernel).eigenvalues[0]) ** 0.5, rel=0.02)


def test_parameters_drift_from_nothing_on() -> None:
    drifts = [frame.parameter_drift for frame in of(small_run(), KernelFrame)]
    assert drifts[0] == 0.0
    assert drifts[-1] is not None
    assert 0 < drifts[-1] < 1
