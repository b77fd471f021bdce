"""`ntkscope run data.csv`: a config made from a table, and the options that say how it is read."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError

from ntkscope.api.validation import describe
from ntkscope.errors import InvalidInput, NotFound
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.experiment.problem.table_reading import read_table
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.dataset import DatasetPoints
from ntkscope.settings import Settings

SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".gz")
HOLD_OUT = "every:5, fraction:0.2, range:1990:2008, range:COLUMN:1990:2008 or column:NAME"

Target = Annotated[
    str,
    typer.Argument(
        metavar="PRESET_OR_FILE",
        help="A preset, preset:variant, a .toml or .json file, a .py file with a model, or a table.",
    ),
]
Dataset = Annotated[Path | None, typer.Option(help="The table of a configuration that names one.")]
X = Annotated[str, typer.Option("--x", help="The table's columns of inputs, by name or number: year,month or 1,3.")]
Y = Annotated[str, typer.Option("--y", help="The table's column of the target.")]
Apart = Annotated[
    Literal["auto", "comma", "semicolon", "tab", "blanks", "bar"],
    typer.Option("--separator", help="What stands between cells."),
]
DecimalMark = Annotated[
    Literal["auto", "point", "comma"], typer.Option("--decimal", help="What the decimals of numbers begin with.")
]
DropRows = Annotated[
    bool | None,
    typer.Option("--drop-rows/--keep-rows", help="Leave out rows with an empty cell or one that is no number, or not."),
]
Rows = Annotated[int | None, typer.Option("--rows", help="Take so many rows of the table, equally spaced.")]
Random = Annotated[bool, typer.Option("--random-rows", help="Draw the rows by the seed, where --rows is given.")]
HoldOutOption = Annotated[str, typer.Option("--hold-out", help=f"Points to test on: {HOLD_OUT}.")]


@dataclass(frozen=True)
class Choices:
    """What the options say of a table; nothing where they are left out."""

    x: str = ""
    y: str = ""
    separator: str = "auto"
    decimal: str = "auto"
    drop: bool | None = None
    rows: int | None = None
    random: bool = False
    hold_out: str = ""

    @property
    def points(self) -> dict[str, Any]:
        """The fields of data.points that are chosen."""
        chosen: dict[str, Any] = {}
        if self.x:
            chosen["x"] = [name.strip() for name in self.x.split(",")]
        if self.y:
            chosen["y"] = self.y
        marks = {"separator": self.separator, "decimal": self.decimal}
        chosen |= {name: value for name, value in marks.items() if value != "auto"}
        if self.drop is not None:
            chosen["missing"] = "drop" if self.drop else "refuse"
        if self.rows is not None:
            chosen |= {"subset": "random" if self.random else "even", "most_rows": self.rows}
        return chosen


def is_table(path: Path) -> bool:
    """Whether a file's name is that of a table."""
    return path.suffix.lower() in SUFFIXES


def config_of_table(path: Path, choices: Choices, settings: Settings) -> tuple[RunConfig, list[str]]:
    """A run of a table: how it was read and what is scaled is in its config, and said.

    Raises:
        NtkscopeError: the table cannot be read.
    """
    data = read_bytes(path)
    points = {"sha256": hashlib.sha256(data).hexdigest(), "missing": "drop", **choices.points}
    reading = read_table(data, settings.max_upload_bytes, checked(DatasetPoints, points))
    if reading.data is None:
        read_csv(data, path.name, settings.max_upload_bytes, checked(DatasetPoints, points))  # which says why
        raise AssertionError("a table without x or y was read")
    said = [*reading.notices, *reading.scaled]
    return with_choices(RunConfig(data=reading.data), choices), said


def with_choices(config: RunConfig, choices: Choices) -> RunConfig:
    """A config with what the options say of points and hold-out."""
    fields = config.model_dump()
    if choices.points:
        if config.data.points.kind != "dataset":
            raise InvalidInput(
                "A table, for options that say how one is read.", f"points of kind '{config.data.points.kind}'",
                "Give a table, or leave --x, --y and their like out.", "--x",
            )  # fmt: skip
        fields["data"]["points"] |= choices.points
    if choices.hold_out:
        fields["data"]["hold_out"] = _hold_out(choices.hold_out)
    made: RunConfig = checked(RunConfig, fields)
    return made


def table_of(config: RunConfig, data: bytes, name: str, limit: int) -> Table:
    """The table with a config's own choices."""
    points, hold_out = config.data.points, config.data.hold_out
    assert points.kind == "dataset", "asked of a config with a table only"
    return read_csv(data, name, limit, points, hold_out.column if hold_out.kind == "column" else None)


def checked(model: type[Any], fields: dict[str, Any]) -> Any:
    """A model of these fields.

    Raises:
        InvalidInput: the first that is wrong, in words.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        problem = describe(error.errors(), fields)[0]
        raise InvalidInput(problem.expected, problem.got, problem.remedy, problem.where) from None


def read_bytes(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        NotFound: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotFound("A file that can be read.", f"'{path}': {reason}", "Check its name.") from None


def _hold_out(text: str) -> dict[str, Any]:
    kind, _, rest = text.partition(":")
    match kind, rest.rsplit(":", 2):
        case "every", [k]:
            return {"kind": kind, "k": k}
        case "fraction", [fraction]:
            return {"kind": kind, "fraction": fraction}
        case "range", [low, high]:
            return {"kind": kind, "low": low, "high": high}
        case "range", [column, low, high]:
            return {"kind": kind, "column": column, "low": low, "high": high}
        case "column", [*_] if rest:
            return {"kind": kind, "column": rest}
    raise InvalidInput(f"One of {HOLD_OUT}.", f"'{text[:60]}'", "Write it so.", "--hold-out")
