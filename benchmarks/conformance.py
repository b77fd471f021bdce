"""Does the product agree with reference values that it did not compute?

python benchmarks/conformance.py FILE [--part NAME]... [--show-nt] [--device cuda] [--json PATH]

FILE has the structure of tests/reference/public.json; its README says what every number is and how errors are
measured. Everything is computed by public functions of `ntkscope.numerics`, in float64. One line for each case and
quantity: id, part, activation, quantity, max_rel_error, tolerance, ok | FAIL | SKIP.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.numerics import (
    MLP,
    Activation,
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

Array = NDArray[np.float64]
Case = dict[str, Any]
Measure = Callable[[Array, Array], tuple[float, float]]  # (found, true) -> error and tolerance
UNIT = 2.0**-52  # the README's u


@dataclass(frozen=True)
class Quantity:
    """What is compared: how the product gets it, which column has the truth, and how the error is measured."""

    name: str
    compute: Callable[[], object]
    truth: str
    measure: Measure
    other: str | None = None  # the column that neural-tangents computed, where it is not the truth


@dataclass(frozen=True)
class Line:
    """One comparison, as it is printed."""

    id: str
    part: str
    activation: str
    quantity: str
    error: float
    tolerance: float
    outcome: str
    note: str = ""
    nt_error: float | None = None

    def text(self) -> str:
        numbers = f"{self.error:13.3e} {self.tolerance:10.3e}"
        nt = "" if self.nt_error is None else f"  nt={self.nt_error:.1e}"
        note = f"  {self.note}" if self.note else ""
        names = f"{self.id:16} {self.part:16} {self.activation:10} {self.quantity:23}"
        return f"{names} {numbers}  {self.outcome}{nt}{note}"


class Skipped(Exception):
    """The product has no such activation or parameterization."""


def array(values: object) -> Array:
    """Stored numbers; infinity is the string "inf"."""
    return np.array(values, dtype=np.float64)


def relative(found: Array, true: Array, scale: Array | float) -> float:
    """max |found - true| / scale; where the scale is 0 the two must be equal."""
    difference = np.abs(found - true)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(difference == 0, 0.0, difference / scale)
    return float(ratio.max())


def kernel_measure(case: Case, square: str, tolerance: float, cross: bool = False) -> Measure:
    """|A - B|_ij / sqrt(B_ii B_jj); of a cross block's row i sqrt(B_ii) is max_j |B_ij| / sqrt(K_jj)."""

    def matrix(values: Array) -> Array:
        if values.ndim == 2:
            return values
        rows, columns, m, _ = values.shape
        return values.transpose(0, 2, 1, 3).reshape(rows * m, columns * m)

    def measure(found: Array, true: Array) -> tuple[float, float]:
        found, true = matrix(found), matrix(true)
        columns = np.sqrt(np.diag(matrix(array(case[square]))))
        if cross:
            with np.errstate(divide="ignore", invalid="ignore"):
                rows = np.where(columns > 0, np.abs(true) / columns, 0.0).max(1)
        else:
            rows = columns
        return relative(found, true, rows[:, None] * columns), tolerance

    return measure


def scaled_measure(scale: Callable[[Array], float], tolerance: float) -> Measure:
    return lambda found, true: (relative(found, true, scale(true)), tolerance)


def function_measure(case: Case, tolerance: float) -> Measure:
    """Of f, relative to the largest of |f| and |y|."""
    return scaled_measure(lambda true: max(np.abs(true).max(), np.abs(array(case["y_train"])).max()), tolerance)


def exact_measure(found: Array, true: Array) -> tuple[float, float]:
    """Of a conversion: relative, infinity exactly."""
    same = found == true
    return relative(np.where(same, 0.0, found), np.where(same, 0.0, true), np.where(same, 1.0, np.abs(true))), 1e-15


def mode_measure(case: Case, eigenvalues: str) -> Measure:
    """Of |q_i^T r|: modes nearer than 1e-7 lambda_1 are compared as the root of the sum of their squares."""

    def measure(found: Array, true: Array) -> tuple[float, float]:
        values = array(case[eigenvalues])
        residual = (array(case["f"]) - array(case["y"]).reshape(array(case["f"]).shape)).ravel()
        n, norm = len(values), float(np.linalg.norm(residual))
        groups = [[0]]
        for i in range(1, n):
            if values[i - 1] - values[i] < 1e-7 * values[0]:
                groups[-1].append(i)
            else:
                groups.append([i])
        worst = (0.0, 1e-11)
        for group in groups:
            outside = np.delete(values, group)
            gap = min((float(np.abs(outside - values[i]).min()) for i in group if len(outside)), default=math.inf)
            tolerance = 1e-11 + 20 * n * UNIT * values[0] / gap
            error = abs(float(np.linalg.norm(found[group]) - np.linalg.norm(true[group]))) / norm
            if not error / tolerance <= worst[0] / worst[1]:
                worst = (error, tolerance)
        return worst

    return measure


