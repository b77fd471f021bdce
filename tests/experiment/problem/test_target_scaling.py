"""Scaled targets: a run equals the one whose table was scaled by hand; what a person sees keeps their own units."""

import math
from typing import Any

import numpy as np
import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.prediction import Recorded, moving_prediction_at, prediction
from ntkscope.experiment.preview import preview
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Frame, KernelFrame, Started
from tests.cases import config, of, run

CENTRE, SPREAD = 51.0, 2.0
POINTS = {"kind": "interval", "n": 17, "low": -1, "high": 1}
SHAPE = "sin(pi*x) + 0.3*cos(3*pi*x)"


def own(scale: str, **changes: Any) -> RunConfig:
    text = f"{CENTRE} + {SPREAD}*({SHAPE})"
    return config(
        data__points=POINTS, data__target={"kind": "formula", "text": text}, data__scale_targets=scale, **changes
    )


def by_hand(scale: str) -> tuple[RunConfig, float, float]:
    """The run whose target a person scaled by themselves, and the numbers by which they did."""
    y = build(own("none")).observed
    centre, spread = float(y.mean()), float(y.std()) if scale == "standardize" else 1.0
    text = f"({CENTRE - centre!r} + {SPREAD}*({SHAPE}))/{spread!r}"
    return config(data__points=POINTS, data__target={"kind": "formula", "text": text}), centre, spread


@pytest.mark.parametrize("scale", ["subtract_mean", "standardize"])
@pytest.mark.parametrize("centered", [True, False])
def test_a_run_is_the_one_scaled_by_hand_told_in_own_units(scale: str, centered: bool) -> None:
    hand, centre, spread = by_hand(scale)
    hand = hand.model_copy(update={"network": hand.network.model_copy(update={"centered": centered})})
    mine, theirs = run(own(scale, network__centered=centered)), run(hand)
    for frame, other in zip(of(mine, Frame), of(theirs, Frame), strict=True):
        assert frame.loss == pytest.approx(other.loss, rel=1e-6)
        np.testing.assert_allclose(frame.function, centre + spread * other.function, atol=1e-6 * SPREAD)
        np.testing.assert_allclose(frame.fitted, centre + spread * other.fitted, atol=1e-6 * SPREAD)
        np.testing.assert_allclose(frame.mode_coefficients, spread * other.mode_coefficients, atol=1e-6 * SPREAD)
        np.testing.assert_allclose(frame.wave_errors[1:], other.wave_errors[1:], rtol=1e-3, atol=1e-5)
        assert frame.held_out_error == pytest.approx(spread**2 * (other.held_out_error or 0), rel=1e-5)
        for name, predicted in frame.predicted.items():
            expected = centre + spread * other.predicted[name].function
            np.testing.assert_allclose(predicted.function, expected, atol=1e-5 * SPREAD)
    (begun,), (other_begun,) = of(mine, Started), of(theirs, Started)
    assert begun.targets.tolist() == build(own("none")).observed.tolist()
    assert begun.target_norm == pytest.approx(float(np.linalg.norm(begun.targets)))
    np.testing.assert_allclose(begun.grid_start, centre + spread * other_begun.grid_start, atol=1e-9 * spread)
    residual = begun.targets - centre if centered else None
    if residual is not None:
        assert begun.residual_norm == pytest.approx(float(np.linalg.norm(residual)))
    for measured, other_measured in zip(of(mine, KernelFrame), of(theirs, KernelFrame), strict=True):
        assert measured.moving is not None
        assert other_measured.moving is not None
        expected = centre + spread * other_measured.moving.function
        np.testing.assert_allclose(measured.moving.function, expected, atol=1e-5 * SPREAD)
    assert of(mine, Finished)[0].sentence == of(theirs, Finished)[0].sentence
    assert any("losses are of that" in notice for notice in begun.notices)


def test_half_the_sum_of_squares_is_the_loss_in_scaled_units() -> None:
    events = run(own("standardize"))
    (begun,), frame = of(events, Started), of(events, Frame)[-1]
    spread = begun.targets.std()
    assert frame.loss == pytest.approx(0.5 * (((frame.fitted - begun.targets) / spread) ** 2).sum(), rel=1e-6)
    assert frame.held_out_error == pytest.approx(((frame.function - begun.grid_target) ** 2).mean(), rel=1e-6)
    coefficients = begun.modes.T @ (frame.fitted - begun.targets)
    np.testing.assert_allclose(frame.mode_coefficients, coefficients, atol=1e-5 * SPREAD)


def test_predictions_are_in_own_units() -> None:
    settings = own("standardize")
    state, recorded = initial(settings), Recorded.of(run(settings))
    limit = prediction(state, "gradient_descent", math.inf, recorded=recorded)
    np.testing.assert_allclose(limit.fitted, state.problem.observed, atol=1e-3 * SPREAD)
    moving = moving_prediction_at(math.inf, recorded, state.problem.target_scaling)
    assert moving is not None
    last = recorded.kernel_frames[-1].moving
    assert last is not None
    np.testing.assert_array_equal(moving.function, last.function)
    assert moving.distance == pytest.approx(last.distance, rel=1e-3)


def test_noise_is_in_own_units_and_does_not_move_the_scale() -> None:
    quiet, noisy = build(own("standardize")), build(own("standardize", data__noise=5.0))
    assert noisy.target_scaling == quiet.target_scaling
    drawn = build(own("none", data__noise=5.0)).observed - build(own("none")).observed
    np.testing.assert_allclose(noisy.observed - quiet.observed, drawn, atol=1e-12)
    np.testing.assert_allclose((noisy.targets - quiet.targets).numpy(), drawn / quiet.target_scaling.spread, atol=1e-12)


def test_a_norm_is_that_of_what_is_trained_on() -> None:
    for scale in ("subtract_mean", "standardize"):
        problem = build(own(scale, data__norm=2.5))
        assert float(problem.targets.norm()) == pytest.approx(2.5)
        assert problem.observed.tolist() == build(own("none")).observed.tolist()


def test_a_target_that_never_changes() -> None:
    settings = config(data__target={"kind": "formula", "text": "7+0*x"}, data__scale_targets="standardize")
    problem = build(settings)
    assert float(problem.targets.abs().max()) < 1e-12
    assert any("without its mean nothing is left" in notice for notice in problem.notices)
    with pytest.raises(InvalidInput, match="zero"):
        build(settings.model_copy(update={"data": settings.data.model_copy(update={"norm": 2.0})}))


def test_a_preview_has_sizes_in_own_units() -> None:
    hand, _, spread = by_hand("standardize")
    mine, theirs = preview(own("standardize")).spectrum, preview(hand).spectrum
    assert mine is not None
    assert theirs is not None
    assert [wave.amplitude for wave in mine.waves if wave.frequency] == pytest.approx(
        [spread * wave.amplitude for wave in theirs.waves if wave.frequency], rel=1e-6
    )
    assert mine.groups[0].start_magnitude == pytest.approx(spread * theirs.groups[0].start_magnitude, rel=1e-6)


@pytest.mark.parametrize("scale", ["none", "subtract_mean", "standardize"])
@pytest.mark.parametrize("norm", [1e-300, 1e-101])
def test_a_norm_whose_losses_are_no_numbers_is_refused(scale: str, norm: float) -> None:
    with pytest.raises(InvalidInput, match=r"within 1.00×10¹⁰⁰ times the target's own") as caught:
        build(config(data__scale_targets=scale, data__norm=norm))
    assert caught.value.where == "data.norm"
