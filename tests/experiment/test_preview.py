"""The preview: what is said before training is what the run then starts from."""

from typing import Any

import numpy as np
import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.preview import begin_preview, choose_rate, preview, preview_cost, rehearse_preview
from ntkscope.experiment.trainer import train
from ntkscope.numerics import complete
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Started
from ntkscope.wire.codec import encode


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


def test_what_is_drawn_before_a_step_is_the_event_with_which_the_run_begins() -> None:
    """But for infinite width, which may take seconds, and the horizon, which is farther."""
    begun = begin_preview(config())
    drawn = complete(rehearse_preview(begun, complete(choose_rate(begun)))).started
    started = next(event for event in train(config()) if isinstance(event, Started))
    assert drawn is not None
    assert drawn.rehearsal is not None
    assert started.rehearsal is not None
    left = {"infinite", "rehearsal", "notices"}
    assert encode(drawn.model_copy(update=dict.fromkeys(left))) == encode(
        started.model_copy(update=dict.fromkeys(left))
    )
    assert drawn.rehearsal.course.steps == started.rehearsal.course.steps == started.steps
    assert drawn.rehearsal.horizon > started.rehearsal.horizon == 100
    assert drawn.rehearsal.course.wave_errors is not None
    assert drawn.rehearsal.course.wave_errors.shape == (len(started.steps), len(started.waves))


def test_a_preview_leaves_out_what_only_charts_draw() -> None:
    """It is asked for at every edit; the event has the rest of what was rehearsed."""
    told = complete(rehearse_preview(begun := begin_preview(config()), complete(choose_rate(begun))))
    assert told.preview.rehearsal is not None
    assert told.started is not None
    assert told.started.rehearsal is not None
    drawn, waves = told.started.rehearsal.model_dump(exclude={"course", "waves"}), told.started.rehearsal.waves
    assert told.preview.rehearsal.model_dump(exclude={"waves"}) == drawn
    assert [wave for wave in waves if wave in told.preview.rehearsal.waves] == told.preview.rehearsal.waves
    assert len(told.preview.model_dump_json()) < 20_000


@pytest.mark.parametrize("points", [{"kind": "interval", "n": 9}, {"kind": "circle", "n": 8}])
def test_the_target_is_the_one_that_the_run_then_learns(points: dict[str, Any]) -> None:
    here = config(data={"points": points, "noise": 0.1})
    started = next(event for event in train(here) if isinstance(event, Started))
    for said in (preview(here).target, preview_cost(here).target):
        assert said is not None
        assert said.geometry == started.geometry == points["kind"]
        np.testing.assert_array_equal(said.inputs, started.inputs[:, 0])
        np.testing.assert_array_equal(said.targets, started.targets)
        np.testing.assert_array_equal(said.grid, started.grid[:, 0])
        np.testing.assert_array_equal(said.grid_target, started.grid_target)


def test_two_inputs_have_no_curve_to_show() -> None:
    assert preview_cost(config(data={"points": {"kind": "random", "n": 6, "d": 2}})).target is None


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


@pytest.mark.whole_rehearsals
def test_a_rate_above_the_limit_is_a_warning() -> None:
    assert not [text for text in preview(config(training=rate(0.9))).warnings if "2/λ" in text]
    above, never = begin_preview(config(training=rate(1.5))).preview.warnings
    assert "above 2/λ₁" in above
    assert never.startswith("Frequencies 1, 3: not with the kernel at the start, because no step at this rate")
    above, late = preview(config(training=rate(1.5))).warnings  # the kernel moves, and so the wave is learnt
    assert "above 2/λ₁" in above
    assert late.startswith("Frequency 3: not within 100 steps; rehearsed, it takes 1,217.")


@pytest.mark.parametrize("fraction", [1.0, 1.5, 50.0])
def test_modes_that_a_rate_does_not_shrink_are_never_learnt(fraction: float) -> None:
    spectrum = preview(config(training=rate(fraction))).spectrum
    assert spectrum is not None
    for group in spectrum.groups:
        if group.learning_time is not None:
            assert group.eigenvalue * spectrum.learning_rate < 2
    assert spectrum.groups[0].learning_time is None


