"""Does one click mend a run that ended badly? 50 configs with fixed seeds that diverge, die or saturate, each trained
again with the changes that its `Finished.suggestion` names.

python benchmarks/endings.py [--configs 50]. At least 48 of 50 must end otherwise, with less than half of the loss at
their new start.
"""

import argparse
import itertools
import math
from typing import Any

import numpy as np
import torch

from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Interval
from ntkscope.schemas.event import Finished, Frame
from ntkscope.schemas.event_parts import Suggestion
from report import print_table, write_json

ACTIVATIONS = (
    "relu", "leaky_relu", "tanh", "erf", "gelu", "silu", "softplus", "sin", "cos", "gaussian", "rbf", "linear"
)  # fmt: skip
RANGES = ((-1.0, 1.0), (-1.0, 1.0), (0.0, 1.0), (1700.0, 2008.0), (0.0, 1000.0), (-300.0, 300.0))


def candidate(seed: int) -> RunConfig:
    """A config drawn by this seed: one of three is relu, whose units die; the others each activation in turn."""
    draw = np.random.default_rng(seed)

    def logarithmic(low: float, high: float) -> float:
        return float(math.exp(draw.uniform(math.log(low), math.log(high))))

    low, high = RANGES[draw.integers(len(RANGES))]
    relu = seed % 3 == 0  # which dies where the target is not so large that the loss passes all bounds first
    periods, amplitude = int(draw.integers(1, 3)), logarithmic(3, 1e3 if relu else 1e12)
    depth = int(draw.choice([1, 1, 2, 3]))
    rate: dict[str, Any] = {"kind": "auto", "fraction": logarithmic(0.4, 8)}
    if draw.random() < 0.2:
        rate = {"kind": "given", "value": logarithmic(1e-3, 10)}
    return RunConfig.model_validate(
        {
            "data": {
                "points": {"kind": "interval", "n": int(draw.integers(16, 33)), "low": low, "high": high},
                "target": {"kind": "sinusoids", "frequencies": [periods], "amplitudes": [amplitude]},
                "noise": min(0.05 * amplitude, 1e6) if draw.random() < 0.2 else 0.0,
                "grid": 32,
            },
            "network": {
                "width": round(logarithmic(8, 1024 if depth == 1 else 128)),
                "depth": depth,
                "activation": "relu" if relu else ACTIVATIONS[seed // 3 % len(ACTIVATIONS)],
                "parameterization": str(draw.choice(["ntk", "ntk", "standard", "mean_field"])),
                "sigma_w": logarithmic(1, 4),
                "sigma_b": float(draw.uniform(0.1, 2)),
                "centered": bool(draw.random() < 0.5),
            },
            "training": {"learning_rate": rate, "stop": {"steps": 2000}, "device": "cpu"},
            "recording": {"frames": 12, "kernel_frames": 3},
            "seed": seed,
        }
    )


def ending(config: RunConfig) -> tuple[str, float, Finished]:
    """How a run ends (`saturated` beside its outcomes), the loss over that of its start, and the event itself."""
    frames, finished = [], None
    for event in train(config):
        if isinstance(event, Frame):
            frames.append(event)
        elif isinstance(event, Finished):
            finished = event
    assert finished is not None
    saturated = finished.outcome == "completed" and finished.suggestion is not None
    fell = math.inf if finished.loss is None or finished.outcome == "diverged" else finished.loss / frames[0].loss
    return ("saturated" if saturated else finished.outcome), fell, finished


def changed(config: RunConfig, suggestion: Suggestion) -> RunConfig:
    """The config with a suggestion's changes, as the page's button makes it."""
    fields = config.model_dump()
    for path, value in suggestion.model_dump()["changes"].items():
        *parts, last = path.split(".")
        place = fields
        for part in parts:
            place = place[part]
        place[last] = value
    return RunConfig.model_validate(fields)


def mended(config: RunConfig, outcome: str, finished: Finished) -> dict[str, Any]:
    """How a run that ended badly ends after one click."""
    after, fell = "no suggestion", math.inf
    if finished.suggestion:
        after, fell, _ = ending(changed(config, finished.suggestion))
    points, network = config.data.points, config.network
    assert isinstance(points, Interval)
    return {
        "seed": config.seed,
        "activation": network.activation,
        "width": network.width,
        "depth": network.depth,
        "scaling": network.parameterization,
        "inputs": f"{points.low:g}..{points.high:g}",
        "ended": outcome,
        "changes": len(finished.suggestion.changes) if finished.suggestion else 0,
        "then": after,
        "loss, of its start": fell,
        "mended": after == "completed" and fell < 0.5,
    }


def measure(count: int) -> list[dict[str, Any]]:
    """A row for each of the first candidates that end badly, at most 40 % of them each way."""
    rows: list[dict[str, Any]] = []
    for seed in itertools.count():
        if len(rows) == count:
            break
        outcome, _, finished = ending(config := candidate(seed))
        if outcome != "completed" and sum(row["ended"] == outcome for row in rows) < math.ceil(0.4 * count):
            rows.append(mended(config, outcome, finished))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--configs", type=int, default=50)
    rows = measure(parser.parse_args().configs)
    print_table(rows)
    print(f"{sum(row['mended'] for row in rows)} of {len(rows)} mended by one click")
    write_json("endings", rows)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
