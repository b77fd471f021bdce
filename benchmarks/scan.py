"""What does a scan cost, and does training do what it says? Preset by preset, value by value, against real runs.

python benchmarks/scan.py [--quick]. Each value is scanned, then trained with two kernel frames; how many waves of the
target are learnt within the steps and the held-out error at the end are compared. Exits with an error where a
rehearsed answer is off by more than one wave of the target or 5 % of the error.
"""

import argparse
import time
from typing import Any

import torch

from ntkscope.experiment.axes import with_value
from ntkscope.experiment.presets import preset
from ntkscope.experiment.scan import scan
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Frame
from ntkscope.schemas.scan import ScanRequest
from ntkscope.schemas.sweep import AxisValue
from report import print_table, write_json

SCANS: list[tuple[str, str, list[AxisValue]]] = [
    ("fourier-features-1d", "network.encoding.spread", [0.5, 1, 2, 4, 8, 16, 32]),
    ("six-frequencies", "network.width", [4, 16, 64, 256, 1024]),
    ("six-frequencies", "network.sigma_w", [0.5, 1, 2, 4, 8]),
    ("two-sines", "training.learning_rate.fraction", [0.05, 0.25, 0.9]),
]
ERROR_OFF, WAVES_OFF = 0.05, 1


def trained(config: RunConfig) -> tuple[int, float]:
    """How many waves of the target are learnt at the end, and the held-out error."""
    events = list(train(config))
    ends = [event for event in events if isinstance(event, Finished)]
    learnt = sum(wave.source != "mean" and wave.measured_step is not None for wave in ends[-1].waves)
    frames = [event for event in events if isinstance(event, Frame)]
    return learnt, float(frames[-1].held_out_error or 0)


def measure(name: str, field: str, values: list[AxisValue]) -> list[dict[str, Any]]:
    """A row for each value."""
    config = preset(name).variants[0].config
    config = config.model_copy(update={"recording": config.recording.model_copy(update={"kernel_frames": 2})})
    begun = time.perf_counter()
    made = scan(ScanRequest(config=config, field=field, values=values))
    seconds, rows = time.perf_counter() - begun, []
    for answer in made.answers:
        assert answer.found is not None, answer.error
        begun = time.perf_counter()
        learnt, error = trained(with_value(config, field, answer.value))
        told = sum(wave.step is not None for wave in answer.found.waves)
        rows.append(
            {
                "preset": name,
                "field": field.rpartition(".")[2],
                "value": answer.value,
                "by": answer.found.by,
                "waves, scan": told,
                "waves, run": learnt,
                "error, scan": answer.found.held_out_error,
                "error, run": error,
                "scan, s": seconds / len(values),
                "run, s": time.perf_counter() - begun,
            }
        )
    return rows


def is_off(row: dict[str, Any]) -> bool:
    """Whether a rehearsed answer is not what training does."""
    apart = abs(row["error, scan"] - row["error, run"]) > ERROR_OFF * row["error, run"]
    return row["by"] == "rehearsal" and (apart or abs(row["waves, scan"] - row["waves, run"]) > WAVES_OFF)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="The second scan alone.")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = [row for chosen in (SCANS[1:2] if options.quick else SCANS) for row in measure(*chosen)]
    print_table(rows)
    write_json("scan", rows)
    off = [row for row in rows if is_off(row)]
    if off:
        raise SystemExit(f"{len(off)} of {len(rows)} answers are not what training does")


if __name__ == "__main__":
    main()
