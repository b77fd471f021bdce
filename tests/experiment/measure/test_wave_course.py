"""How far each wave of the target is learnt along a run: measured, predicted, for good."""

from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.theory.waves import Waves
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Finished, Frame, KernelFrame, Started
from tests.cases import config


def told(settings: RunConfig) -> tuple[Started, list[Frame], Finished]:
    events = list(train(settings))
    frames = [event for event in events if isinstance(event, Frame)]
    (started,) = (event for event in events if isinstance(event, Started))
    (finished,) = (event for event in events if isinstance(event, Finished))
    return started, frames, finished


def waves_of(amplitudes: list[float], steps: int = 2000, **network: Any) -> RunConfig:
    return config(
        data={
            "points": {"kind": "interval", "n": 24, "include_end": True},
            "target": {"kind": "sinusoids", "frequencies": [1, 3], "amplitudes": amplitudes, "phases": [0.3, 1.0]},
        },
        network={"width": 128, "sigma_w": 2.0, "sigma_b": 1.0} | network,
        training__stop={"steps": steps},
    )


def test_a_frame_has_the_error_of_every_wave_that_the_run_is_made_of() -> None:
    settings = waves_of([1.0, 0.001])
    started, frames, finished = told(settings)
    assert [(wave.frequency, wave.source) for wave in started.waves] == [(0, "mean"), (1, "typed"), (3, "typed")]
    begun = initial(settings)
    waves = Waves.of(begun.problem, settings.data)
    for frame in (frames[0], frames[len(frames) // 2], frames[-1]):
        by_hand = waves.errors(torch.tensor(frame.fitted) - begun.problem.targets)
        np.testing.assert_allclose(frame.wave_errors, by_hand, rtol=1e-5)
        at = started.steps.index(frame.step)
        residual = begun.kernel.predict(begun.training_law, torch.tensor([float(frame.step)])).residual[0]
        assert started.law == "gradient_descent", at
        np.testing.assert_allclose(frame.wave_errors_predicted, waves.errors(residual), rtol=1e-4, atol=1e-9)
    assert [row.frequency for row in finished.waves] == [0, 1, 3]
    assert finished.waves[2].error == pytest.approx(float(frames[-1].wave_errors[2]))


def test_a_wave_is_learnt_from_its_last_crossing_on() -> None:
    _, frames, finished = told(waves_of([1.0, 0.7]))
    steps = [frame.step for frame in frames]
    for k, row in enumerate(finished.waves):
        above = [step for step, frame in zip(steps, frames, strict=True) if frame.wave_errors[k] > 0.1]
        if row.measured_step is None:
            assert above[-1] == steps[-1]
        else:
            assert row.measured_step >= max(1, above[-1])
            assert row.measured_step <= steps[steps.index(above[-1]) + 1]
    assert finished.waves[1].measured_step is not None


def test_what_is_small_in_the_target_is_not_learnt_because_the_network_forgets_its_start() -> None:
    """Measured against f_0 - y, a wave counts as learnt once the network's own large start is gone."""
    _, frames, finished = told(waves_of([0.05, 0.05], steps=40, centered=False, sigma_w=6.0))
    residuals = [np.linalg.norm(frame.fitted) for frame in frames]
    assert residuals[0] > 10 * residuals[-1] > 0
    for row in finished.waves[1:]:
        assert row.error is not None
        assert row.error > 0.1
        assert row.measured_step is None


def test_more_than_one_input_has_no_waves() -> None:
    started, frames, finished = told(
        config(data={"points": {"kind": "random", "n": 12, "d": 2}}, training__stop={"steps": 5})
    )
    assert started.waves == finished.waves == []
    assert len(frames[0].wave_errors) == len(frames[0].wave_errors_predicted) == 0


def test_an_extended_run_closes_over_all_its_records() -> None:
    short = list(train(waves_of([1.0, 0.7], steps=50)))
    (checkpoint,) = (event for event in short if isinstance(event, Checkpoint))
    assert checkpoint.recorded_wave_errors is not None
    frames = [event for event in short if isinstance(event, Frame)]
    longer = list(train(waves_of([1.0, 0.7], steps=400), resume=checkpoint, last_seq=checkpoint.seq))
    frames += [event for event in longer if isinstance(event, Frame)]
    (finished,) = (event for event in longer if isinstance(event, Finished))
    for k, row in enumerate(finished.waves):
        above = [frame.step for frame in frames if frame.wave_errors[k] > 0.1]
        if row.measured_step is not None and above:
            assert row.measured_step >= above[-1]
    assert finished.waves[1].measured_step is not None


def test_a_prediction_of_infinite_width_that_grows_ends_with_a_notice() -> None:
    narrow = {"network__width": 16, "training__stop": {"steps": 400}}
    largest = float(initial(config(**narrow)).kernel.spectrum.eigenvalues[0])
    fast = config(**narrow, training__learning_rate={"kind": "given", "value": 3 / largest})
    started, frames, _ = told(fast)
    assert started.infinite is not None
    product = started.learning_rate * float(started.infinite.eigenvalues[0])
    assert product > 2
    assert any(notice.startswith("Infinite width: at this rate its fastest mode grows") for notice in started.notices)
    for frame in frames:
        values = frame.predicted["infinite"].function
        assert np.isnan(values).all() or np.abs(values).max() < 1e5
    assert np.isnan(started.infinite.loss).any()


def test_a_distance_of_round_off_is_none() -> None:
    settings = config(data={"points": {"kind": "interval", "n": 8}, "target": {"kind": "formula", "text": "0*x"}})
    _, frames, _ = told(settings)
    assert {frame.predicted["frozen"].distance for frame in frames} == {None}


def test_a_moving_prediction_that_grows_tells_nothing() -> None:
    settings = config(
        training__learning_rate={"kind": "auto", "fraction": 1.6}, network__width=8, training__stop={"steps": 300}
    )
    moving = [event.moving for event in train(settings) if isinstance(event, KernelFrame) and event.moving]
    assert all(one.error is None or one.error < 2e3 for one in moving)
