"""Predictions by each kernel: against trained networks, and against regression written out."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ntkscope.experiment.prediction import Recorded, moving_prediction_at, prediction
from ntkscope.experiment.theory.infinite import infinite
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics import MLP, euler_step, infinite_ntk
from ntkscope.schemas.event import Frame, KernelFrame
from tests.cases import config, of, run

CIRCLE = {
    "data__points": {"kind": "circle", "n": 12}, "data__grid": 24, "network__sigma_w": 2.0, "network__sigma_b": 0.5,
    "network__centered": False,
}  # fmt: skip


def test_the_limit_is_kernel_regression() -> None:
    begun = initial(config(**CIRCLE))
    by_start = prediction(begun, "gradient_descent", math.inf)
    kernel = begun.kernel
    expected = kernel.function - kernel.cross_kernel @ torch.linalg.solve(begun.matrix, kernel.residual)
    np.testing.assert_allclose(by_start.function, expected.numpy(), atol=1e-7)
    np.testing.assert_allclose(by_start.fitted, begun.problem.targets.numpy(), atol=1e-10)
    assert by_start.time is None
    assert by_start.loss < 1e-20
    both = torch.cat([begun.problem.encoded, begun.problem.grid_encoded])
    theta = infinite_ntk(begun.problem.architecture, both)
    expected = begun.kernel.function - theta[12:, :12] @ torch.linalg.solve(theta[:12, :12], begun.kernel.residual)
    by_limit = prediction(begun, "gradient_flow", math.inf, infinite(begun))
    np.testing.assert_allclose(by_limit.function, expected.numpy(), atol=1e-6)
    assert by_limit.kernel == "infinite"


def test_what_lies_below_the_noise_floor_stays_in_the_limit() -> None:
    settings = config(data__points={"kind": "circle", "n": 64}, network__activation="linear", network__sigma_b=0.0)
    begun = initial(settings)
    assert begun.kernel.spectrum.count_above_floor == 2
    found = prediction(begun, "gradient_flow", math.inf)
    below = begun.kernel.spectrum.modes[:, 2:]
    left = found.fitted - begun.problem.targets.numpy()
    np.testing.assert_allclose(left, (below @ (below.T @ begun.kernel.residual)).numpy(), atol=1e-12)


@pytest.mark.parametrize("law", ["gradient_flow", "gradient_descent"])
def test_at_a_time_the_infinite_kernel_is_its_own_law(law: str) -> None:
    begun = initial(config(**CIRCLE))
    wide, time = infinite(begun), 40 * begun.learning_rate
    found = prediction(begun, law, time, wide)  # type: ignore[arg-type]
    theta = infinite_ntk(begun.problem.architecture, begun.problem.encoded)
    one = torch.eye(12).double()
    moved = torch.linalg.matrix_exp(-time * theta) if law == "gradient_flow" else torch.linalg.matrix_power(
        one - begun.learning_rate * theta, 40
    )  # fmt: skip
    residual = moved @ begun.kernel.residual
    np.testing.assert_allclose(found.fitted, (begun.problem.targets + residual).numpy(), atol=1e-10)
    assert found.loss == pytest.approx(0.5 * float(residual @ residual), rel=1e-8)


def test_distances_are_those_of_the_nearest_frame() -> None:
    settings = config(**CIRCLE, network__width=512)
    begun, events = initial(settings), run(settings)
    recorded = Recorded.of(events)
    frames, kernels = of(events, Frame), of(events, KernelFrame)
    target = frames[10]
    found = prediction(begun, "gradient_descent", target.time * 1.01, recorded=recorded)
    exact = prediction(begun, "gradient_descent", target.time)
    assert found.frame_time == target.time
    apart = np.linalg.norm(target.function - exact.function) / np.linalg.norm(exact.function)
    assert found.distance == pytest.approx(apart)
    assert 0 < apart < 0.1
    moving = moving_prediction_at(kernels[2].time, recorded)
    assert moving is not None
    assert kernels[2].moving is not None
    assert moving.time == kernels[2].time == moving.frame_time
    np.testing.assert_array_equal(moving.function, kernels[2].moving.function)
    last = moving_prediction_at(math.inf, recorded)
    assert last is not None
    assert last.time == kernels[-1].time
    assert moving_prediction_at(1.0, Recorded([], [])) is None


def test_the_ensemble_is_that_of_trained_networks() -> None:
    begun = initial(config(**CIRCLE))
    step = 30
    found = prediction(begun, "gradient_descent", step * begun.learning_rate, infinite(begun)).ensemble
    assert found is not None
    generator, drawn = torch.Generator().manual_seed(1), []
    for _ in range(100):
        network = MLP.create(2, replace(begun.problem.architecture, width=512), generator=generator)
        take = euler_step(network, begun.problem.encoded)
        for _ in range(step):
            take(begun.problem.targets, begun.learning_rate)
        drawn.append(network(begun.problem.grid_encoded)[:, 0].numpy())
    values = np.array(drawn)
    covered = np.abs(values - found.mean) < 2 * found.standard_deviation
    assert 0.92 < covered.mean() < 0.98  # 0.954 for a Gaussian
    np.testing.assert_allclose(values.std(axis=0), found.standard_deviation, rtol=0.3)
