"""How exactly does a mode's learning time go as one over its eigenvalue?

Prints, for presets on an interval and on a circle and for several seeds, the slope of measured learning times
against eigenvalues on log-log axes with its standard error, beside the -1 of ln(1/epsilon)/lambda.
Usage: python benchmarks/learning_times.py [--seeds 3]
"""

import argparse
from typing import Any

import numpy as np

from ntkscope.experiment.presets import preset
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished
from report import print_table, write_json

PRESETS = ("two-sines", "circle-harmonics")


def measure(id: str, seed: int) -> dict[str, Any]:
    fields = preset(id).variants[0].config.model_dump(mode="json")
    fields["seed"] = seed
    fields["recording"]["kernel_frames"] = 0
    for event in train(RunConfig.model_validate(fields)):
        if isinstance(event, Finished):
            fit = event.learning_time_fit
    assert fit is not None, "the presets learn many modes"
    return {
        "preset": id, "seed": seed, "groups": fit.count, "slope": fit.slope, "standard_error": fit.standard_error,
        "theory": -1.0,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    rows = [measure(id, seed) for id in PRESETS for seed in range(options.seeds)]
    print_table(rows)
    for id in PRESETS:
        slopes = [row["slope"] for row in rows if row["preset"] == id]
        print(
            f"{id}: slope {np.mean(slopes):.3f}, over {len(slopes)} seeds from {min(slopes):.3f} to {max(slopes):.3f}"
        )
    write_json("learning_times", rows)


if __name__ == "__main__":
    main()
