"""Do trained networks lie in the band that infinite width predicts for them?

Trains networks that differ in their draw alone (depth 1, erf, width 512, a circle of 12 points, not centered) and
counts how often f at 24 points between lies within two standard deviations of the predicted mean, which is 95.4 % for
a Gaussian; then the ratio of the sampled spread to the predicted one.
Usage: python benchmarks/ensemble_band.py [--networks 100] [--width 512]
"""

import argparse

import numpy as np

from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Frame
from report import print_table, write_json


def configuration(width: int, seed: int) -> RunConfig:
    return RunConfig.model_validate(
        {
            "data": {"points": {"kind": "circle", "n": 12}, "grid": 24},
            "network": {"width": width, "sigma_w": 2.0, "sigma_b": 0.5, "centered": False},
            "training": {"stop": {"steps": 400}},
            "recording": {"frames": 4, "kernel_frames": 0},
            "seed": seed,
        }
    )


def deviations(frame: Frame) -> np.ndarray:
    """How far f is from the mean predicted for this network's own rate and time, in standard deviations."""
    band = frame.predicted["ensemble"]  # training is not centered
    return np.asarray((frame.function - band.function) / band.spread)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--networks", type=int, default=100)
    parser.add_argument("--width", type=int, default=512)
    options = parser.parse_args()
    runs = [
        [event for event in train(configuration(options.width, seed)) if isinstance(event, Frame)]
        for seed in range(options.networks)
    ]
    rows = []
    for frames in zip(*runs, strict=True):
        off = np.array([deviations(frame) for frame in frames])
        rows.append(
            {
                "step": frames[0].step,
                "coverage": float((np.abs(off) < 2).mean()),
                "gaussian": 0.9545,
                "spread_ratio": float(np.sqrt((off**2).mean())),
            }
        )
    print(f"{options.networks} networks of width {options.width}, {off.shape[1]} points each")
    print_table(rows)
    write_json("ensemble_band", rows)


if __name__ == "__main__":
    main()
