"""Are tables taken as they are? Each as `ntkscope run FILE`, with no option and no change: read, and a run begun.

python benchmarks/tables.py FILE_OR_FOLDER...

One line for each table: rows, columns, what was taken as x and y, what is scaled, rows left out, and the first loss;
or why it is refused. A folder stands for its files that are tables by their names. Those that statsmodels and
scikit-learn ship lie in `statsmodels/datasets/*/` and `sklearn/datasets/data/` of their packages.
"""

import argparse
from pathlib import Path
from typing import Any

from ntkscope.cli.tabled import Choices, config_of_table, is_table, table_of
from ntkscope.errors import NtkscopeError
from ntkscope.experiment.estimate import Limits, check_limits
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.trainer import train
from ntkscope.schemas.event import Frame
from ntkscope.schemas.training import Recording, Stop, Training
from ntkscope.settings import Settings
from report import print_table, write_json

SHORT = {"training": Training(stop=Stop(steps=2)), "recording": Recording(frames=3, kernel_frames=0)}


def row(path: Path, trains: bool) -> dict[str, Any]:
    """What becomes of one table."""
    settings, line = Settings(), {"table": path.name}
    limits = Limits(settings.max_parameters, settings.max_points, 2**40, settings.max_steps)
    try:
        config, _ = config_of_table(path, Choices(), settings)
        table = table_of(config, path.read_bytes(), path.name, settings.max_upload_bytes)
        check_limits(config, limits, table)
        problem = build(config, table)
        first = _first_loss(config.model_copy(update=SHORT), table) if trains else float("nan")
    except NtkscopeError as error:
        return line | _columns(0, 0, "", "", "", "", float("nan"), f"{error.expected} {error.got}"[:90])
    left_out = [notice for notice in table.notices if "left out" in notice]
    return line | _columns(
        len(problem.observed),
        len(table.columns),
        ", ".join(table.columns[:-1])[:30],
        table.columns[-1],
        f"x {config.data.scale_inputs}, y {config.data.scale_targets}",
        left_out[-1].split(" rows")[0] if left_out else "",
        first,
        "accepted",
    )


def _columns(
    rows: int, columns: int, x: str, y: str, scaled: str, left_out: str, loss: float, said: str
) -> dict[str, Any]:
    return {
        "rows": rows, "columns": columns, "x": x, "y": y, "scaled": scaled, "left out": left_out,
        "first loss": loss, "said": said,
    }  # fmt: skip


def _first_loss(config: Any, table: Any) -> float:
    return next(event.loss for event in train(config, dataset=table) if isinstance(event, Frame))


def measure(paths: list[Path], trains: bool = True) -> list[dict[str, Any]]:
    """One row for each table."""
    return [row(path, trains) for path in paths]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    found: list[Path] = []
    for path in parser.parse_args().paths:
        found += sorted(filter(is_table, path.rglob("*"))) if path.is_dir() else [path]
    rows = measure(found)
    print_table(rows)
    print(f"{sum(line['said'] == 'accepted' for line in rows)} of {len(rows)} accepted unchanged")
    write_json("tables", rows)


if __name__ == "__main__":
    main()
