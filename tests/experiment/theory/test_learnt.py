"""When waves are learnt: against a residual that is stepped through one step at a time, and a real run."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ntkscope.experiment.problem.build import Problem
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.experiment.theory.learnt import forgotten, wave_forecasts
from ntkscope.experiment.theory.waves import Waves
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Frame
from ntkscope.schemas.wave import WaveForecast

LAST = 2000
CIRCLE = {"kind": "circle", "n": 16}


def config(points: dict[str, Any], frequencies: list[float], *, fraction: float = 0.5, **network: Any) -> RunConfig:
    target = {"kind": "sinusoids", "frequencies": frequencies, "phases": [0.4]}
    return RunConfig.model_validate(
        {
            "data": {"points": points, "target": target},
            "network": {"width": 64, "activation": "erf", "sigma_w": 3, "sigma_b": 1} | network,
            "training": {"stop": {"steps": 600}, "learning_rate": {"kind": "auto", "fraction": fraction}},
        }
    )


def answers_of(begun: InitialState) -> dict[float, WaveForecast]:
    answers = wave_forecasts(begun, Waves.of(begun.problem, begun.config.data))
    return {answer.frequency: answer for answer in answers if answer.source != "mean" or answer.amplitude > 0}


def left_by_hand(problem: Problem, frequencies: list[float], values: np.ndarray) -> np.ndarray:
    """(T, 1 + F) root mean squares of each wave's part of values (T, n), by plain least squares; the mean first."""
    position = (problem.inputs[:, 0] - problem.start) / problem.length
    columns = [wave(2 * np.pi * k * position) for k in frequencies for wave in (np.cos, np.sin)]
    design = np.stack([column - column.mean() for column in columns], axis=1)
    mean = values.mean(axis=1)
    weights = np.linalg.lstsq(design, (values - mean[:, None]).T, rcond=None)[0]
    parts = [design[:, 2 * i : 2 * i + 2] @ weights[2 * i : 2 * i + 2] for i in range(len(frequencies))]
    return np.stack([abs(mean), *(np.sqrt(np.mean(part**2, axis=0)) for part in parts)], axis=1)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([CIRCLE, {"kind": "interval", "n": 13}, {"kind": "random", "n": 12, "d": 1}]),
    st.lists(st.sampled_from([0.5, 1.0, 2.0, 3.0]), min_size=1, max_size=3, unique=True),
    st.floats(0.05, 0.95),
    st.sampled_from(["erf", "tanh", "relu"]),
    st.booleans(),
)
def test_steps_are_those_of_the_stepped_residual(
    points: dict[str, Any], frequencies: list[float], fraction: float, activation: str, centered: bool
) -> None:
    """The slow twin: gradient descent with the kernel at the start, one step after another."""
    begun = initial(config(points, frequencies, fraction=fraction, activation=activation, centered=centered))
    found = answers_of(begun)
    (sizes,) = left_by_hand(begun.problem, frequencies, begun.problem.targets.numpy()[None])
    kernel, residuals = begun.matrix.numpy(), [begun.kernel.residual.numpy()]
    for _ in range(LAST):
        residuals.append(residuals[-1] - begun.learning_rate * kernel @ residuals[-1])
    errors = left_by_hand(begun.problem, frequencies, np.array(residuals)) / np.maximum(sizes, 1e-300)
    for column, frequency in enumerate([0.0, *frequencies]):
        if frequency not in found:  # a mean that the target does not have
            assert sizes[column] < 1e-9
            continue
        answer = found[frequency]
        if np.abs(errors[:, column] / 0.1 - 1).min() < 1e-7:  # at the limit itself round-off decides
            continue
        above = np.flatnonzero(errors[:, column] > 0.1)
        if len(above) and above[-1] == LAST:
            assert answer.step is None or answer.step > LAST
        elif answer.step is None or answer.step > LAST:  # it comes back after the twin's last step
            assert answer.step is not None
        else:
            assert answer.step == (above[-1] + 1 if len(above) else 0)
            assert answer.time == begun.learning_rate * answer.step
            assert answer.within_run == (answer.step <= 600)


def test_nothing_is_learnt_before_the_first_step() -> None:
    for answer in answers_of(initial(config(CIRCLE, [1, 2], fraction=1e-3))).values():
        assert answer.step is not None
        assert answer.step >= 1


def test_what_the_start_has_already_is_told_as_step_0() -> None:
    begun = initial(config(CIRCLE, [1, 2]))
    nearly = replace(begun.kernel, residual=1e-3 * begun.kernel.residual)
    for answer in answers_of(replace(begun, kernel=nearly)).values():
        assert (answer.step, answer.time, answer.within_run) == (0, 0.0, True)


