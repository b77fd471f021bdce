"""The kernel of any torch module, against J J^T by plain autograd, one row at a time."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from ntkscope.errors import InvalidInput
from ntkscope.numerics import empirical_ntk, empirical_ntk_full, empirical_ntk_mean, module_ntk
from tests.numerics.modules import ARCHITECTURES, Function, autograd_jacobian, check, linear, mlp
from tests.numerics.twins import normal


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda architecture: architecture.name)
def test_every_architecture_is_jacobian_times_its_transpose(architecture: Any) -> None:
    check(architecture.module(), architecture.route, "", architecture.inputs(7, 1))


def test_one_output_is_a_matrix_and_empirical_ntk_takes_a_module() -> None:
    x, x2 = normal(6, 3), normal(4, 3, seed=1)
    net, two = mlp(), nn.Sequential(linear(3, 5), nn.Tanh(), linear(5, 2))
    j, j2 = autograd_jacobian(net, x), autograd_jacobian(net, x2)
    assert torch.allclose(empirical_ntk(net, x), j @ j.T, rtol=1e-12, atol=1e-12)
    assert torch.allclose(empirical_ntk(net, x2, x), j2 @ j.T, rtol=1e-12, atol=1e-12)
    assert torch.equal(empirical_ntk(net, x2, x), module_ntk(net, x2, x).kernel)
    full = empirical_ntk_full(two, x2, x)
    assert full.shape == (4, 6, 2, 2)
    assert torch.equal(empirical_ntk_mean(two, x2, x), (full[:, :, 0, 0] + full[:, :, 1, 1]) / 2)


def test_outputs_may_be_flat_and_squeezed() -> None:
    check(Function(lambda self, x: self.a(x).squeeze(), a=linear()), "layerwise", "every trained parameter")
    scale = nn.Parameter(torch.tensor(2.0, dtype=torch.float64))
    check(Function(lambda self, x: self.s * self.a(x).squeeze(), a=linear(), s=scale), "jacobian", "s is a parameter")


def test_hooks_see_a_parameter_in_no_layer() -> None:
    offset = nn.Parameter(normal(3))
    check(Function(lambda self, x: self.a(x + self.offset), a=linear(), offset=offset), "jacobian", "offset is a param")


def test_a_subclass_of_linear_may_compute_anything() -> None:
    class Squared(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            return functional.linear(x, self.weight**2, self.bias)

    check(nn.Sequential(Squared(3, 4).double(), nn.Tanh(), linear(4)), "jacobian", "0.weight is a parameter of Squared")


def test_a_weight_shared_by_two_layers() -> None:
    net = nn.Sequential(linear(3, 3), nn.Tanh(), linear(3, 3), nn.Tanh(), linear())
    net[2].weight = net[0].weight
    check(net, "jacobian", "2.weight is shared with 0.weight")


def test_a_layer_under_two_names() -> None:
    layer = linear(3, 3)
    net = nn.Sequential(layer, nn.Tanh(), layer, linear())
    check(net, "jacobian", "0 is used 2 times")
    assert "row by row" not in module_ntk(net, normal(4, 3)).reason


def test_a_weight_used_outside_its_layer_is_caught_by_the_check() -> None:
    net = Function(lambda self, x: self.b(torch.tanh(self.a(x))) + (x @ self.a.weight.T).sum(1, True),
                   a=linear(3, 4), b=linear(4))  # fmt: skip
    check(net, "jacobian", "the layerwise formula was off by")


def test_a_weight_used_outside_its_layer_in_one_row_alone_is_caught() -> None:
    """None of the rows that are looked at one by one is that row."""

    def forward(self: Any, x: Tensor) -> Tensor:
        extra = (x @ self.a.weight.T).sum(1, True)
        return self.b(torch.tanh(self.a(x))) + torch.where(x[:, :1] == 9, extra, torch.zeros_like(extra))

    x = normal(9, 3)
    x[2, 0] = 9
    net = Function(forward, a=linear(3, 4), b=linear(4))
    check(net, "jacobian", "the layerwise formula was off by", x)
    assert module_ntk(net, normal(4, 3), x).route == module_ntk(net, x, normal(4, 3)).route == "jacobian"
    assert module_ntk(net, normal(4, 3)).route == "layerwise"


def test_a_layer_used_on_every_position() -> None:
    net = Function(lambda self, x: self.a(x.reshape(-1, 3, 1)).flatten(1).sum(1), a=linear(1, 4))
    check(net, "jacobian", "a is not used once for each row: it takes (")


def test_rows_in_another_order_inside() -> None:
    net = Function(lambda self, x: self.b(torch.tanh(self.a(x.flip(0)))).flip(0), a=linear(3, 4), b=linear(4))
    check(net, "jacobian", "off by")


def test_a_layer_with_hooks_of_the_users_own() -> None:
    net = mlp()
    net[0].register_forward_hook(lambda layer, args, z: 3 * z)
    net[2].register_forward_pre_hook(lambda layer, args: (args[0] + 1,))
    check(net, "layerwise", "")


def test_a_layer_called_by_keyword_and_one_that_is_not_called() -> None:
    check(Function(lambda self, x: self.a(input=x), a=linear()), "layerwise", "")
    check(Function(lambda self, x: self.a(x), a=linear(), b=linear()), "jacobian", "b is used 0 times")


def test_a_parameter_of_two_names_in_one_layer() -> None:
    one = nn.Parameter(normal(1, 3))
    net = Function(lambda self, x: torch.tanh(x @ self.a.T) * (x @ self.b.T), a=one, b=one)
    check(net, "jacobian", "a is a parameter of Function")
    assert "row by row" not in module_ntk(net, normal(4, 3)).reason


def test_parametrized_layers() -> None:
    net = nn.Sequential(nn.utils.parametrizations.weight_norm(linear(3, 4)), nn.Tanh(), linear(4))
    check(net, "jacobian", "0.bias is a parameter of ParametrizedLinear")


def test_a_module_that_torch_func_cannot_vectorize() -> None:
    def forward(self: Any, x: Tensor) -> Tensor:
        return torch.cat([self.s * self.a(row[None]) * (2.0 if row[0].item() > 0 else 1.0) for row in x])

    scale = nn.Parameter(torch.tensor(0.5, dtype=torch.float64))
    check(Function(forward, a=linear(), s=scale), "jacobian", "row by row, as torch.func could not: ")


def test_an_embedding_of_whole_numbers() -> None:
    net = nn.Sequential(nn.Embedding(5, 3), nn.Flatten(), linear(6)).double()
    check(net, "jacobian", "Embedding", torch.tensor([[0, 1], [4, 2], [3, 3], [1, 1], [0, 4]]))


@pytest.mark.parametrize(
    ("module", "x", "remedy"),
    [
        (nn.Sequential(nn.Embedding(5, 3), nn.Flatten(), linear(6)), torch.ones(2, 2), r"x\.long\(\)"),
        (nn.Sequential(nn.Embedding(5, 3), nn.Flatten(), linear(6)), torch.full((2, 2), 5), "below the embedding's"),
        (linear(2), torch.ones(3, 2, dtype=torch.int64), r"x\.double\(\)"),
    ],
)
def test_whole_numbers_where_others_are_taken_and_the_reverse(module: nn.Module, x: Tensor, remedy: str) -> None:
    with pytest.raises(InvalidInput, match=remedy):
        module_ntk(module, x)


def test_frozen_parameters_are_left_out_and_named() -> None:
    net = nn.Sequential(nn.Conv1d(1, 2, 2).double(), nn.Flatten(), linear(4, 5), nn.Tanh(), linear(5))
    for parameter in [*net[0].parameters(), net[2].bias, net[4].weight]:
        parameter.requires_grad_(False)
    check(net, "layerwise", "", normal(7, 1, 3))
    assert module_ntk(net, normal(7, 1, 3)).frozen == ("0.weight", "0.bias", "2.bias", "4.weight")


def test_a_module_that_works_in_place_on_its_input() -> None:
    x = normal(5, 3)
    kept = x.clone()
    net = Function(lambda self, x: self.a(x.mul_(2)), a=linear())
    assert torch.allclose(module_ntk(net, x).kernel, 4 * x @ x.T + 1, rtol=1e-12, atol=1e-12)
    double = nn.Bilinear(3, 3, 1, bias=False).double()
    net = Function(lambda self, x: self.a(x.mul_(2), x), a=double)
    assert torch.allclose(module_ntk(net, x).kernel, 16 * (x @ x.T) ** 2, rtol=1e-12, atol=1e-12)
    assert torch.equal(x, kept)


def test_a_module_that_differentiates_in_its_forward() -> None:
    def slope(self: Any, x: Tensor) -> Tensor:
        x.requires_grad_()
        return torch.autograd.grad(self.a(x).sum(), x, create_graph=True)[0][:, 0]

    check(Function(slope, a=mlp()), "jacobian", "row by row, as torch.func could not")


def test_recurrent_layers_and_a_transformer() -> None:
    lstm = nn.LSTM(3, 4, batch_first=True).double()
    net = Function(lambda self, x: self.b(self.a(x)[0][:, -1]), a=lstm, b=linear(4))
    check(net, "jacobian", "weight_ih_l0 is a parameter of LSTM", normal(4, 5, 3))
    block = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True).double().eval()
    net = Function(lambda self, x: self.b(self.a(x).mean(1)), a=block, b=linear(4, 2))
    check(net, "jacobian", "in_proj_weight is a parameter of MultiheadAttention", normal(4, 5, 4))


def test_a_float32_module_is_computed_in_float64_and_never_changed() -> None:
    def forward(self: Any, x: Tensor) -> Tensor:
        self.calls += 1
        return self.norm(self.a(x)).tanh_().sum(1) + self.offset

    torch.manual_seed(0)
    net = Function(forward, a=nn.Linear(3, 4), norm=nn.BatchNorm1d(4)).eval()
    net.register_buffer("offset", torch.tensor(1.5))
    before, x = copy.deepcopy(net), normal(6, 3).float()
    kept = x.clone()
    found = module_ntk(net, x).kernel
    j = autograd_jacobian(copy.deepcopy(net).double(), x.double())
    assert found.dtype == torch.float64
    assert torch.allclose(found, j @ j.T, rtol=1e-12, atol=1e-12)
    assert torch.equal(x, kept)
    assert (net.calls, net.a._forward_hooks) == (0, {})
    assert all(parameter.grad is None for parameter in net.parameters())
    assert all(value.dtype == before.state_dict()[name].dtype for name, value in net.state_dict().items())
    assert all(torch.equal(value, before.state_dict()[name]) for name, value in net.state_dict().items())
    single = module_ntk(net, x, dtype=torch.float32).kernel
    assert single.dtype == torch.float32
    assert torch.allclose(single.double(), found, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_callers_gradient_mode_does_not_matter(mode: Callable[[], Any]) -> None:
    x = normal(5, 3)
    with mode():
        found = module_ntk(mlp(), x + 0).kernel
    assert torch.equal(found, module_ntk(mlp(), x).kernel)
    assert not found.requires_grad


def test_one_row_and_a_row_of_norm_zero() -> None:
    check(nn.Sequential(linear(3, 6), nn.Tanh(), linear(6)), "layerwise", "")
    assert module_ntk(mlp(), normal(1, 3)).kernel.shape == (1, 1)
    x = torch.cat([torch.zeros(1, 3, dtype=torch.float64), normal(3, 3)])
    found = module_ntk(linear(bias=False), x)
    assert torch.allclose(found.kernel, x @ x.T, rtol=1e-14, atol=0)
    assert found.route == "layerwise"
