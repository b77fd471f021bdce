"""What the report says of problems that strangers had, beside the right answer.

python benchmarks/field.py [NAME ...]. Prints a table in markdown, and writes it to benchmarks/results/field.md.
"""

import argparse
import json
import time
from pathlib import Path

import torch

from ntkscope.cli.tabled import Choices, config_of_table, table_of
from ntkscope.errors import NtkscopeError
from ntkscope.experiment.explain.report import explain
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.explanation import Explanation
from ntkscope.settings import Settings

CASES = Path(__file__).parents[1] / "tests" / "field"
RESULTS = Path(__file__).parent / "results" / "field.md"
RIGHT = {
    "se320289_n400": "Starts 40 times as large as the target, and forgets that first; |r|/|y| = 0.87 in the end.",
    "se280372_parabola": "Not with K₀ (3 modes: zero biases, x ≥ 0); later, as it moves. Change the biases.",
    "pt27131_n1000": "Dies at step 60: the target (amplitude 10) is large for a width of 64.",
    "pt27131_n100": "Learnt: what is left of the loss is the noise.",
    "ds51468_squares": "Dies at step 2 with any seed; scaling x and y helps.",
    "ds51468_scaled": "The same, scaled: 1e-4 in 1,500 steps.",
    "low_amplitude": "Both frequencies are told: 1 grows at first, and is not learnt within 4,000 steps.",
    "small_typed_frequency": "Both frequencies, 1 and 5, are told.",
    "sunspots_raw": "Years saturate every unit: 307 of 309 modes below round-off hold 96.5 %. Scale the inputs.",
    "sunspots_original_head": "Read, with YEAR as x and SUNACTIVITY as y.",
    "co2_original_head": "Read, with dates as x; empty cells are counted.",
    "space_separated": "Read.",
    "thousands_comma": "Both readings of 1,408 are named.",
    "eu_decimal_comma": "Read.",
    "equispaced_table": "As the interval: 1 at step 9, 3 at about 350.",
    "forum_sin2x": "Learnt is what stays learnt: the wave is not, within the steps.",
    "forum_sin2x_rate_as_typed": "The rate is one of a mean: 750 times smaller here.",
    "forum_sin2x_standard_defaults": "σ_w = 4, σ_b = 2 are not PyTorch's start; its own is torch_linear.",
    "x4_sigmoid": "sigmoid is known; x in ±100, y to 10⁸: scale x and y.",
    "ln_zero": "Refused at x = 0, with the text that leaves the point out.",
    "ln_zero_ln": "ln is taken.",
    "step_where": "a if c else b is taken.",
}


def report(name: str) -> tuple[Explanation, list[str]]:
    """Of a config, with its table where it names one, or of a table alone; and how that was read."""
    text, table = CASES / f"{name}.json", CASES / f"{name}.csv"
    if not text.is_file():
        config, read = config_of_table(table, Choices(), Settings())
        return explain(config, table_of(config, table.read_bytes(), table.name, Settings().max_upload_bytes)), read
    config = RunConfig.model_validate(json.loads(text.read_text()))
    points = config.data.points
    return explain(config, read_csv(table.read_bytes(), name, points=points) if points.kind == "dataset" else None), []


def says(name: str) -> str:
    """The sentences without how far to trust them, or why it was refused."""
    try:
        made, read = report(name)
    except NtkscopeError as refused:
        return f"Refused. {refused}"
    told = [sentence.text for sentence in made.sentences if sentence.kind not in ("tried", "trust")]
    return " ".join([*dict.fromkeys([*read, *made.notices]), *told])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    torch.set_num_threads(1)
    chosen = parser.parse_args().names
    lines = ["| case | the right answer in short | what it says now | s |", "|---|---|---|---|"]
    for name in chosen or RIGHT:
        begun = time.process_time()
        told = says(name).replace("|", "\\|")
        lines.append(
            f"| {name} | {RIGHT[name].replace('|', chr(92) + '|')} | {told} | {time.process_time() - begun:.1f} |"
        )
        print(lines[-1], flush=True)
    if not chosen:
        RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
