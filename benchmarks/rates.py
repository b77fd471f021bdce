"""Does a training keep off the edge of stability at the rate that a rehearsal chose? And at half of the limit?

python benchmarks/rates.py [--count 30]. Random configs with targets large enough for lambda_1 to grow; each is trained
at both rates, with lambda_1 measured every few steps.
"""

import argparse
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from ntkscope.experiment.theory.initial_state import InitialState, initial, with_config
from ntkscope.experiment.theory.rate_search import chosen_stages, with_rate
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics import complete, empirical_ntk, euler_step
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.training import RehearsedRate
from random_configs import random_fields
from report import gather

STEPS = 2000
LOOK = 10  # steps between two kernels
WIDEST = {1: 512, 2: 256, 3: 128}
GROWN = 1e4  # of the residual's norm: diverged
LARGE = 2.0  # ||f_0 - y|| / sqrt(width), from which on the kernel moves far


def config(seed: int) -> RunConfig:
    """Of 16 or 24 points."""
    fields = random_fields(np.random.default_rng(60_000 + seed), WIDEST, [16, 24])
    fields["training"] = {"learning_rate": {"kind": "rehearsed"}, "stop": {"steps": STEPS}, "device": "cpu"}
    return RunConfig.model_validate({"seed": seed, **fields})


def peak(state: InitialState) -> float:
    """The largest rate * lambda_1 of the training; infinite where it diverges."""
    network, goal, largest = state.network.copy(), state.probe.goal, 0.0
    take, most = euler_step(network, state.probe.inputs), GROWN * float(state.kernel.residual.norm())
    for step in range(state.last_step):
        if step % LOOK == 0:
            kernel = empirical_ntk(network, state.probe.inputs)
            if not bool(torch.isfinite(kernel).all()):
                return math.inf
            largest = max(largest, state.learning_rate * float(torch.linalg.eigvalsh(kernel)[-1]))
        if not float(take(goal, state.learning_rate).norm()) <= most:
            return math.inf
    return largest


def compare(seed: int) -> dict[str, Any]:
    """One config at both rates."""
    half = initial(config(seed))
    rate = complete(chosen_stages(half, Waves.of(half.problem, half.config.data)))
    assert isinstance(rate, RehearsedRate)
    chosen = with_config(half, with_rate(half.config, rate))
    at_half = peak(half)
    same = chosen.learning_rate == half.learning_rate
    return {
        "seed": seed,
        "size": float(half.kernel.residual.norm()) / math.sqrt(half.config.network.width),
        "fraction": 0.5 * chosen.learning_rate / half.learning_rate,
        "half, peak": at_half,
        "chosen, peak": at_half if same else peak(chosen),
    }


def kept(rows: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """How many kept below 2, by the target's size."""
    groups = {
        "all": rows,
        f"||r_0||/sqrt(width) < {LARGE:g}": [row for row in rows if row["size"] < LARGE],
        f"||r_0||/sqrt(width) >= {LARGE:g}": [row for row in rows if row["size"] >= LARGE],
    }
    for name, those in groups.items():
        yield {
            "configs": name,
            "count": len(those),
            "kept below 2 at half": sum(row["half, peak"] < 2 for row in those),
            "diverged at half": sum(math.isinf(row["half, peak"]) for row in those),
            "kept below 2 as chosen": sum(row["chosen, peak"] < 2 for row in those),
            "diverged as chosen": sum(math.isinf(row["chosen, peak"]) for row in those),
            "fraction, smallest": min((row["fraction"] for row in those), default=None),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=30)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    gather("rates", "kept", compare, kept, arguments.count)


if __name__ == "__main__":
    main()
