import pytest
import torch

from ntkscope.numerics import ACTIVATIONS, MLP, empirical_ntk, empirical_ntk_full, empirical_ntk_mean
from tests.numerics.twins import (
    REFERENCE,
    architecture,
    generator,
    jacobian,
    kernel_error,
    network,
    normal,
    reference_network,
    tensor,
)

SCALAR = [case for case in REFERENCE["empirical"] if case["dims"][-1] == 1]
SEVERAL = [case for case in REFERENCE["empirical"] if case["dims"][-1] > 1]


def matrix(full: torch.Tensor) -> torch.Tensor:
    """(n1, n2, m, m) as (n1 m, n2 m)."""
    n1, n2, m, _ = full.shape
    return full.transpose(1, 2).reshape(n1 * m, n2 * m)


@pytest.mark.parametrize("case", SCALAR, ids=lambda case: case["id"])
def test_reference_kernels(case: dict) -> None:
    net, x, x2 = reference_network(case), tensor(case["X"]), tensor(case["X2"])
    true, cross = tensor(case["K"]), tensor(case["K_21"])
    assert kernel_error(empirical_ntk(net, x), true, true) < 1e-12
    assert kernel_error(empirical_ntk(net, x2, x), cross, true) < 1e-12


@pytest.mark.parametrize("case", SEVERAL, ids=lambda case: case["id"])
def test_reference_kernels_of_several_outputs(case: dict) -> None:
    net, x, x2 = reference_network(case), tensor(case["X"]), tensor(case["X2"])
    true, cross, mean = (tensor(case[name]) for name in ("K_full", "K_full_21", "K_trace_mean_nt"))
    assert kernel_error(matrix(empirical_ntk_full(net, x)), matrix(true), matrix(true)) < 1e-12
    assert kernel_error(matrix(empirical_ntk_full(net, x2, x)), matrix(cross), matrix(true)) < 1e-12
    assert kernel_error(empirical_ntk_mean(net, x), mean, mean) < 1e-12


def check_against_jacobians(net: MLP, x: torch.Tensor, x2: torch.Tensor) -> None:
    j, j2 = jacobian(net, x), jacobian(net, x2)
    true, cross = torch.einsum("iop,jqp->ijoq", j, j), torch.einsum("iop,jqp->ijoq", j2, j)
    assert kernel_error(matrix(empirical_ntk_full(net, x)), matrix(true), matrix(true)) < 1e-12
    assert kernel_error(matrix(empirical_ntk_full(net, x2, x)), matrix(cross), matrix(true)) < 1e-12
    mean, mean_cross = (full.diagonal(dim1=2, dim2=3).mean(-1) for full in (true, cross))
    assert kernel_error(empirical_ntk_mean(net, x), mean, mean) < 1e-12
    assert kernel_error(empirical_ntk_mean(net, x2, x), mean_cross, mean) < 1e-12
    if net.outputs == 1:
        assert kernel_error(empirical_ntk(net, x), mean, mean) < 1e-12


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("outputs", [1, 3])
def test_every_activation_is_jacobian_times_its_transpose(name: str, outputs: int) -> None:
    check_against_jacobians(network(name, outputs=outputs), normal(7, 3), normal(4, 3, seed=1))


@pytest.mark.parametrize("parameterization", ["ntk", "standard", "mean_field"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("depth", [0, 1, 4])
@pytest.mark.parametrize("outputs", [1, 2])
def test_every_parameterization_is_jacobian_times_its_transpose(
    parameterization: str, bias: bool, depth: int, outputs: int
) -> None:
    net = network("gelu", depth, parameterization, bias, outputs)
    check_against_jacobians(net, normal(6, 3), normal(3, 3, seed=1))


@pytest.mark.parametrize("n", [128, 129, 200, 301])
@pytest.mark.parametrize("outputs", [1, 2])
def test_strips_join_without_a_seam(n: int, outputs: int) -> None:
    net, x, x2 = network("erf", 2, outputs=outputs), normal(n, 3), normal(n + 5, 3, seed=1)
    j, j2 = jacobian(net, x).flatten(0, 1), jacobian(net, x2).flatten(0, 1)
    true = j @ j.T
    kernel = matrix(empirical_ntk_full(net, x))
    assert kernel_error(kernel, true, true) < 1e-12
    assert torch.equal(kernel, kernel.T)
    assert torch.allclose(matrix(empirical_ntk_full(net, x2, x)), j2 @ j.T, rtol=1e-11, atol=1e-11)
    mean = empirical_ntk_mean(net, x)
    assert torch.equal(mean, mean.T)
    assert torch.allclose(mean, empirical_ntk_mean(net, x, x), rtol=1e-12, atol=1e-12)


def test_float64_by_default_float32_on_request() -> None:
    net, x = network("tanh").to(dtype=torch.float32), normal(5, 3).float()
    exact = empirical_ntk(net.to(dtype=torch.float64), x.double())
    assert torch.equal(empirical_ntk(net, x), exact)
    single = empirical_ntk(net, x, dtype=torch.float32)
    assert single.dtype == torch.float32
    assert kernel_error(single.double(), exact, exact) < 1e-5


def test_small_inputs_keep_their_digits() -> None:
    """Without a bias K(x, x) is of the size of |x|^2: an absolute error of u would show."""
    for name in ("tanh", "erf", "sin", "gelu"):
        net, x = network(name, 2, bias=False), normal(5, 3) * 1e-7
        j = jacobian(net, x)[:, 0]
        assert kernel_error(empirical_ntk(net, x), j @ j.T, j @ j.T) < 1e-12


def test_several_outputs_need_a_choice() -> None:
    with pytest.raises(ValueError, match=r"this one has 3\. Use empirical_ntk_full or empirical_ntk_mean"):
        empirical_ntk(network(outputs=3), normal(4, 3))


def test_one_input() -> None:
    net, x = network(), normal(1, 3)
    assert empirical_ntk(net, x).item() == pytest.approx(jacobian(net, x).square().sum().item(), rel=1e-13)


def test_the_kernel_does_not_touch_the_network() -> None:
    net = MLP.create(2, architecture(2, "linear", 1.0, 0.5, width=8), generator=generator())
    before = net.to_bytes()
    x = normal(5, 2)
    kept = x.clone()
    empirical_ntk(net, x)
    assert net.to_bytes() == before
    assert torch.equal(x, kept)
