"""Is every preset's preview there within a second? K_0's spectrum, learning times and cost, before any training.

python benchmarks/preview.py [--threads 1] [--rounds 5]. Prints the first and the best of some rounds, and the run's
estimated time.
"""

import argparse
import time

import torch

from ntkscope.experiment.machine import machine_speed
from ntkscope.experiment.presets import presets
from ntkscope.experiment.preview import preview
from report import print_table, write_json


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    begun = time.perf_counter()
    machine_speed()
    print(f"machine's speed measured in {time.perf_counter() - begun:.3f} s\n")
    rows = []
    for preset in presets():
        for variant in preset.variants:
            trials = []
            for _ in range(arguments.rounds):
                begun = time.perf_counter()
                said = preview(variant.config)
                trials.append(time.perf_counter() - begun)
            assert said.spectrum is not None
            rows.append(
                {
                    "preset": preset.id,
                    "variant": variant.name,
                    "first, s": round(trials[0], 3),
                    "best, s": round(min(trials), 3),
                    "n": len(said.spectrum.eigenvalues),
                    "parameters": said.cost.parameters,
                    "run, s": round(said.cost.run_seconds, 1),
                }
            )
    print_table(rows)
    write_json("preview", rows)


if __name__ == "__main__":
    main()
