"""Preset width-ladder over widths and seeds: how fast does the kernel approach its limit, and how fast does it freeze?

Prints, for each activation and scaling, ||K_0 - Theta|| / ||Theta|| and the drift at each width, then their slopes
in width with standard errors, beside those that theory says: -1/2 for the distance; for the drift -1 where phi is
smooth, -3/4 for relu, 0 under mean-field scaling. Drifts are compared at the same lambda_1 t.
Usage: python benchmarks/width_ladder.py [--seeds 5] [--widths 64,128,256,512,1024,2048,4096]
"""

import argparse
from dataclasses import asdict
from typing import Any

from ntkscope.experiment.presets import preset
from ntkscope.experiment.trainer import train
from ntkscope.experiment.width_study import measured, width_study
from ntkscope.schemas.config import RunConfig
from report import print_table, write_json


def configuration(activation: str, parameterization: str, width: int, seed: int) -> RunConfig:
    variants = {variant.name: variant.config for variant in preset("width-ladder").variants}
    fields = variants[f"{activation}-64"].model_dump(mode="json")
    fields["network"].update(width=width, parameterization=parameterization)
    fields["recording"].update(frames=2, kernel_frames=2)
    fields["seed"] = seed
    return RunConfig.model_validate(fields)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--widths", default="64,128,256,512,1024,2048,4096")
    options = parser.parse_args()
    widths = [int(width) for width in options.widths.split(",")]
    runs: list[dict[str, Any]] = []
    means: list[dict[str, Any]] = []
    slopes: list[dict[str, Any]] = []
    for activation in ("relu", "erf"):
        records = []
        for scaling in ("ntk", "mean_field"):
            for width in widths:
                for seed in range(options.seeds):
                    config = configuration(activation, scaling, width, seed)
                    records.append(measured(config, train(config)))
                    runs.append(asdict(records[-1]) | {"seed": seed})
        study = width_study(records)
        means += [{"activation": activation} | point.model_dump() for point in study.points]
        slopes += [{"activation": activation} | slope.model_dump() for slope in study.slopes]
    print_table(means)
    print_table(slopes)
    write_json("width_ladder", {"runs": runs, "means": means, "slopes": slopes})


if __name__ == "__main__":
    main()