def test_times_are_the_rate_times_the_steps() -> None:
    spectrum = preview(config(training=rate(0.5, 4000))).spectrum
    assert spectrum is not None
    told = [answer for answer in spectrum.waves if answer.step is not None]
    assert [answer.time for answer in told] == [spectrum.learning_rate * (answer.step or 0) for answer in told]
    assert len(told) == 2
    assert all(answer.step and answer.step >= 1 for answer in told)


def test_it_answers_why_a_network_cannot_fit_oscillations() -> None:
    target = {"kind": "sinusoids", "frequencies": [1, 5, 6]}
    smooth = {"width": 64, "sigma_w": 1}
    said = preview(config(data={"points": {"kind": "circle", "n": 32}, "target": target}, network=smooth))
    assert any(text.startswith("Frequencies 5, 6: not within 100 steps") for text in said.warnings)
    easy = preview(config(data={"points": {"kind": "circle", "n": 32}}))
    assert not easy.warnings


def test_it_names_a_frequency_that_the_kernel_at_the_start_does_not_see() -> None:
    network = {"width": 64, "activation": "relu", "sigma_b": 0}
    data = {"points": {"kind": "circle", "n": 16}, "target": {"kind": "sinusoids", "frequencies": [1, 3]}}
    said = preview(config(data=data, network=network))
    assert any(text.startswith("Frequency 3: not with the kernel at the start, because") for text in said.warnings)
    assert not any("however long" in text for text in said.warnings)


@pytest.mark.parametrize(
    ("points", "formula", "frequencies"),
    [
        ({"kind": "interval", "n": 16}, "sin(6*pi*x)", [6]),
        ({"kind": "interval", "n": 16, "include_end": False}, "sin(6*pi*x)", [6]),
        ({"kind": "random", "n": 40, "d": 1, "distribution": "uniform"}, "sin(6*pi*x)", [6]),
        ({"kind": "interval", "n": 128}, "abs(x) + 0.3*sin(12*x)", [12 / np.pi]),
    ],
)
def test_the_target_s_own_waves_are_told_first(points: dict[str, Any], formula: str, frequencies: list[float]) -> None:
    spectrum = preview(config(data={"points": points, "target": {"kind": "formula", "text": formula}})).spectrum
    assert spectrum is not None
    waves = [answer for answer in spectrum.waves if answer.source != "mean"]
    typed = [answer.frequency for answer in waves if answer.source == "typed"]
    assert typed == pytest.approx(frequencies)
    assert [answer.frequency for answer in waves][: len(typed)] == typed
    assert sum(answer.share for answer in spectrum.waves) == pytest.approx(1, abs=0.05)


def test_one_point() -> None:
    target = {"kind": "formula", "text": "1 + 0*x"}
    said = preview(config(data={"points": {"kind": "interval", "n": 1}, "target": target}))
    assert said.spectrum is not None
    assert len(said.spectrum.groups) == 1
    assert any("one training point" in notice for notice in said.notices)


def test_a_zero_target_has_nothing_to_learn() -> None:
    said = preview(config(data={"target": {"kind": "formula", "text": "0*x"}}))
    assert said.spectrum is not None
    assert said.spectrum.waves == []
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


@pytest.mark.parametrize(
    "changes",
    [
        {"network": {"sigma_w": 1000, "activation": "relu", "parameterization": "standard", "depth": 64, "width": 64}},
        {
            "network": {"sigma_w": 1000, "activation": "relu", "output_scale": 1e6, "depth": 12, "width": 64},
            "training": {"precision": "float32"},
        },
    ],
)
def test_a_network_beyond_the_range_of_its_numbers_is_refused_before_a_step(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"finite at the start.*smaller weights"):
        preview(RunConfig.model_validate(changes))
