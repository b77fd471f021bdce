"""Preset two-sines over widths and seeds: does every mode die at the rate that its eigenvalue says?

Prints, for each width, the number of modes that count, the median mode error against (1 - eta lambda)^k and
against exp(-lambda t), and the slope of the learning times (to 1/e) against lambda; then the error's slope in
width. Usage: python benchmarks/two_sines.py [--seeds 5] [--widths 64,256,1024,4096]
"""

import argparse
import math

import numpy as np
import torch

from ntkscope.experiment.presets import preset
from ntkscope.experiment.trainer import train
from ntkscope.numerics import log_log_slope, measured_learning_time
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Frame, Started
from report import print_table, write_json


def configuration(width: int, seed: int) -> RunConfig:
    fields = preset("two-sines").variants[0].config.model_dump(mode="json")
    fields["network"]["width"] = width
    fields["seed"] = seed
    fields["recording"]["kernel_frames"] = 0
    return RunConfig.model_validate(fields)


def measure(width: int, seed: int) -> dict[str, float]:
    frames: list[Frame] = []
    for event in train(configuration(width, seed)):
        match event:
            case Started():
                started = event
            case Frame():
                frames.append(event)
            case Finished():
                finished = event
    times = torch.tensor([frame.time for frame in frames], dtype=torch.float64)
    remaining = torch.tensor(np.array([frame.remaining for frame in frames]))
    counted = [g for g, group in enumerate(started.groups) if group.significant]
    slow = [g for g in counted if started.groups[g].eigenvalue < started.eigenvalues[0] / 2]
    learnt_at = {g: measured_learning_time(times, remaining[:, g], math.exp(-1)) for g in slow}
    reached = [g for g in slow if learnt_at[g] is not None]
    slope, _ = log_log_slope(
        torch.tensor([started.groups[g].eigenvalue for g in reached], dtype=torch.float64),
        torch.tensor([learnt_at[g] for g in reached], dtype=torch.float64),
    )
    return {
        "width": width,
        "seed": seed,
        "modes_that_count": len(counted),
        "error_gradient_descent": finished.median_errors["gradient_descent"] or math.nan,
        "error_gradient_flow": finished.median_errors["gradient_flow"] or math.nan,
        "learning_time_slope": float(slope),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--widths", default="64,256,1024,4096")
    options = parser.parse_args()
    widths = [int(width) for width in options.widths.split(",")]
    results = [measure(width, seed) for width in widths for seed in range(options.seeds)]
    print_table(results)
    summary = []
    for law in ("gradient_descent", "gradient_flow"):
        medians = [np.median([row[f"error_{law}"] for row in results if row["width"] == w]) for w in widths]
        slope, standard_error = log_log_slope(
            torch.tensor(widths, dtype=torch.float64), torch.tensor(np.array(medians))
        )
        summary.append(
            {"law": law, **{f"median_{w}": m for w, m in zip(widths, medians, strict=True)},
             "slope_in_width": float(slope), "standard_error": float(standard_error)}
        )  # fmt: skip
    print_table(summary)
    write_json("two_sines", {"runs": results, "summary": summary})


if __name__ == "__main__":
    main()
