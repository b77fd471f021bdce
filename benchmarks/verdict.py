"""Is a verdict right? Judged by what it does not use: the step from which on each group of modes is learnt for good.

Random configs with fixed seeds are trained twice: as the product does, which gives the verdict, and step by step,
which gives the first step from which on a group stays below epsilon of its start, to compare with its learning time
by the kernel at the start. Prints, for each word, how many runs got it and how many of them have a group that is
off by over a factor 1.5. A run of "holds" that is fails the benchmark.
Usage: python benchmarks/verdict.py [--runs 200]
"""

import argparse
import math
import sys
from collections import defaultdict
from typing import Any

import numpy as np
import torch

from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.trainer import train
from ntkscope.numerics import euler_step
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished
from random_configs import decades, random_fields
from report import print_table, write_json

FIRST_SEED = 20_000
STEPS = 5000
WIDEST = {1: 4096, 2: 512, 3: 256}  # by depth: a training of seconds
OFF = 1.5
WORDS = ("holds", "roughly holds", "fails", "none")


def random_config(seed: int) -> RunConfig:
    """Targets of one to four waves on intervals and circles: sizes, widths, depths and rates over decades."""
    draw = np.random.default_rng(FIRST_SEED + seed)
    fields = random_fields(draw, WIDEST, [16, 24, 32, 48])
    fields["training"] = {
        "learning_rate": {"kind": "auto", "fraction": decades(draw, 0.02, 0.6)},
        "stop": {"steps": STEPS},
        "device": "cpu",
    }
    return RunConfig.model_validate({"seed": seed, **fields})


def worst_factor(config: RunConfig) -> float:
    """Between predicted and measured step for good, of the groups that count; a step apart is none.

    Steps beyond the run's last are that step, so that the factor is at least what is told.
    """
    begun = initial(config)
    groups = [group for group in begun.groups.groups if group.significant]
    modes, epsilon = begun.kernel.spectrum.modes, config.recording.epsilon
    begin = begun.kernel.spectrum.mode_coefficients(begun.kernel.residual)
    sizes = torch.tensor([float(begin[group.modes].norm()) for group in groups])
    measured = torch.zeros(len(groups), dtype=torch.float64)
    step_of = euler_step(begun.network, begun.probe.inputs)
    goal = begun.probe.goal
    for step in range(begun.last_step + 1):
        left = modes.T @ step_of(goal, begun.learning_rate).double()
        if not bool(torch.isfinite(left).all()):
            return math.inf
        now = torch.stack([left[group.modes].norm() for group in groups])
        measured[now > epsilon * sizes] = step + 1
    times = [group.learning_time for group in groups]
    predicted = [None if time is None else round(time / begun.learning_rate) for time in times]
    worst, end = 1.0, begun.last_step + 1
    for found, told in zip(measured.tolist(), predicted, strict=True):
        expected = end if told is None else min(told, end)
        if abs(found - expected) > 1:
            worst = max(worst, max(found, 1) / max(expected, 1), max(expected, 1) / max(found, 1))
    return worst


def measure(seed: int) -> dict[str, Any]:
    config = random_config(seed)
    finished = next(event for event in train(config) if isinstance(event, Finished))
    found = finished.verdict
    return {
        "seed": seed,
        "word": found.word if found else "none",
        "cause": found.cause if found else None,
        "E": found.function_error if found else None,
        "M": found.modes_error if found else None,
        "W": found.worst_error if found else None,
        "drift": found.drift if found else None,
        "factor": worst_factor(config),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    rows = []
    for seed in range(options.runs):
        rows.append(measure(seed))
        print(f"{seed + 1} of {options.runs}", end="\r", file=sys.stderr, flush=True)
    by_word: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_word[row["word"]].append(row)
    table = [
        {
            "verdict": word,
            "runs": len(by_word[word]),
            f"off by over {OFF}": sum(row["factor"] > OFF for row in by_word[word]),
            "worst factor": max((row["factor"] for row in by_word[word]), default=1.0),
            "the kernel moved": sum(row["cause"] == "kernel_moved" for row in by_word[word]),
            "leakage": sum(row["cause"] == "leakage" for row in by_word[word]),
            "smallest drift": min((row["drift"] for row in by_word[word] if row["drift"] is not None), default=None),
            "largest drift": max((row["drift"] for row in by_word[word] if row["drift"] is not None), default=None),
        }
        for word in WORDS
    ]
    print_table(table)
    write_json("verdict", [*table, *rows])
    if table[0][f"off by over {OFF}"]:
        raise SystemExit("a run whose prediction is said to hold has a group that is off by more")


if __name__ == "__main__":
    main()
