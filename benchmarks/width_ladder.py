"""Preset width-ladder over widths and seeds: how fast does the kernel approach its limit, and how fast does it freeze?

Prints, for each activation and scaling, ||K_0 - Theta|| / ||Theta|| and the final drift at each width, then their
slopes in width with standard errors, beside those that theory says: -1/2 for the distance; for the drift -1 where
phi is smooth, -3/4 for relu, 0 under mean-field scaling. All runs end at the same lambda_1 t.
Usage: python benchmarks/width_ladder.py [--seeds 5] [--widths 64,128,256,512,1024,2048,4096]
"""

import argparse
from typing import Any

import numpy as np
import torch

from ntkscope.experiment.presets import preset
from ntkscope.experiment.trainer import train
from ntkscope.numerics import log_log_slope
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import KernelFrame, Started
from report import print_table, write_json

EXPECTED = {("relu", "ntk"): -0.75, ("erf", "ntk"): -1.0, ("relu", "mean_field"): 0.0, ("erf", "mean_field"): 0.0}


def configuration(activation: str, parameterization: str, width: int, seed: int) -> RunConfig:
    variants = {variant.name: variant.config for variant in preset("width-ladder").variants}
    fields = variants[f"{activation}-64"].model_dump(mode="json")
    fields["network"].update(width=width, parameterization=parameterization)
    fields["recording"].update(frames=2, kernel_frames=2)
    fields["seed"] = seed
    return RunConfig.model_validate(fields)


def measure(activation: str, parameterization: str, width: int, seed: int) -> dict[str, Any]:
    for event in train(configuration(activation, parameterization, width, seed)):
        match event:
            case Started(infinite=infinite):
                assert infinite is not None
                distance = infinite.distance
            case KernelFrame():
                drift, end = event.drift, event.time * event.eigenvalues[0]
    return {
        "activation": activation,
        "scaling": parameterization,
        "width": width,
        "seed": seed,
        "distance": distance,
        "drift": drift,
        "lambda_1_t": float(end),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--widths", default="64,128,256,512,1024,2048,4096")
    options = parser.parse_args()
    widths = [int(width) for width in options.widths.split(",")]
    runs, means, slopes = [], [], []
    for (activation, scaling), expected in EXPECTED.items():
        found = [measure(activation, scaling, width, seed) for width in widths for seed in range(options.seeds)]
        runs += found
        for width in widths:
            of_width = [row for row in found if row["width"] == width]
            means.append(
                {"activation": activation, "scaling": scaling, "width": width,
                 "distance": float(np.mean([row["distance"] for row in of_width])),
                 "drift": float(np.mean([row["drift"] for row in of_width]))}
            )  # fmt: skip
        row: dict[str, Any] = {"activation": activation, "scaling": scaling}
        for name, theory in (("distance", -0.5), ("drift", expected)):
            values = [mean[name] for mean in means[-len(widths) :]]
            slope, error = log_log_slope(torch.tensor(widths, dtype=torch.float64), torch.tensor(values).double())
            row |= {name: slope, f"{name}_error": error, f"{name}_theory": theory}
        slopes.append(row)
    print_table(means)
    print_table(slopes)
    write_json("width_ladder", {"runs": runs, "means": means, "slopes": slopes})


if __name__ == "__main__":
    main()
