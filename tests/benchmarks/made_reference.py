"""A reference file of sizes unlike the public one's, from the slow twins."""

import math
from typing import Any

import torch
from torch import Tensor

from ntkscope.numerics import MLP
from tests.numerics.infinite_twin import dual, recursion
from tests.numerics.twins import architecture, generator, jacobian, normal

Case = dict[str, Any]


def infinite(name: str, parameters: dict[str, float], depth: int, d: int, seed: int) -> Case:
    x, x2, scales = normal(4, d, seed=seed), normal(2, d, seed=seed + 1), (1.17, 0.23)
    case: Case = {
        "id": f"made-inf-{seed}", "activation": name, "act_params": parameters, "depth": depth, "d": d,
        "W_std": scales[0], "b_std": scales[1], "X": x.tolist(), "X2": x2.tolist(),
    }  # fmt: skip
    for column, rows in (("", x), ("_21", x2)):
        nngp, ntk = recursion(rows, x, depth, dual(name, parameters), *scales)
        case |= {f"nngp{column}_hp": nngp.tolist(), f"ntk{column}_hp": ntk.tolist()}
    return case


def empirical(name: str, dims: list[int], parameterization: str, seed: int) -> Case:
    d, *widths, m = dims
    sigma_w, sigma_b = 1.17, 0.23
    shape = architecture(len(widths), name, sigma_w, sigma_b, width=tuple(widths), parameterization=parameterization)
    net = MLP.create(d, shape, outputs=m, generator=generator(seed))
    x, x2, y = normal(6, d, seed=seed), normal(2, d, seed=seed + 1), normal(6, m, seed=seed + 2)
    f, j, j2 = net(x), jacobian(net, x), jacobian(net, x2)
    rows, rows2 = j.flatten(0, 1), j2.flatten(0, 1)
    eigenvalues, modes = torch.linalg.eigh(rows @ rows.T)
    magnitudes = (modes.T @ (f - y).flatten()).abs()
    ntk = parameterization == "ntk"
    case: Case = {
        "id": f"made-emp-{seed}", "activation": name, "depth": len(widths), "dims": dims,
        "parameterization": parameterization, "W_std": sigma_w, "b_std": sigma_b,
        "weight_scale": [sigma_w / math.sqrt(n) if ntk else 1.0 for n in dims[:-1]],
        "bias_scale": sigma_b if ntk else 1.0, "W": [w.tolist() for w in net.weights],
        "b": [b.tolist() for b in net.biases or []], "X": x.tolist(), "X2": x2.tolist(), "y": y.tolist(),
        "f": f.tolist(),
    }  # fmt: skip
    ordered = {"eigvals": eigenvalues.flip(0).tolist(), "abs": magnitudes.flip(0).tolist()}
    if m == 1:
        kernels = {"K": (rows @ rows.T).tolist(), "K_21": (rows2 @ rows.T).tolist()}
        return case | kernels | {"eigvals_desc": ordered["eigvals"], "abs_mode_residual": ordered["abs"]}
    full = torch.einsum("iop,jqp->ijoq", j, j)
    return case | {
        "K_full": full.tolist(), "K_full_21": torch.einsum("iop,jqp->ijoq", j2, j).tolist(),
        "K_trace_mean_nt": (sum(full[:, :, o, o] for o in range(m)) / m).tolist(),
        "eigvals_full_desc": ordered["eigvals"], "abs_mode_residual_full": ordered["abs"],
    }  # fmt: skip


def _kernels(n: int, new: int, seed: int) -> tuple[Tensor, Tensor]:
    rows = normal(n + new, n + new + 3, seed=seed)
    kernel = rows @ rows.T + torch.eye(n + new, dtype=torch.float64)
    return kernel[:n, :n], kernel[n:, :n]


def _inputs(n: int, new: int, m: int, seed: int) -> tuple[Case, Tensor, Tensor, Tensor, Tensor, Tensor]:
    kernel, cross = _kernels(n, new, seed)
    y, start, test_start = normal(n, m, seed=seed), normal(n, m, seed=seed + 1), normal(new, m, seed=seed + 2)
    case: Case = {
        "K_train_train": kernel.tolist(), "K_test_train": cross.tolist(), "y_train": y.tolist(),
        "f0_train": start.tolist(), "f0_test": test_start.tolist(),
    }  # fmt: skip
    return case, kernel, cross, y, start, test_start


def predict(n: int, new: int, m: int, seed: int) -> Case:
    case, kernel, cross, y, start, test_start = _inputs(n, new, m, seed)
    rate, times = 0.7, [0.0, 0.3, 4.0, "inf"]
    taus = [math.inf if time == "inf" else rate * float(time) / (n * m) for time in times]
    remaining = [
        torch.zeros_like(kernel) if tau == math.inf else torch.matrix_exp(-kernel * tau) for tau in taus
    ]  # fmt: skip
    inverse = torch.linalg.inv(kernel)
    return case | {
        "id": f"made-pred-{seed}", "K_source": {"activation": "relu"}, "n_train": n, "n_test": new, "n_out": m,
        "cond_K": float(torch.linalg.cond(kernel)), "learning_rate": rate, "t_nt": times,
        "tau_half_sum_sq": ["inf" if tau == math.inf else tau for tau in taus],
        "f_train_hp": [(y + left @ (start - y)).tolist() for left in remaining],
        "f_test_hp": [
            (test_start - cross @ inverse @ ((start - y) - left @ (start - y))).tolist() for left in remaining
        ],
    }  # fmt: skip


def predict_momentum(n: int, new: int, seed: int) -> Case:
    case, kernel, cross, y, start, test_start = _inputs(n, new, 1, seed)
    rate, momentum, times = 0.03, 0.6, [0.2, 3.0, 40.0]
    zero, one = torch.zeros_like(kernel), torch.eye(n, dtype=torch.float64)
    damping = (1 - momentum) / math.sqrt(rate)
    system = torch.cat([torch.cat([zero, one], 1), torch.cat([-kernel, -damping * one], 1)])
    remaining = [torch.matrix_exp(system * math.sqrt(rate) * time)[:n, :n] for time in times]
    inverse = torch.linalg.inv(kernel)
    return case | {
        "id": f"made-mom-{seed}", "loss": "1/2 sum (f-y)^2", "learning_rate": rate, "momentum": momentum,
        "t_nt": times, "f_train_expm": [(y + left @ (start - y)).tolist() for left in remaining],
        "f_test_expm": [
            (test_start - cross @ inverse @ ((start - y) - left @ (start - y))).tolist() for left in remaining
        ],
    }  # fmt: skip


def reference() -> dict[str, Any]:
    """All four parts."""
    return {
        "meta": {"library": "none"},
        "infinite": [
            infinite("leaky_relu", {"alpha": 0.35}, 2, 4, 100),
            infinite("rbf", {"gamma": 0.8}, 3, 7, 110),
            infinite("relu", {}, 7, 1, 120),
            infinite("gelu", {}, 4, 6, 130),
            infinite("gaussian", {}, 5, 4, 140),
        ],
        "empirical": [
            empirical("tanh", [4, 23, 1], "ntk", 200),
            empirical("sin", [7, 3, 19, 4, 6, 2, 1], "standard", 210),
            empirical("relu", [6, 13, 5], "ntk", 220),
            empirical("erf", [4, 21, 6, 2], "standard", 230),
        ],
        "predict": [predict(3, 2, 1, 300), predict(11, 6, 4, 310)],
        "predict_momentum": [predict_momentum(4, 5, 400)],
    }
