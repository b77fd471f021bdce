"""The preview: what is said before training is what the run then starts from."""

from typing import Any

import numpy as np
import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.preview import preview, preview_cost
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Started


def config(**parts: Any) -> RunConfig:
    fields = {"network": {"width": 64, "sigma_w": 3}, "training": {"stop": {"steps": 100}}}
    return RunConfig.model_validate(fields | parts)


def rate(fraction: float, steps: int = 100) -> dict[str, Any]:
    return {"learning_rate": {"kind": "auto", "fraction": fraction}, "stop": {"steps": steps}}


def test_it_says_what_the_run_starts_from() -> None:
    said = preview(config())
    started = next(event for event in train(config()) if isinstance(event, Started))
    assert said.status == "ready"
    assert said.spectrum is not None
    np.testing.assert_array_equal(said.spectrum.eigenvalues, started.eigenvalues)
    assert said.spectrum.groups == started.groups
    assert said.spectrum.learning_rate == started.learning_rate
    assert said.spectrum.largest_stable_rate == started.largest_stable_rate == 2 / started.eigenvalues[0]
    assert said.spectrum.learning_rate == pytest.approx(1 / started.eigenvalues[0])
    assert said.spectrum.below_floor == started.below_floor
    assert (said.spectrum.end_step, said.spectrum.end_time) == (100, 100 * started.learning_rate)
    assert said.cost.parameters == started.parameters


def test_groups_learnt_are_those_whose_time_comes() -> None:
    spectrum = preview(config()).spectrum
    assert spectrum is not None
    times = [group.learning_time for group in spectrum.groups if group.resolved]
    assert spectrum.groups_learnt == sum(time is not None and time <= spectrum.end_time for time in times)
    assert 0 < spectrum.groups_learnt < len(times)


def test_a_stop_time_is_the_end() -> None:
    training = {"learning_rate": {"kind": "given", "value": 0.01}, "stop": {"steps": 1000, "time": 0.5}}
    spectrum = preview(config(training=training)).spectrum
    assert spectrum is not None
    assert (spectrum.end_step, spectrum.end_time) == (50, 0.5)


def test_a_rate_above_the_limit_is_a_warning() -> None:
    assert not [text for text in preview(config(training=rate(0.9))).warnings if "2/λ₁" in text]
    said = preview(config(training=rate(1.5)))
    assert said.spectrum is not None
    assert len(said.warnings) == 1
    assert "above 2/λ₁" in said.warnings[0]


def test_it_answers_why_a_network_cannot_fit_oscillations() -> None:
    target = {"kind": "sinusoids", "frequencies": [1, 5, 6]}
    smooth = {"width": 64, "sigma_w": 1}
    said = preview(config(data={"points": {"kind": "circle", "n": 32}, "target": target}, network=smooth))
    assert any(text.startswith("Frequencies 5, 6 will not be learnt within 100 steps") for text in said.warnings)
    easy = preview(config(data={"points": {"kind": "circle", "n": 32}}))
    assert not easy.warnings


def test_it_names_a_frequency_that_never_comes() -> None:
    network = {"width": 64, "activation": "relu", "sigma_b": 0}
    data = {"points": {"kind": "circle", "n": 16}, "target": {"kind": "sinusoids", "frequencies": [1, 3]}}
    said = preview(config(data=data, network=network))
    assert any(text.startswith("Frequency 3 will not be learnt, however long the run") for text in said.warnings)


def test_one_point() -> None:
    target = {"kind": "formula", "text": "1 + 0*x"}
    said = preview(config(data={"points": {"kind": "interval", "n": 1}, "target": target}))
    assert said.spectrum is not None
    assert len(said.spectrum.groups) == 1
    assert any("one training point" in notice for notice in said.notices)


def test_a_zero_target_has_nothing_to_learn() -> None:
    said = preview(config(data={"target": {"kind": "formula", "text": "0*x"}}))
    assert said.spectrum is not None
    assert said.spectrum.frequencies == []
    assert not any(group.resolved for group in said.spectrum.groups)


def test_the_cost_comes_without_the_spectrum() -> None:
    said = preview_cost(config())
    assert (said.status, said.spectrum) == ("cost", None)
    assert said.cost == preview(config()).cost
    with pytest.raises(InvalidInput):
        preview_cost(config(data={"target": {"kind": "formula", "text": "x +"}}))


def test_it_goes_through_json() -> None:
    said = preview(config())
    assert type(said).model_validate_json(said.model_dump_json()).model_dump_json() == said.model_dump_json()