def known_activation(name: str, parameters: dict[str, float]) -> Activation:
    try:
        # `deg` is the order of neural-tangents' own quadrature
        return activation(name, **{key: value for key, value in parameters.items() if key != "deg"})
    except ValueError as error:
        raise Skipped(str(error)) from None


def infinite(case: Case, device: torch.device) -> Iterator[Quantity]:
    phi = known_activation(case["activation"], case["act_params"])
    x, x2 = (torch.tensor(case[name], dtype=torch.float64, device=device) for name in ("X", "X2"))
    settings = {"depth": case["depth"], "activation": phi, "sigma_w": case["W_std"], "sigma_b": case["b_std"]}
    square = cache(lambda: infinite_kernels(x, **settings))
    cross = cache(lambda: infinite_kernels(x2, x, **settings))
    tolerance = 1e-10 if case["activation"] == "tanh" else 1e-11
    for name in ("nngp", "ntk"):
        truth, block = f"{name}_hp", f"{name}_21_hp"
        yield Quantity(
            name, lambda name=name: getattr(square(), name), truth,
            kernel_measure(case, truth, tolerance), f"{name}_nt",
        )  # fmt: skip
        yield Quantity(
            f"{name}_21", lambda name=name: getattr(cross(), name), block,
            kernel_measure(case, truth, tolerance, cross=True), f"{name}_21_nt",
        )  # fmt: skip


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
    network = MLP.from_parameters(weights, biases, phi, kind, sigma_w, sigma_b)
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
        yield Quantity(block, lambda: empirical_ntk_full(network, x2, x), block,
                       kernel_measure(case, square, 1e-12, cross=True))  # fmt: skip
        mean = "K_trace_mean_nt"
        yield Quantity("K_trace_mean", lambda: empirical_ntk_mean(network, x), mean, kernel_measure(case, mean, 1e-12))
    else:
        yield Quantity("K", lambda: empirical_ntk(network, x), "K", kernel_measure(case, "K", 1e-12))
        yield Quantity("K_21", lambda: empirical_ntk(network, x2, x), "K_21",
                       kernel_measure(case, "K", 1e-12, cross=True))  # fmt: skip
    values, magnitudes = (
        ("eigvals_full_desc", "abs_mode_residual_full") if several else ("eigvals_desc", "abs_mode_residual")
    )
    largest = scaled_measure(lambda true: float(true[0]), 1e-12)
    yield Quantity(values, lambda: modes().eigenvalues, values, largest)
    yield Quantity(magnitudes, mode_residual, magnitudes, mode_measure(case, values))


def prediction_inputs(case: Case, device: torch.device) -> dict[str, Tensor]:
    names = ("K_train_train", "K_test_train", "y_train", "f0_train", "f0_test", "t_nt")
    return {name: torch.from_numpy(array(case[name])).to(device) for name in names}


def predictions(case: Case, given: dict[str, Tensor], factor: Callable[[], Tensor], truth: str, tolerance: float) -> Iterator[Quantity]:  # fmt: skip
    residual = given["f0_train"] - given["y_train"]
    modes = cache(lambda: spectrum(given["K_train_train"]))
    for name, kernel, start in (("f_train", "K_train_train", "f0_train"), ("f_test", "K_test_train", "f0_test")):
        yield Quantity(
            name, lambda kernel=kernel, start=start: predict(modes(), given[kernel], residual, given[start], factor()),
            f"{name}_{truth}", function_measure(case, tolerance), f"{name}_nt",
        )  # fmt: skip


def gradient_flow_part(case: Case, device: torch.device) -> Iterator[Quantity]:
    given = prediction_inputs(case, device)
    rate, n, m = case["learning_rate"], case["n_train"], case["n_out"]
    taus = [mean_loss_time(time, rate, n, m) for time in given["t_nt"].tolist()]
    times = torch.tensor(taus, dtype=torch.float64, device=device)
    tau = "tau_half_sum_sq"
    yield Quantity(tau, lambda: times, tau, exact_measure)
    tolerance = 1e-12 + 10 * UNIT * case["cond_K"]
    factor = cache(lambda: flow_factor(spectrum(given["K_train_train"]).eigenvalues, times))
    yield from predictions(case, given, factor, "hp", tolerance)


def momentum_part(case: Case, device: torch.device) -> Iterator[Quantity]:
    given = prediction_inputs(case, device)
    rate, momentum, steps = case["learning_rate"], case["momentum"], given["t_nt"]
    tolerance = 1e-11 + 10 * UNIT * float(np.linalg.cond(array(case["K_train_train"])))
    factor = cache(lambda: momentum_flow_factor(spectrum(given["K_train_train"]).eigenvalues, rate, momentum, steps))
    yield from predictions(case, given, factor, "expm", tolerance)


