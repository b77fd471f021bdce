"""What each part of a reference file is compared with: public functions of `ntkscope.numerics`, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from torch import Tensor

from conformance_errors import (
    UNIT,
    Case,
    Measure,
    array,
    exact_measure,
    function_measure,
    kernel_measure,
    mode_measure,
    scaled_measure,
)
from ntkscope.numerics import (
    MLP,
    Activation,
    Architecture,
    InfiniteKernels,
    activation,
    empirical_ntk,
    empirical_ntk_full,
    empirical_ntk_mean,
    flow_factor,
    infinite_kernels,
    kernel_matrix,
    mean_loss_time,
    momentum_flow_factor,
    predict,
    scales,
    spectrum,
)


@dataclass(frozen=True)
class Quantity:
    """What is compared: how the product gets it, which column has the truth, and how the error is measured."""

    name: str
    compute: Callable[[], object]
    truth: str
    measure: Measure
    other: str | None = None  # the column that neural-tangents computed, where it is not the truth


class Skipped(Exception):
    """The product has no such activation or parameterization."""


def known_activation(name: str, parameters: dict[str, float]) -> Activation:
    try:
        # `deg` is the order of neural-tangents' own quadrature
        return activation(name, **{key: value for key, value in parameters.items() if key != "deg"})
    except ValueError as error:
        raise Skipped(str(error)) from None


def infinite(case: Case, device: torch.device) -> Iterator[Quantity]:
    phi = known_activation(case["activation"], case["act_params"])
    x, x2 = (torch.tensor(case[name], dtype=torch.float64, device=device) for name in ("X", "X2"))

    @cache
    def kernels(cross: bool) -> InfiniteKernels:
        first, second = (x2, x) if cross else (x, None)
        return infinite_kernels(Architecture(case["depth"], phi, case["W_std"], case["b_std"]), first, second)

    def kernel(name: str, cross: bool) -> Tensor:
        found: Tensor = getattr(kernels(cross), name)
        return found

    tolerance = 1e-10 if case["activation"] == "tanh" else 1e-11
    for name in ("nngp", "ntk"):
        for cross, column in ((False, name), (True, f"{name}_21")):
            measure = kernel_measure(case, f"{name}_hp", tolerance, cross)
            yield Quantity(column, partial(kernel, name, cross), f"{column}_hp", measure, f"{column}_nt")


def empirical(case: Case, device: torch.device) -> Iterator[Quantity]:
    phi = known_activation(case["activation"], case.get("act_params", {}))

    def tensor(values: object) -> Tensor:
        return torch.tensor(values, dtype=torch.float64, device=device)

    weights, biases = [tensor(values) for values in case["W"]], [tensor(values) for values in case["b"]]
    kind, sigma_w, sigma_b = case["parameterization"], case["W_std"], case["b_std"]
    try:
        conversion = scales(kind, case["dims"][:-1], sigma_w, sigma_b)
    except ValueError as error:
        raise Skipped(str(error)) from None
    network = MLP.from_parameters(
        weights, biases, Architecture(case["depth"], phi, sigma_w, sigma_b, parameterization=kind)
    )
    x, x2, y = tensor(case["X"]), tensor(case["X2"]), tensor(case["y"])
    several = case["dims"][-1] > 1
    full = cache(lambda: empirical_ntk_full(network, x))
    modes = cache(lambda: spectrum(kernel_matrix(full()) if several else empirical_ntk(network, x)))

    def mode_residual() -> Tensor:
        f = network(x)
        return modes().mode_coefficients((f - y.view(f.shape)).flatten()).abs()

    yield Quantity("weight_scale", lambda: tensor(conversion.weight_scales), "weight_scale", exact_measure)
    yield Quantity("bias_scale", lambda: tensor(conversion.bias_scale), "bias_scale", exact_measure)
    yield Quantity("f", lambda: network(x), "f", scaled_measure(lambda true: np.abs(true).max(), 1e-12))
    if several:
        square, block = "K_full", "K_full_21"
        yield Quantity(square, full, square, kernel_measure(case, square, 1e-12))
        measure = kernel_measure(case, square, 1e-12, cross=True)
        yield Quantity(block, lambda: empirical_ntk_full(network, x2, x), block, measure)
        mean = "K_trace_mean_nt"
        yield Quantity("K_trace_mean", lambda: empirical_ntk_mean(network, x), mean, kernel_measure(case, mean, 1e-12))
    else:
        yield Quantity("K", lambda: empirical_ntk(network, x), "K", kernel_measure(case, "K", 1e-12))
        measure = kernel_measure(case, "K", 1e-12, cross=True)
        yield Quantity("K_21", lambda: empirical_ntk(network, x2, x), "K_21", measure)
    values, magnitudes = (
        ("eigvals_full_desc", "abs_mode_residual_full") if several else ("eigvals_desc", "abs_mode_residual")
    )
    largest = scaled_measure(lambda true: float(true[0]), 1e-12)
    yield Quantity(values, lambda: modes().eigenvalues, values, largest)
    yield Quantity(magnitudes, mode_residual, magnitudes, mode_measure(case, values))


def prediction_inputs(case: Case, device: torch.device) -> dict[str, Tensor]:
    names = ("K_train_train", "K_test_train", "y_train", "f0_train", "f0_test", "t_nt")
    return {name: torch.from_numpy(array(case[name])).to(device) for name in names}


def predictions(
    case: Case, given: dict[str, Tensor], truth: str, tolerance: float, factor: Callable[[Tensor], Tensor]
) -> Iterator[Quantity]:
    """f at the training and the test points; `factor` takes the eigenvalues."""
    residual = given["f0_train"] - given["y_train"]
    modes = cache(lambda: spectrum(given["K_train_train"]))

    def prediction(kernel: str, start: str) -> Tensor:
        return predict(modes(), given[kernel], residual, given[start], factor(modes().eigenvalues))

    measure = function_measure(case, tolerance)
    for name, kernel, start in (("f_train", "K_train_train", "f0_train"), ("f_test", "K_test_train", "f0_test")):
        yield Quantity(name, partial(prediction, kernel, start), f"{name}_{truth}", measure, f"{name}_nt")


def gradient_flow_part(case: Case, device: torch.device) -> Iterator[Quantity]:
    given = prediction_inputs(case, device)
    rate, n, m = case["learning_rate"], case["n_train"], case["n_out"]
    taus = [mean_loss_time(time, rate, n, m) for time in given["t_nt"].tolist()]
    times = torch.tensor(taus, dtype=torch.float64, device=device)
    tau = "tau_half_sum_sq"
    yield Quantity(tau, lambda: times, tau, exact_measure)
    tolerance = 1e-12 + 10 * UNIT * case["cond_K"]
    yield from predictions(case, given, "hp", tolerance, lambda eigenvalues: flow_factor(eigenvalues, times))


def momentum_part(case: Case, device: torch.device) -> Iterator[Quantity]:
    given = prediction_inputs(case, device)
    rate, momentum, steps = case["learning_rate"], case["momentum"], given["t_nt"]
    tolerance = 1e-11 + 10 * UNIT * float(np.linalg.cond(array(case["K_train_train"])))

    def factor(eigenvalues: Tensor) -> Tensor:
        return momentum_flow_factor(eigenvalues, rate, momentum, steps)

    yield from predictions(case, given, "expm", tolerance, factor)


PARTS: dict[str, Callable[[Case, torch.device], Iterator[Quantity]]] = {
    "infinite": infinite,
    "empirical": empirical,
    "predict": gradient_flow_part,
    "predict_momentum": momentum_part,
}
