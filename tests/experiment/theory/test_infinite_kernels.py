"""The kernel of infinite width in the first event: against numerics, and against wide networks."""

import math
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
import torch

from ntkscope.errors import InvalidInput, TooLarge
from ntkscope.experiment.theory import infinite_kernels
from ntkscope.experiment.theory.infinite import infinite
from ntkscope.experiment.theory.infinite_kernels import left_out, own_kernels
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics import MLP, infinite_ntk
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Started
from ntkscope.schemas.event_parts import InfiniteWidth
from ntkscope.schemas.network import ActivationName
from tests.cases import config, first_event, of, run


def infinite_width(settings: RunConfig) -> InfiniteWidth | None:
    """What a run of these settings announces."""
    begin = next(iter(run(settings)))
    assert isinstance(begin, Started)
    return begin.infinite


@pytest.mark.parametrize("parameterization", ["ntk", "standard", "mean_field"])
@pytest.mark.parametrize(("activation", "depth", "wide"), [("erf", 1, 4096), ("relu", 2, 2048)])
def test_a_wide_network_is_near_its_limit(parameterization: str, activation: str, depth: int, wide: int) -> None:
    changes = {
        "network__parameterization": parameterization, "network__activation": activation, "network__depth": depth,
        "network__sigma_w": 1.4, "network__sigma_b": 0.5, "training__stop__steps": 1,
    }  # fmt: skip
    near, far = (infinite_width(config(**changes, network__width=width)) for width in (wide, 64))
    assert near is not None
    assert far is not None
    assert near.distance < 0.06
    assert far.distance > 2 * near.distance


@pytest.mark.parametrize("name", get_args(ActivationName))
def test_every_activation_trains_and_has_a_limit(name: str) -> None:
    """Width 2048 against 32: the distance falls by 8, give or take one draw's chance."""
    changes = {
        "network__activation": name, "network__leaky_slope": -0.3, "network__rbf_gamma": 0.3,
        "network__sigma_w": 1.4, "network__sigma_b": 0.5, "training__stop__steps": 20,
    }  # fmt: skip
    distances = []
    for width in (32, 2048):
        events = run(config(**changes, network__width=width))
        begun, last = of(events, Started)[0], of(events, Finished)[0]
        assert last.outcome == "completed"
        assert begun.infinite is not None
        assert begun.infinite.distance is not None
        distances.append(begun.infinite.distance)
    assert distances[1] < 0.08
    assert distances[0] > 2 * distances[1]


def test_a_scaled_output_has_the_scaled_limit() -> None:
    plain, scaled = (
        infinite_width(config(network__output_scale=scale, training__stop__steps=1)) for scale in (1.0, 10.0)
    )
    assert plain is not None
    assert scaled is not None
    np.testing.assert_allclose(scaled.eigenvalues, 100 * plain.eigenvalues, atol=1e-12 * scaled.eigenvalues[0])
    assert scaled.distance == pytest.approx(plain.distance, rel=1e-9)


def test_it_is_that_of_the_encoded_inputs() -> None:
    settings = config(network__encoding={"kind": "positional", "octaves": 2}, training__stop__steps=1)
    begun, found = initial(settings), infinite_width(settings)
    theta = infinite_ntk(begun.problem.architecture, begun.problem.encoded).numpy()
    assert found is not None
    values, vectors = np.linalg.eigh(theta)
    np.testing.assert_allclose(found.eigenvalues, values[::-1], atol=1e-10 * values[-1])
    kernel = begun.matrix.numpy()
    assert found.distance == pytest.approx(np.sqrt(((kernel - theta) ** 2).sum() / (theta**2).sum()))
    assert found.truncation_error == 0
    np.testing.assert_allclose(
        np.abs(found.mode_coefficients[:6]), np.abs(vectors.T @ begun.kernel.residual.numpy())[::-1][:6], atol=1e-8
    )


def test_without_a_closed_form_the_error_is_told() -> None:
    found = infinite_width(config(network__activation="tanh", training__stop__steps=1))
    assert found is not None
    assert 0 < found.truncation_error < 1e-8


def test_a_large_one_is_left_out_with_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infinite_kernels, "CLOSED_FORM_PAIRS", 100)
    begin = run(config())[0]
    assert isinstance(begin, Started)
    assert begin.infinite is None
    assert any("infinite width is left out: for 16 points" in notice for notice in begin.notices)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"network__activation": "tanh", "network__sigma_w": 1000.0}, "by a series, for 16 points and σ_w = 1000"),
        ({"network__activation": "tanh", "data__points": {"kind": "circle", "n": 160}}, "by a series, for 160 points"),
    ],
)
def test_a_slow_series_is_not_begun(changes: dict[str, Any], said: str) -> None:
    begin = run(config(**changes, training__stop__steps=1))[0]
    assert isinstance(begin, Started)
    assert begin.infinite is None
    assert any(said in notice for notice in begin.notices)


@pytest.mark.parametrize(("activation", "depth"), [("silu", 3), ("silu", 6), ("softplus", 4)])
def test_every_layer_of_a_series_is_priced(activation: str, depth: int) -> None:
    """The first layer's variance is small; those of the later ones grow beyond any series."""
    deep = config(
        network__activation=activation, network__depth=depth, network__sigma_w=4.0,
        data__points={"kind": "interval", "n": 24}, training__stop__steps=1,
    )  # fmt: skip
    begin = run(deep)[0]
    assert isinstance(begin, Started)
    assert begin.infinite is None
    assert any(f"for 24 points and σ_w = 4 at depth {depth}, it would" in notice for notice in begin.notices)
    with pytest.raises(TooLarge, match="closed form, such as erf"):
        infinite(initial(deep))