PARTS: dict[str, Callable[[Case, torch.device], Iterator[Quantity]]] = {
    "infinite": infinite,
    "empirical": empirical,
    "predict": gradient_flow_part,
    "predict_momentum": momentum_part,
}


def judge(line: Line, case: Case, quantity: Quantity, show_nt: bool) -> Line:
    """The line with its error, tolerance and outcome."""
    line = replace(line, quantity=quantity.name)
    if quantity.truth not in case:
        return replace(line, note=f"the file has no {quantity.truth}")
    true = array(case[quantity.truth])
    try:
        found = quantity.compute()
        if not isinstance(found, Tensor) or found.dtype != torch.float64:
            return replace(line, note=f"dtype {getattr(found, 'dtype', type(found).__name__)}, not float64")
        if tuple(found.shape) != true.shape:
            return replace(line, note=f"shape {tuple(found.shape)}, not {true.shape}")
        values = found.detach().cpu().numpy()
        if not np.array_equal(np.isfinite(values), np.isfinite(true)):
            return replace(line, note="not finite where the truth is")
        error, tolerance = quantity.measure(values, true)
        nt_error = None
        if show_nt and quantity.other in case:
            nt_error = quantity.measure(array(case[quantity.other]), true)[0]
    except Exception as problem:
        return replace(line, note=first_line(problem))
    return replace(
        line, error=error, tolerance=tolerance, outcome="ok" if error <= tolerance else "FAIL", nt_error=nt_error
    )


def first_line(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}".splitlines()[0]


def check(part: str, case: Case, device: torch.device, show_nt: bool) -> Iterator[Line]:
    """Every line of one case."""
    name = case.get("activation") or case.get("K_source", {}).get("activation", "-")
    blank = Line(str(case.get("id", "?")), part, name, "-", math.nan, math.nan, "FAIL")
    try:
        for quantity in PARTS[part](case, device):
            yield judge(blank, case, quantity, show_nt)
    except Skipped as problem:
        yield replace(blank, outcome="SKIP", note=str(problem))
    except KeyError as problem:
        yield replace(blank, note=f"the case has no {problem}")
    except Exception as problem:
        yield replace(blank, note=first_line(problem))


def summary(lines: list[Line], cases: dict[str, int]) -> Iterator[str]:
    yield f"\n{'part':16} {'activation':10} {'worst error':>11} {'tolerance':>10}  {'passed':>9}  id"
    for part, activation_name in dict.fromkeys((line.part, line.activation) for line in lines):
        group = [line for line in lines if (line.part, line.activation) == (part, activation_name)]
        made = [line for line in group if line.outcome != "SKIP"]
        passed = sum(line.outcome == "ok" for line in made)
        worst = max(group, key=lambda line: math.inf if math.isnan(line.error) else line.error / line.tolerance)
        yield (
            f"{part:16} {activation_name:10} {worst.error:11.3e} {worst.tolerance:10.3e}  "
            f"{passed:4}/{len(made):4}  {worst.id} {worst.quantity}"
        )
    for part, count in cases.items():
        checked = len({line.id for line in lines if line.part == part and line.outcome != "SKIP"})
        yield f"{part}: {checked} of {count} cases checked" + ("" if count else "  FAIL: the part is empty")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compares the product with reference values.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this one (repeatable)")
    parser.add_argument("--show-nt", action="store_true", help="how far neural-tangents itself is from the truth")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path, help="writes the same lines")
    given = parser.parse_args(arguments)
    device = torch.device(given.device)
    stored = json.loads(given.file.read_text())
    wanted = given.part or [*PARTS, *(name for name in stored if name not in PARTS and name != "meta")]

    lines: list[Line] = []
    for part in wanted:
        if part not in PARTS:
            lines.append(Line("-", part, "-", "-", math.nan, math.nan, "SKIP", "unknown part"))
            print(lines[-1].text())
            continue
        for case in stored.get(part, []):
            for line in check(part, case, device, given.show_nt):
                lines.append(line)
                print(line.text(), flush=True)

    cases = {part: len(stored.get(part, [])) for part in wanted if part in PARTS}
    passed, failed, skipped = (sum(line.outcome == outcome for line in lines) for outcome in ("ok", "FAIL", "SKIP"))
    for text in summary(lines, cases):
        print(text)
    if given.json:
        rows = [{key: None if value != value else value for key, value in asdict(line).items()} for line in lines]
        given.json.write_text(json.dumps(rows, indent=1, allow_nan=False) + "\n")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed and not skipped and all(cases.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
