import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from ntkscope.numerics import (
    ACTIVATIONS,
    MLP,
    Activation,
    Architecture,
    activation,
    empirical_ntk,
    infinite_kernels,
    infinite_ntk,
    nngp,
)
from tests.numerics.infinite_twin import FORMULAS, dual, recursion
from tests.numerics.twins import REFERENCE, architecture, generator, kernel_error, normal, tensor

SHAPES = {"leaky_relu": {"alpha": 0.3}, "rbf": {"gamma": 0.7}, "sin": {"a": 1.3, "b": 0.6, "c": 0.4}}


def settings(case: dict) -> Architecture:
    parameters = {key: value for key, value in case["act_params"].items() if key != "deg"}
    phi = activation(case["activation"], **parameters)
    return Architecture(case["depth"], phi, case["W_std"], case["b_std"])


def error(found: torch.Tensor, true: torch.Tensor, square: torch.Tensor) -> float:
    """As `kernel_error`, but a scale of 0 demands equality and is then left out."""
    diagonal = square.diagonal().sqrt()
    rows = diagonal if true.shape == square.shape else (true.abs() / diagonal).nan_to_num().amax(1)
    scale = rows[:, None] * diagonal
    assert bool((found[scale == 0] == true[scale == 0]).all())
    return float(((found - true).abs() / scale)[scale > 0].max())


@pytest.mark.parametrize("case", REFERENCE["infinite"], ids=lambda case: case["id"])
def test_reference_kernels(case: dict) -> None:
    x, x2, tolerance = tensor(case["X"]), tensor(case["X2"]), 1e-10 if case["activation"] == "tanh" else 1e-11
    square, cross = infinite_kernels(settings(case), x), infinite_kernels(settings(case), x2, x)
    for name in ("nngp", "ntk"):
        true = tensor(case[f"{name}_hp"])
        found = getattr(square, name)
        assert error(found, true, true) < tolerance
        assert torch.equal(found, found.T)
        assert error(getattr(cross, name), tensor(case[f"{name}_21_hp"]), true) < tolerance


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("depth", [1, 4])
def test_closed_forms_in_forty_digits(name: str, depth: int) -> None:
    parameters = SHAPES.get(name, {})
    x = torch.cat([normal(3, 4), normal(1, 4) * -2, normal(1, 4) + 1e-6])  # opposite and nearly parallel ones
    true_nngp, true_ntk = recursion(x, x, depth, dual(name, parameters), 1.3, 0.2)
    found = infinite_kernels(Architecture(depth, activation(name, **parameters), 1.3, 0.2), x)
    assert kernel_error(found.nngp, tensor(true_nngp.tolist()), tensor(true_nngp.tolist())) < 1e-13
    assert kernel_error(found.ntk, tensor(true_ntk.tolist()), tensor(true_ntk.tolist())) < 1e-13
    assert found.error == 0


@pytest.mark.parametrize("alpha", [-1.0, -0.4, 0.0, 1.0])
def test_leaky_relus_of_every_slope_in_forty_digits(alpha: float) -> None:
    x = torch.cat([normal(3, 4), normal(1, 4) * -2])
    _, true = recursion(x, x, 2, dual("leaky_relu", {"alpha": alpha}), 1.3, 0.2)
    found = infinite_ntk(Architecture(2, activation("leaky_relu", alpha=alpha), 1.3, 0.2), x)
    assert kernel_error(found, tensor(true.tolist()), tensor(true.tolist())) < 1e-13