def test_what_the_kernel_does_not_see_is_never_learnt_with_it() -> None:
    """A relu net of one hidden layer without bias does not see odd frequencies from 3 on."""
    found = answers_of(initial(config(CIRCLE, [1, 2, 3], activation="relu", sigma_b=0)))
    assert found[2].step is not None
    assert found[2].reason is found[2].sentence is None
    assert (found[3].time, found[3].step, found[3].within_run) == (None, None, False)
    assert found[3].reason == "unseen"
    assert found[3].remains == pytest.approx(1)


@pytest.mark.parametrize("fraction", [1.0, 1.5, 100.0])
def test_from_two_over_lambda_on_the_rate_is_the_reason(fraction: float) -> None:
    found = answers_of(initial(config(CIRCLE, [1, 2, 3], fraction=fraction)))
    eigenvalues = initial(config(CIRCLE, [1])).kernel.spectrum.eigenvalues
    assert found[1].reason == "rate"
    for frequency, answer in found.items():
        grows = fraction * float(eigenvalues[2 * int(frequency)]) >= float(eigenvalues[0])
        assert not grows or answer.reason == "rate"


@pytest.mark.parametrize("epsilon", [1e-20, 1e-30])
def test_a_smallest_epsilon_has_a_step(epsilon: float) -> None:
    settings_ = config(CIRCLE, [1, 2]).model_dump(mode="json")
    settings_["recording"]["epsilon"] = epsilon
    begun = initial(RunConfig.model_validate(settings_))
    for frequency, answer in answers_of(begun).items():
        slowest = float(begun.kernel.spectrum.eigenvalues[2 * int(frequency)])
        assert answer.step is not None
        assert answer.step > -0.5 * math.log(epsilon) / (begun.learning_rate * slowest)


def test_a_kernel_of_zeros_never_learns() -> None:
    fields = config({"kind": "circle", "n": 8}, [1], activation="relu").model_dump(mode="json")
    fields["training"]["learning_rate"] = {"kind": "given", "value": 0.1}
    begun = initial(RunConfig.model_validate(fields))
    zero = replace(begun.kernel.spectrum, eigenvalues=0 * begun.kernel.spectrum.eigenvalues, noise_floor=0.0)
    (answer,) = answers_of(replace(begun, kernel=replace(begun.kernel, spectrum=zero))).values()
    assert (answer.time, answer.step, answer.reason) == (None, None, "unseen")


def test_a_wave_that_is_not_there_is_told_as_absent() -> None:
    found = answers_of(initial(config(CIRCLE, [2, 16])))
    assert found[2].reason is None
    (absent,) = (answer for answer in found.values() if answer.reason == "absent")
    assert absent.step is None


def test_the_start_is_forgotten_when_less_than_the_target_is_left_of_it() -> None:
    begun = initial(config({"kind": "interval", "n": 13}, [1], centered=False, sigma_w=9))
    times, step = forgotten(begun)
    y, left = begun.problem.targets, begun.kernel.residual + begun.problem.targets
    size = float((y - y.mean()).norm())
    assert times == pytest.approx(float(left.norm()) / size)
    assert times > 1
    taken = 0
    while float(left.norm()) > size:
        left = left - begun.learning_rate * begun.matrix @ left
        taken += 1
    assert step == taken
    assert forgotten(initial(config(CIRCLE, [1]))) == (0.0, 0)  # centered


def test_a_wide_network_keeps_the_promise() -> None:
    """What was said before training is what the run then does, within the kernel's drift."""
    wide = config(CIRCLE, [1, 2, 3], width=2048)
    begun = initial(wide)
    waves, said = Waves.of(begun.problem, wide.data), answers_of(begun)
    events = list(train(wide))
    targets = begun.problem.targets
    frames = [event for event in events if isinstance(event, Frame)]
    errors = torch.stack([waves.errors(torch.tensor(frame.fitted) - targets) for frame in frames])
    for at in (2, 3):
        above = np.flatnonzero((errors[:, at] > 0.1).numpy())
        step = said[waves.frequencies[at]].step
        assert step == pytest.approx(frames[above[-1] + 1].step, rel=0.1, abs=1.5)


def test_more_steps_than_can_be_counted_are_the_most_that_can() -> None:
    fields = config(CIRCLE, [1]).model_dump(mode="json")
    fields["training"]["learning_rate"] = {"kind": "given", "value": 1e-300}
    (answer,) = answers_of(initial(RunConfig.model_validate(fields))).values()
    assert answer.step in (None, 2**63 - 1)