def test_a_prediction_that_would_take_too_long_is_refused() -> None:
    begun = initial(config(network__activation="tanh", network__sigma_w=1000.0))
    with pytest.raises(TooLarge, match="closed form, such as erf"):
        infinite(begun)


def test_a_limit_beyond_float64_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = initial(config())
    whole = infinite_kernels.infinite_kernels

    def overflowing(*inputs: Any) -> Any:
        found = whole(*inputs)
        return replace(found, ntk=found.ntk * math.inf)

    monkeypatch.setattr(infinite_kernels, "infinite_kernels", overflowing)
    assert own_kernels(begun) is None
    assert "beyond the range or the digits of float64" in left_out(begun)


def test_the_first_event_has_the_target_s_power_and_the_frequencies_exponents() -> None:
    settings = config(
        data__points={"kind": "circle", "n": 64}, network__activation="relu", network__depth=3,
        network__sigma_w=2**0.5, network__sigma_b=0.1, network__width=512,
    )  # fmt: skip
    begin = run(settings)[0]
    assert isinstance(begin, Started)
    y, power = begin.targets, begin.target_power
    assert power is not None
    np.testing.assert_allclose(power[:64], ((begin.modes.T @ y) ** 2).cumsum() / (y @ y), atol=1e-12)
    assert begin.infinite is not None
    fits = {fit.frequencies: fit for fit in begin.infinite.frequency_fits}
    assert (fits["odd"].lowest, fits["odd"].highest, fits["odd"].count) == (1, 15, 8)
    assert (fits["even"].lowest, fits["even"].highest, fits["even"].count) == (2, 16, 8)
    assert fits["all"].exponent == pytest.approx(-2.07, abs=0.05)  # theory 7: -2.10 up to 8, -2.04 beyond
    assert 0 < fits["all"].standard_error < 0.05
    middle = fits["all"]
    assert middle.highest_eigenvalue / middle.lowest_eigenvalue == pytest.approx(16**middle.exponent)
    assert begin.frequency_fits[0].exponent == pytest.approx(fits["all"].exponent, abs=0.1)


def test_points_in_space_have_no_exponents() -> None:
    begin = run(config(data__points={"kind": "random", "n": 16, "d": 3}))[0]
    assert isinstance(begin, Started)
    assert begin.frequency_fits == []


def test_the_nngp_is_the_covariance_of_sampled_networks() -> None:
    """With one hidden layer it is so at every width; each of 100 networks gives the covariance over its 100 outputs."""
    begun = initial(config(data__points={"kind": "interval", "n": 4}, data__grid=3))
    found, generator = infinite(begun), torch.Generator().manual_seed(0)
    assert found.grid is not None
    both = torch.cat([begun.problem.encoded, begun.problem.grid_encoded])
    draws, shape = [], replace(begun.problem.architecture, width=256)
    for _ in range(100):
        outputs = MLP.create(1, shape, outputs=100, generator=generator)(both)
        draws.append(outputs @ outputs.T / 100)
    each = torch.stack(draws)
    mean, error = each.mean(0), each.std(0) / 100**0.5
    assert float(error.max()) < 0.02 * float(found.grid.variance.max())
    for estimate, its_error, limiting in (
        (mean[:4, :4], error[:4, :4], found.own.nngp),
        (mean[4:, :4], error[4:, :4], found.grid.cross_nngp),
        (mean.diagonal()[4:], error.diagonal()[4:], found.grid.variance),
    ):
        # Four standard errors: right numbers are further off in one of some 300 draws, and this draw is fixed.
        assert bool(((estimate - limiting).abs() < 4 * its_error).all())


@pytest.mark.parametrize("name", ["torch_linear", "glorot"])
def test_of_uniform_weights_none_is_known_and_that_is_said(name: str) -> None:
    settings = config(network__parameterization="standard", network__initialization=name)
    begun = first_event(settings)
    said = f"it is known for weights drawn from a normal distribution, and {name} draws uniform ones"
    assert begun.infinite is None
    assert begun.notices[-1] == f"The kernel of infinite width is left out: {said}."
    with pytest.raises(InvalidInput, match=said):
        infinite(initial(settings))


def test_he_has_the_limit_of_its_normal_draw_whatever_sigma_is_written_beside_it() -> None:
    changes = {"network__parameterization": "standard", "network__activation": "relu", "network__width": 2048}
    he = first_event(config(**changes, network__initialization="he", network__sigma_w=9.0))
    assert he.infinite is not None
    assert he.infinite.distance is not None
    assert he.infinite.distance < 0.1


@pytest.mark.parametrize("scaling", ["ntk", "standard", "mean_field"])
def test_layers_of_their_own_widths_have_a_limit(scaling: str) -> None:
    changes = {"network__parameterization": scaling, "network__width": [900, 1800], "network__depth": 2}
    begun = first_event(config(**changes, network__sigma_w=1.4, network__sigma_b=0.5))
    assert begun.infinite is not None
    assert begun.infinite.distance is not None
    assert begun.infinite.distance < 0.12