@pytest.mark.parametrize("name", ["relu", "gelu", "cos"])
def test_the_standard_parameterization_at_leading_order(name: str) -> None:
    x = normal(4, 3)
    _, true = recursion(x, x, 2, dual(name, {}), 1.3, 0.2, width=50)
    found = infinite_ntk(architecture(2, name, 1.3, 0.2, parameterization="standard", width=50), x)
    assert kernel_error(found, tensor(true.tolist()), tensor(true.tolist())) < 1e-13


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus", "relu", "erf"])
@pytest.mark.parametrize("parameterization", ["ntk", "standard", "mean_field"])
@pytest.mark.parametrize("bias", [True, False])
def test_is_the_limit_of_wide_networks(name: str, parameterization: str, bias: bool) -> None:
    """The mean over 16 networks of width 512; it scatters by 4 % for silu, the steepest of these."""
    x = normal(4, 3)
    x2 = normal(2, 3, seed=1)
    shape = architecture(2, name, 1.3, 0.4, width=512, bias=bias, parameterization=parameterization)
    draws = generator(1)
    nets = [MLP.create(3, shape, generator=draws) for _ in range(16)]
    for left, right in ((x, None), (x2, x)):
        limit = infinite_ntk(shape, left, right)
        mean = torch.stack([empirical_ntk(net, left, right) for net in nets]).mean(0)
        assert float((mean - limit).norm() / limit.norm()) < 0.08


@pytest.mark.parametrize("parameterization", ["ntk", "standard", "mean_field"])
@pytest.mark.parametrize("name", ["relu", "erf", "tanh"])
def test_a_scaled_output_scales_both_kernels_by_its_square(name: str, parameterization: str) -> None:
    x = normal(4, 3)
    shape = architecture(1, name, 1.3, 0.4, width=1024, parameterization=parameterization)
    smaller = replace(shape, output_scale=0.3)
    plain, scaled = infinite_kernels(shape, x), infinite_kernels(smaller, x)
    assert torch.allclose(scaled.nngp, 0.09 * plain.nngp, rtol=1e-14, atol=0)
    assert torch.allclose(scaled.ntk, 0.09 * plain.ntk, rtol=1e-14, atol=0)
    assert scaled.error == pytest.approx(plain.error, rel=0.2)  # both are round-off where there is one at all
    draws = generator(1)
    nets = [MLP.create(3, smaller, generator=draws) for _ in range(8)]
    mean = torch.stack([empirical_ntk(net, x) for net in nets]).mean(0)
    assert float((mean - scaled.ntk).norm() / scaled.ntk.norm()) < 0.08


