"""Tables and JSON of the benchmarks."""

import json
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

Compare = Callable[[int], dict[str, Any]]
Summary = Callable[[list[dict[str, Any]]], Iterable[dict[str, Any]]]


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of equal keys as an aligned table."""
    heads = list(rows[0])
    cells = [[text(row[head]) for head in heads] for row in rows]
    sizes = [max(len(head), *(len(line[at]) for line in cells)) for at, head in enumerate(heads)]
    for line in [heads, *cells]:
        print("  ".join(cell.rjust(size) for cell, size in zip(line, sizes, strict=True)))
    print()


def gather(name: str, key: str, compare: Compare, table: Summary, count: int) -> None:
    """Compares configs 0 to count - 1 and prints their table; results/<name>.json has what there is after each.

    Args:
        name: Of the benchmark.
        key: The table's, in the file.
        compare: The figures of a config.
        table: Rows that sum up those of all.
        count: How many configs.
    """
    rows: list[dict[str, Any]] = []
    for seed in range(count):
        rows.append(compare(seed))
        write_json(name, {"configs": rows, key: list(table(rows))})  # so that a long run may be stopped
    print_table(list(table(rows)))


def write_json(name: str, results: Any) -> None:
    """benchmarks/results/<name>.json, with the machine beside the figures."""
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    machine = {
        "torch": str(torch.__version__),
        "threads": torch.get_num_threads(),
        "machine": platform.machine(),
        "cuda": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }
    (folder / f"{name}.json").write_text(json.dumps({"machine": machine, "results": results}, indent=1) + "\n")


def text(value: Any) -> str:
    """A figure as tables show it."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
