"""Is every preset's preview there within a second? K_0's answers at once, and the rehearsal's after them.

python benchmarks/preview.py [--threads 1] [--rounds 3]. Prints the first and the best of some rounds of K_0's answers,
the best of the rehearsal's with how it ended, and the run's estimated time; all but the last in processor time.
"""

import argparse
import time

import torch

from ntkscope.experiment.machine import machine_speed
from ntkscope.experiment.presets import presets
from ntkscope.experiment.preview import begin_preview, choose_rate, rehearse_preview
from ntkscope.numerics import complete
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preview import Preview
from report import print_table, write_json

# Beyond the presets: what a rehearsal of larger runs takes, and how far it comes.
LARGER = {
    "n 256, width 1024": {"data": {"points": {"kind": "interval", "n": 256}}, "network": {"width": 1024}},
    "n 1024, width 1024": {"data": {"points": {"kind": "interval", "n": 1024}}, "network": {"width": 1024}},
    "n 64, width 1024, depth 3": {
        "data": {"points": {"kind": "interval", "n": 64}},
        "network": {"width": 1024, "depth": 3},
    },
    "n 64, width 512, depth 2, ||y|| = 60": {
        "data": {"points": {"kind": "interval", "n": 64}, "norm": 60},
        "network": {"width": 512, "depth": 2},
    },
    "d = 10, n 256": {
        "data": {
            "points": {"kind": "random", "n": 256, "d": 10},
            "target": {"kind": "formula", "text": "sin(x1) + x2 * x3"},
        },
        "network": {"width": 1024},
    },
}


def rounds(config: RunConfig, count: int) -> tuple[list[float], list[float], Preview]:
    """Seconds until K_0's answers, those of the rehearsal besides, and the whole preview."""
    first, second = [], []
    for _ in range(count):
        begun_at = time.process_time()  # of this program alone, whatever else the machine does
        begun = begin_preview(config)
        first.append(time.process_time() - begun_at)
        said = complete(rehearse_preview(begun, complete(choose_rate(begun)))).preview
        second.append(time.process_time() - begun_at - first[-1])
    return first, second, said


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    begun = time.perf_counter()
    machine_speed()
    print(f"machine's speed measured in {time.perf_counter() - begun:.3f} s\n")
    configs = {f"{preset.id}:{one.name}": one.config for preset in presets() for one in preset.variants}
    configs |= {name: RunConfig.model_validate(fields) for name, fields in LARGER.items()}
    rows = []
    for name, config in configs.items():
        first, second, said = rounds(config, arguments.rounds)
        assert said.spectrum is not None
        told = said.rehearsal
        rows.append(
            {
                "config": name,
                "K_0, first, s": round(first[0], 3),
                "K_0, best, s": round(min(first), 3),
                "rehearsal, s": round(min(second), 3),
                "ended": told.ended if told else "left out",
                "reach": told.reach if told else None,
                "n": len(said.spectrum.eigenvalues),
                "parameters": said.cost.parameters,
                "run, s": round(said.cost.run_seconds, 1),
            }
        )
    print_table(rows)
    write_json("preview", rows)


if __name__ == "__main__":
    main()
