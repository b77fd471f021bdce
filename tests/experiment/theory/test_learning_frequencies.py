"""When frequency k is learnt: against a residual that is stepped through one step at a time, and a real run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.experiment.theory.frequencies import spectrum_frequencies
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.experiment.theory.learning_frequencies import frequency_shares, learning_frequencies
from ntkscope.experiment.trainer import train
from ntkscope.numerics import Spectrum
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Frame, Started

EPSILON = 0.1


def config(points: dict[str, Any], frequencies: list[float], **network: Any) -> RunConfig:
    target = {"kind": "sinusoids", "frequencies": frequencies, "phases": [0.4]}
    return RunConfig.model_validate(
        {
            "data": {"points": points, "target": target},
            "network": {"width": 64, "activation": "erf", "sigma_w": 3, "sigma_b": 1} | network,
            "training": {"stop": {"steps": 600}},
        }
    )


CASES = [
    ({"kind": "circle", "n": 16}, [1, 2, 3]),
    ({"kind": "interval", "n": 17}, [1, 2]),
    ({"kind": "interval", "n": 16, "low": 0, "high": 3, "include_end": False}, [1, 2]),
]


def magnitudes(begun: InitialState, residual: np.ndarray) -> np.ndarray:
    """|r_k| by the plain sum."""
    problem = begun.problem
    position = (problem.inputs[:, 0] - problem.start) / problem.length
    waves = np.exp(-2j * np.pi * np.outer(spectrum_frequencies(problem).numpy(), position))
    return np.abs(waves @ residual) / len(residual)


@pytest.mark.parametrize(("points", "frequencies"), CASES)
def test_steps_are_those_of_the_stepped_residual(points: dict[str, Any], frequencies: list[float]) -> None:
    begun = initial(config(points, frequencies))
    found = learning_frequencies(begun, step_seconds=0.5)
    assert {int(entry.frequency) for entry in found} >= set(frequencies)
    kernel, residual = begun.matrix.numpy(), begun.kernel.residual.numpy()
    before = magnitudes(begun, residual)
    first: dict[int, int] = {}
    for step in range(1, 3000):
        residual = residual - begun.learning_rate * kernel @ residual
        for k in np.flatnonzero(magnitudes(begun, residual) < EPSILON * before):
            first.setdefault(int(k), step)
    for entry in found:
        expected = first.get(int(entry.frequency))
        if expected is not None:
            assert entry.step == expected
            assert entry.seconds == 0.5 * expected
            assert entry.within_run == (expected <= 600)
        else:
            assert entry.step is None or entry.step >= 3000
            assert not entry.within_run
    assert first


@pytest.mark.parametrize(("points", "frequencies"), CASES)
def test_times_are_those_of_the_flow(points: dict[str, Any], frequencies: list[float]) -> None:
    begun = initial(config(points, frequencies))
    eigenvalues, modes = np.linalg.eigh(begun.matrix.numpy())
    residual = begun.kernel.residual.numpy()
    before = magnitudes(begun, residual)

    def left(time: float, k: int) -> float:
        moved = modes @ (np.exp(-np.maximum(eigenvalues, 0) * time) * (modes.T @ residual))
        return float(magnitudes(begun, moved)[k] / before[k])

    checked = 0
    for entry in learning_frequencies(begun, 1.0):
        k = int(entry.frequency)
        if entry.time is None:
            continue
        assert left(entry.time, k) == pytest.approx(EPSILON, rel=1e-6)
        assert min(left(part * entry.time, k) for part in np.linspace(0.01, 0.999, 60)) > EPSILON
        checked += 1
    assert checked >= 2


def test_shares_add_up_to_one() -> None:
    begun = initial(config({"kind": "circle", "n": 16}, [1, 3]))
    residual = torch.randn(16, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert float((frequency_shares(begun.fourier_rows, residual) ** 2).sum()) == pytest.approx(1)
    shares = frequency_shares(begun.fourier_rows, begun.kernel.residual)
    np.testing.assert_allclose(shares[[1, 3]], 0.5**0.5, rtol=1e-12)
    assert float(shares[[0, 2, 4, 5, 6, 7, 8]].max()) < 1e-12
    assert not frequency_shares(begun.fourier_rows, torch.zeros(16, dtype=torch.float64)).any()


def test_an_eigenvalue_of_zero_never_learns() -> None:
    """A relu net of one hidden layer without bias does not see odd frequencies from 3 on."""
    begun = initial(config({"kind": "circle", "n": 16}, [1, 2, 3], activation="relu", sigma_b=0))
    by_frequency = {entry.frequency: entry for entry in learning_frequencies(begun, 1.0)}
    assert by_frequency[2].step is not None
    assert (by_frequency[3].time, by_frequency[3].step, by_frequency[3].seconds) == (None, None, None)
    assert not by_frequency[3].within_run


def test_a_kernel_of_zeros_never_learns() -> None:
    settings = config({"kind": "circle", "n": 8}, [1], activation="relu").model_dump(mode="json")
    settings["training"]["learning_rate"] = {"kind": "given", "value": 0.1}
    begun = initial(RunConfig.model_validate(settings))
    kernel = begun.kernel
    still = replace(kernel, spectrum=Spectrum(0 * kernel.spectrum.eigenvalues, kernel.spectrum.modes, 0.0))
    for entry in learning_frequencies(replace(begun, kernel=still), 1.0):
        assert (entry.time, entry.step) == (None, None)


def test_nothing_is_said_where_points_are_not_equispaced() -> None:
    assert learning_frequencies(initial(config({"kind": "random", "n": 8, "d": 1}, [1])), 1.0) == []


def test_a_wide_network_keeps_the_promise() -> None:
    """What was said before training is what the run then does, within the kernel's drift."""
    settings = config({"kind": "circle", "n": 16}, [1, 2, 3], width=2048)
    said = {int(entry.frequency): entry for entry in learning_frequencies(initial(settings), 1.0)}
    events = list(train(settings))
    started = next(event for event in events if isinstance(event, Started))
    frames = [event for event in events if isinstance(event, Frame)]
    for k in (2, 3):
        at = list(started.frequencies).index(k)
        left = np.array([frame.spectrum[at] for frame in frames]) / frames[0].spectrum[at]
        measured = next(frame.step for frame, value in zip(frames, left, strict=True) if value < EPSILON)
        step = said[k].step
        assert step is not None
        assert step == pytest.approx(measured, rel=0.1, abs=1.5)
