"""The presets about the three remarks: width-ladder, output scales, kernel-limit, circle at infinite width."""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch

from ntkscope.experiment.prediction import Recorded, prediction
from ntkscope.experiment.presets import preset
from ntkscope.experiment.theory.frequencies import residual_spectrum
from ntkscope.experiment.theory.infinite import infinite
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics import gradient_flow, learning_time, log_log_slope
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import KernelFrame, Started
from tests.cases import of, run

WIDTHS = (64, 256, 1024, 4096)


def variant(id: str, name: str, seed: int) -> RunConfig:
    """With as few records as the checks need."""
    config = next(variant.config for variant in preset(id).variants if variant.name == name)
    recording = config.recording.model_copy(update={"frames": 2, "kernel_frames": 2})
    return config.model_copy(update={"seed": seed, "recording": recording})


def slope(values: list[float], widths: tuple[int, ...] = WIDTHS) -> float:
    return log_log_slope(torch.tensor(widths, dtype=torch.float64), torch.tensor(values, dtype=torch.float64))[0]


@pytest.mark.parametrize("seeds", [2, pytest.param(5, marks=pytest.mark.soak)])
@pytest.mark.parametrize(("activation", "low", "high"), [("relu", -0.85, -0.6), ("erf", -1.1, -0.8)])
def test_width_ladder(activation: str, low: float, high: float, seeds: int) -> None:
    distances, drifts = [], []
    for width in WIDTHS:
        runs = [run(variant("width-ladder", f"{activation}-{width}", seed)) for seed in range(seeds)]
        infinite = [of(events, Started)[0].infinite for events in runs]
        distances.append(float(np.mean([found.distance for found in infinite if found])))
        drifts.append(float(np.mean([of(events, KernelFrame)[-1].drift for events in runs])))
    assert -0.65 <= slope(distances) <= -0.35
    assert low <= slope(drifts) <= high


def test_drift_falls_with_the_output_scale() -> None:
    """Half (b) of lazy-vs-feature. Measured, seeds 0, 1, 2: slopes -0.979, -0.983, -0.985."""
    scales = ("1", "3", "10", "30")
    runs = [run(variant("lazy-vs-feature", f"alpha-{scale}", 0)) for scale in ("0.1", "0.3", *scales)]
    drifts = [of(events, KernelFrame)[-1].drift for events in runs]
    assert all(lower < higher for higher, lower in pairwise(drifts))
    assert drifts[0] > 0.1
    x = torch.tensor([float(scale) for scale in scales], dtype=torch.float64)
    found, error = log_log_slope(x, torch.tensor(drifts[2:], dtype=torch.float64))
    assert -1.15 <= found <= -0.85
    assert error < 0.05


@cache
def to_regression(width: int, seed: int) -> tuple[float, float]:
    """Relative distance on the grid from the trained network to regression with K_0 and with Theta."""
    config = variant("kernel-limit", f"width-{width}", seed)
    begun, recorded = initial(config), Recorded.of(run(config))
    own = prediction(begun, "gradient_flow", math.inf, recorded=recorded)
    wide = prediction(begun, "gradient_flow", math.inf, infinite(begun), recorded)
    assert own.distance is not None
    assert wide.distance is not None
    return own.distance, wide.distance


def gaps(widths: tuple[int, ...], seeds: int) -> tuple[list[float], list[float]]:
    """Distances to the two regressions by width, geometric means over seeds."""
    logs = [np.mean([np.log(to_regression(width, seed)) for seed in range(seeds)], axis=0) for width in widths]
    return [float(np.exp(own)) for own, _ in logs], [float(np.exp(wide)) for _, wide in logs]


@pytest.mark.parametrize("seeds", [3, pytest.param(5, marks=pytest.mark.soak)])
def test_kernel_limit_is_where_training_ends(seeds: int) -> None:
    alone = [to_regression(1024, seed) for seed in range(seeds)]
    print(f"kernel-limit: {sum(own < 0.005 and wide < 0.02 for own, wide in alone)} of {seeds} seeds pass alone")
    own, wide = gaps((1024,), seeds)
    assert own[0] < 0.005
    assert wide[0] < 0.02


def test_kernel_limit_gaps_close_between_two_widths() -> None:
    """The slope of the gap to infinite width shows with wider networks only: the next test."""
    own, wide = gaps((64, 1024), 3)
    assert -1.1 <= slope(own, (64, 1024)) <= -0.65
    assert wide[1] < 0.75 * wide[0]


@pytest.mark.soak
def test_kernel_limit_gaps_close_with_width() -> None:
    """Measured alone, seeds 0 to 4: slopes -0.62 to -0.97 to K_0's, -0.31 to -0.66 to infinite width's."""
    slopes = [[slope(list(part)) for part in zip(*(to_regression(width, seed) for width in WIDTHS), strict=True)]
              for seed in range(5)]  # fmt: skip
    alone = sum(-1.1 <= own <= -0.65 and -0.65 <= wide <= -0.35 for own, wide in slopes)
    print(f"kernel-limit, slopes: {alone} of 5 seeds pass alone")
    own, wide = gaps(WIDTHS, 5)
    assert -1.1 <= slope(own) <= -0.65
    assert -0.65 <= slope(wide) <= -0.35


def test_circle_harmonics_at_infinite_width() -> None:
    """Under gradient flow; the finite network's own steps have a slope between 1.9 and 2.5 (test_presets)."""
    begun = initial(preset("circle-harmonics").variants[0].config)
    wide = infinite(begun).kernel.spectrum
    rates = learning_time(wide.eigenvalues.clamp(min=0), 0.3)
    coefficients = wide.mode_coefficients(begun.kernel.residual)
    start_spectrum = residual_spectrum(begun.fourier_rows, begun.kernel.residual)
    times = []
    for k in range(1, 9):
        members = [2 * k - 1, 2 * k]  # modes 1 and 2 of frequency 1, and so on: the constant is the first
        expected = float(rates[members].mean())
        at = gradient_flow(wide.eigenvalues.clamp(min=0), coefficients, torch.tensor([expected]).double())[0]
        left = residual_spectrum(begun.fourier_rows, wide.modes @ at)
        assert float(left[k] / start_spectrum[k]) == pytest.approx(0.3, rel=1e-6)
        times.append(expected)
    frequencies = torch.arange(1, 9, dtype=torch.float64)
    found, error = log_log_slope(frequencies, torch.tensor(times, dtype=torch.float64))
    assert found == pytest.approx(2.08, abs=0.02)
    assert 0 < error < 0.15