def test_nngp_is_the_covariance_of_outputs() -> None:
    x, shape = normal(3, 3), architecture(1, "tanh", 1.3, 0.4)
    draws = generator(2)
    outputs = torch.stack([
        MLP.create(3, replace(shape, width=128), outputs=64, generator=draws)(x) for _ in range(64)
    ])  # fmt: skip
    covariance = torch.einsum("nio,njo->ij", outputs, outputs) / (64 * 64)
    limit = nngp(shape, x)
    assert float((covariance - limit).norm() / limit.norm()) < 0.06


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_cross_blocks_are_the_square_ones_off_diagonal_part(name: str) -> None:
    x = normal(6, 3)
    shape = architecture(3, name, 1.2, 0.3)
    whole, part = infinite_kernels(shape, x), infinite_kernels(shape, x[:2], x[2:])
    for kernel, block in ((whole.nngp, part.nngp), (whole.ntk, part.ntk)):
        assert torch.allclose(kernel[:2, 2:], block, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_input_of_zeros_without_a_bias(name: str) -> None:
    x = torch.cat([torch.zeros(1, 3, dtype=torch.float64), normal(2, 3)])
    found = infinite_kernels(architecture(2, name, 1.2, 0.3, bias=False), x)
    assert bool(torch.isfinite(found.ntk).all())
    if activation(name).function(torch.zeros(1)).item() == 0:
        assert float(found.nngp[0].abs().max()) == 0


def test_parallel_relu_inputs_keep_their_digits() -> None:
    x = normal(1, 5)
    found = infinite_ntk(architecture(1, "relu", math.sqrt(2), 0.0), torch.cat([x, 3 * x]))
    variance = 2 * float(x.square().sum()) / 5
    assert found[0, 0].item() == pytest.approx(2 * variance, rel=1e-15)
    assert found[0, 1].item() == pytest.approx(6 * variance, rel=1e-14)


def test_no_bias_is_a_scale_of_zero_except_in_the_standard_parameterization() -> None:
    x = normal(3, 2)
    no_bias, at_zero = architecture(1, "erf", 1.0, 0.7, bias=False), architecture(1, "erf", 1.0, 0.0)
    assert torch.equal(infinite_ntk(no_bias, x), infinite_ntk(at_zero, x))
    standard = {"parameterization": "standard", "width": 10}
    difference = infinite_ntk(replace(at_zero, **standard), x) - infinite_ntk(replace(no_bias, **standard), x)
    assert float(difference.min()) > 1  # biases that start at 0 are trained all the same


def test_the_error_estimate_of_what_has_no_closed_form_is_not_too_small() -> None:
    case = next(case for case in REFERENCE["infinite"] if case["activation"] == "tanh")
    found = infinite_kernels(settings(case), tensor(case["X"]))
    true = tensor(case["ntk_hp"])
    round_off = 1e-13  # which every closed form has too
    assert error(found.ntk, true, true) <= found.error + round_off
    assert 0 < found.error < 1e-9


@pytest.mark.parametrize("call", [infinite_kernels, infinite_ntk, nngp])
def test_an_activation_of_unknown_limit_is_refused(call: Callable[..., object]) -> None:
    square = Activation("square", torch.square, lambda z: 2 * z)
    with pytest.raises(ValueError, match=r"known for relu, .*rbf; you gave 'square'\. Take one of these, or the empir"):
        call(Architecture(1, square, 1.0, 0.0), normal(2, 2))


@pytest.mark.parametrize("call", [infinite_kernels, infinite_ntk, nngp])
@pytest.mark.parametrize("depth", [0, -1])
def test_without_a_hidden_layer_there_is_no_limit(call: Callable[..., object], depth: int) -> None:
    with pytest.raises(ValueError, match=rf"needs a hidden layer; you gave depth {depth}\. Give depth=1 or more"):
        call(architecture(depth, "relu", 1.0, 0.0), normal(2, 2))


def test_what_is_missing_or_unknown_is_refused() -> None:
    def ask(parameterization: str, width: tuple[int, ...] | None = None) -> None:
        infinite_ntk(architecture(2, "relu", 1.0, 0.0, parameterization=parameterization, width=width), normal(2, 2))

    with pytest.raises(ValueError, match="one of ntk, standard, mean_field; you gave 'mup'"):
        ask("mup")
    with pytest.raises(ValueError, match="standard parameterization depends on the width; give one"):
        ask("standard")
    with pytest.raises(ValueError, match=r"one width for each of the 2 hidden layers; you gave \[8, 9, 9\]"):
        ask("mean_field", (8, 9, 9))
    ask("mean_field", (8, 8))


def test_the_limit_of_uniform_weights_is_not_known() -> None:
    shape = architecture(1, "relu", 1.0, 0.0, parameterization="standard", width=8)
    for name in ("torch_linear", "glorot"):
        with pytest.raises(ValueError, match=f"drawn from a normal distribution; you gave the initialization '{name}'"):
            infinite_ntk(replace(shape, initialization=name), normal(2, 2))


def test_he_is_the_normal_draw_of_sigma_w_sqrt_2_whose_biases_are_trained() -> None:
    x = normal(3, 2)
    shape = architecture(2, "relu", math.sqrt(2), 0.0, parameterization="standard", width=8)
    he = replace(shape, sigma_w=99.0, sigma_b=99.0, initialization="he")
    assert torch.equal(infinite_ntk(he, x), infinite_ntk(shape, x))


@pytest.mark.parametrize(
    ("parameterization", "initialization"), [("mean_field", "normal"), ("standard", "normal"), ("standard", "he")]
)
def test_layers_of_different_widths(parameterization: str, initialization: str) -> None:
    """The mean of K_0 over draws, whose widths enter it one by one."""
    x, draws = normal(3, 3), generator(3)
    shape = architecture(
        3, "relu", 1.3, 0.4, width=(300, 1200, 600), parameterization=parameterization, initialization=initialization
    )
    nets = [MLP.create(3, shape, generator=draws) for _ in range(12)]
    mean, limit = torch.stack([empirical_ntk(net, x) for net in nets]).mean(0), infinite_ntk(shape, x)
    assert float((mean - limit).norm() / limit.norm()) < 0.1
    of_one = infinite_ntk(replace(shape, width=300), x)
    assert float((mean - of_one).norm() / limit.norm()) > 0.3
