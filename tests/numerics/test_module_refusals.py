"""Modules that have no kernel are refused: what was expected, what came, what to do."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from ntkscope.errors import InvalidInput
from ntkscope.numerics import empirical_ntk, module_ntk
from tests.numerics.modules import Function, autograd_jacobian, check, linear, mlp
from tests.numerics.twins import normal


def refused(module: nn.Module, expected: str, got: str, remedy: str, x: Tensor | None = None, **options: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        module_ntk(module, normal(5, 3) if x is None else x, **options)
    error = caught.value
    assert expected in error.expected
    assert got in error.got
    assert remedy in error.remedy


@pytest.mark.parametrize("call", [module_ntk, empirical_ntk])
def test_several_outputs_need_a_choice(call: Callable[..., Any]) -> None:
    with pytest.raises(InvalidInput, match=r"one output\. You gave one of 2\. Use module_ntk_full"):
        call(linear(3, 2), normal(4, 3))


@pytest.mark.parametrize("layer", [nn.Dropout(0.2), nn.Dropout1d(0.2), nn.BatchNorm1d(6).double()])
def test_layers_that_depend_on_the_mode(layer: nn.Module) -> None:
    net = nn.Sequential(linear(3, 6), layer, nn.Tanh(), linear(6))
    name = type(layer).__name__
    refused(net, "dropout and batch norm in evaluation mode", f"1 ({name}) in training mode", "module.eval()")
    net.eval()
    j = autograd_jacobian(net, normal(7, 3))
    assert torch.allclose(module_ntk(net, normal(7, 3)).kernel, j @ j.T, rtol=1e-12, atol=1e-12)


def test_dropout_inside_other_layers_and_dropout_of_nothing() -> None:
    net = Function(lambda self, x: self.b(self.a(x[:, None])[0][:, 0]), a=nn.LSTM(3, 4, 2, dropout=0.1), b=linear(4))
    refused(net, "evaluation mode", "a (LSTM) in training mode", "module.eval()")
    check(nn.Sequential(linear(3, 6), nn.Dropout(0.0), linear(6)), "layerwise", "")


def test_dropout_that_no_mode_turns_off() -> None:
    net = Function(lambda self, x: functional.dropout(self.a(x), 0.5), a=linear()).eval()
    refused(net, "one fixed function", "outputs change by", "what is random")


def test_rows_that_depend_on_each_other() -> None:
    net = nn.Sequential(linear(3, 6), nn.BatchNorm1d(6, track_running_stats=False).double(), linear(6)).eval()
    refused(net, "on that row alone", "1 (BatchNorm1d), which takes the statistics", "track_running_stats")
    net = Function(lambda self, x: self.a(torch.tanh(x - x.mean(0))), a=linear())
    refused(net, "on that row alone", "without the others", "statistics over the batch")


def test_derivatives_that_depend_on_other_rows() -> None:
    """The outputs do not, so that nothing but the derivatives shows it."""

    def forward(self: Any, x: Tensor) -> Tensor:
        f = self.a(x)
        return f + f.mean() - f.mean().detach()

    refused(Function(forward, a=linear()), "derivatives of a row", "between a row alone and the rows together", "mixes")


def test_derivatives_that_depend_on_a_row_which_is_not_looked_at_alone() -> None:
    def forward(self: Any, x: Tensor) -> Tensor:
        f = self.s * self.a(x)
        extra = torch.where(x[:, :1] == 9, f, torch.zeros_like(f)).sum()
        return f + extra - extra.detach()

    x = normal(9, 3)
    x[2, 0] = 9
    net = Function(forward, a=linear(), s=nn.Parameter(torch.tensor(2.0, dtype=torch.float64)))
    refused(net, "derivatives of a row", "between a row alone and the rows together", "mixes", x)
    refused(net, "derivatives of a row", "between a row alone and the rows together", "mixes", normal(4, 3), x2=x)


@pytest.mark.parametrize(
    ("forward", "expected", "got", "remedy"),
    [
        (lambda self, x: (self.a(x), x), "return one tensor", "returns tuple", "torch.cat"),
        (lambda self, x: {"f": self.a(x)}, "return one tensor", "returns dict", "torch.cat"),
        (lambda self, x: self.a(x).sum(), "(n,) or (n, m)", "shape ()", "flatten"),
        (lambda self, x: self.a(x)[:, None], "(n,) or (n, m)", "shape (5, 1, 1)", "flatten"),
        (lambda self, x: self.a(x)[:2], "here n = 5", "shape (2, 1)", "flatten"),
        (lambda self, x: self.a(x)[:, :0], "(n,) or (n, m)", "shape (5, 0)", "flatten"),
        (lambda self, x: self.a(x[:, :2]), "take one tensor", "RuntimeError", "inputs' shape"),
        (lambda self, x: self.a(x).float(), "compute in torch.float64", "torch.float32", "casts"),
        (lambda self, x: self.a(x).argmax(1), "compute in torch.float64", "torch.int64", "casts"),
        (lambda self, x: self.a(x).detach(), "depend on a trainable parameter", "without a gradient", "detach"),
        (lambda self, x: self.a(x) / 0, "outputs at x1 must be finite", "in row 0", "Look at"),
        (lambda self, x: (self.a(x) - self.a(x)).abs().sqrt(), "derivatives by the parameters", "NaN", "roots"),
        (lambda self, x: self.a(x).exp_().mul_(2) * self.a(x).exp_().exp_(), "Autograd must", "in-place", "in-place"),
    ],
)  # fmt: skip
def test_outputs_that_are_no_function_of_rows(forward: Any, expected: str, got: str, remedy: str) -> None:
    refused(Function(forward, a=linear()), expected, got.replace("in-place", "inplace operation"), remedy)


def test_inputs_that_do_not_fit() -> None:
    x = normal(5, 3)
    x[3, 1] = torch.nan
    refused(mlp(), "x1 must be finite", "nan in row 3", "that input", x)
    refused(mlp(), "x2 must be finite", "nan in row 3", "that input", normal(2, 3), x2=x)
    refused(mlp(), "at least one row", "(0, 3)", "one row or more", normal(0, 3))
    refused(mlp(), "take one tensor", "RuntimeError", "inputs' shape", normal(5, 2))
    refused(mlp(), "float64 or float32", "torch.float16", "Leave it out", dtype=torch.float16)
    refused(mlp(), "at least 1", "0", "Leave chunk out", chunk=0)


def test_parameters_that_are_not_numbers_yet_or_not_real() -> None:
    refused(
        Function(lambda self, x: x, a=nn.Parameter(torch.ones(1) * 1j)), "must be real", "complex", "two parameters"
    )
    refused(nn.LazyLinear(1), "must have values", "weight, bias without a shape", "Run the module once")


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_torchscript() -> None:
    refused(torch.jit.script(mlp()), "not of TorchScript", "RecursiveScriptModule", "that it was made from")


def test_a_function_that_moves_with_every_call() -> None:
    """The power iteration of a spectral norm in training mode."""
    torch.manual_seed(0)
    net = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 30), n_power_iterations=2)
    refused(nn.Sequential(net, linear(30)), "one fixed function", "when they are computed again", "module.eval()")
    check(nn.Sequential(net.double(), linear(30)).eval(), "jacobian", "ParametrizedLinear")


def test_a_module_that_cannot_be_copied() -> None:
    net = Function(lambda self, x: self.a(x), a=linear())
    net.cache = net.a(normal(1, 3))
    refused(net, "on a copy", "explicitly by the user", "Remove tensors with a graph")


def test_nothing_to_train() -> None:
    net = mlp().requires_grad_(False)
    refused(net, "at least one trainable parameter", "4 parameters have requires_grad = False", "Set requires_grad")
    refused(nn.Flatten(), "at least one trainable parameter", "one without parameters", "Set requires_grad")
