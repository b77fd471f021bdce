"""Identity check of theory 1: one Euler step changes f by -eta K r + O(eta^2), so the error halves with eta.

erf, float64, width 512, three halvings of eta, five seeds: prints each error beside its round-off floor, the
three ratios and their product (8 if exactly linear). Usage: python benchmarks/identity.py [--seeds 5]
"""

import argparse
import math
from itertools import pairwise

from ntkscope.experiment.presets import preset
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import KernelFrame
from report import print_table, write_json


def identity(seed: int, fraction: float) -> tuple[float, float]:
    """The error of the first step at this fraction of 2/lambda_1, and its floor."""
    fields = preset("two-sines").variants[0].config.model_dump(mode="json")
    fields["network"].update(width=512, activation="erf")
    fields["training"]["learning_rate"] = {"kind": "auto", "fraction": fraction}
    fields["training"]["stop"]["steps"] = 1
    fields["recording"].update(frames=2, kernel_frames=1)
    fields["seed"] = seed
    for event in train(RunConfig.model_validate(fields)):
        if isinstance(event, KernelFrame) and event.identity is not None:
            return event.identity.error or math.nan, event.identity.floor
    raise RuntimeError("the run gave no kernel frame")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    rows = []
    for seed in range(parser.parse_args().seeds):
        measured = [identity(seed, 0.5 / 2**halving) for halving in range(4)]
        errors = [error for error, _ in measured]
        ratios = [before / after for before, after in pairwise(errors)]
        rows.append(
            {
                "seed": seed,
                **{f"error_{halving}": error for halving, error in enumerate(errors)},
                "floor": max(floor for _, floor in measured),
                **{f"ratio_{at}": ratio for at, ratio in enumerate(ratios, 1)},
                "product": math.prod(ratios),
            }
        )
    print_table(rows)
    write_json("identity", rows)


if __name__ == "__main__":
    main()
