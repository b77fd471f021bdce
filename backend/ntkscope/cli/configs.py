"""Finds the config that PRESET_OR_FILE[:variant] names, and its table."""

import functools
import hashlib
import inspect
import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console

from ntkscope.api.limits import limits
from ntkscope.api.validation import describe
from ntkscope.cli.settings import read_settings
from ntkscope.cli.tabled import (
    Apart,
    Choices,
    Dataset,
    DecimalMark,
    DropRows,
    HoldOutOption,
    Random,
    Rows,
    Target,
    X,
    Y,
    config_of_table,
    is_table,
    read_bytes,
    table_of,
    with_choices,
)
from ntkscope.errors import InvalidInput, NotFound
from ntkscope.experiment.estimate import check_limits
from ntkscope.experiment.pasted.model import read_model, with_changes
from ntkscope.experiment.presets import preset, presets
from ntkscope.experiment.problem.datasets import Table
from ntkscope.schemas.config import RunConfig
from ntkscope.settings import Settings

SUFFIXES = (".toml", ".json", ".py")


@dataclass(frozen=True)
class Found:
    """What is to be run: its name, its config, its table, and what is to be said of how that was read."""

    name: str
    config: RunConfig
    table: Table | None
    said: list[str]

    def tell(self, console: Console) -> None:
        """Prints how it was read."""
        for line in self.said:
            console.print(line, markup=False)


def of_problem(command: Callable[..., None]) -> Callable[..., None]:
    """A command of what PRESET_OR_FILE names, within the limits, with the options that say how a table is read.

    Typer takes a command's options from its signature: they are added there.
    """
    options = inspect.signature(_named).parameters
    _, *own = inspect.signature(command).parameters.values()

    @functools.wraps(command)
    def begun(**given: Any) -> None:
        command(_named(**{name: given.pop(name) for name in options}), **given)

    begun.__signature__ = inspect.Signature([*options.values(), *own])  # type: ignore[attr-defined]
    return begun


def _named(
    target: Target,
    dataset: Dataset = None,
    x: X = "",
    y: Y = "",
    separator: Apart = "auto",
    decimal: DecimalMark = "auto",
    drop: DropRows = None,
    rows: Rows = None,
    random: Random = False,
    hold_out: HoldOutOption = "",
) -> Found:
    settings = read_settings()
    choices = Choices(x, y, separator, decimal, drop, rows, random, hold_out)
    found = find(target, dataset, choices, settings)
    check_limits(found.config, limits(settings), found.table)
    return found


def find(target: str, dataset: Path | None, choices: Choices, settings: Settings) -> Found:
    """What PRESET_OR_FILE names: a preset, a config, or a table of one's own.

    Raises:
        NtkscopeError: there is no such thing, or it cannot be read.
    """
    path = Path(target)
    if is_table(path):
        config, said = config_of_table(path, choices, settings)
        table = table_of(config, read_bytes(path), path.name, settings.max_upload_bytes)
        return Found(path.name, config, table, [line for line in said if line not in table.notices])
    name, config = find_config(target)
    config = with_choices(config, choices)
    return Found(name, config, find_table(config, dataset, settings), [])


def find_config(target: str) -> tuple[str, RunConfig]:
    """A name for the config, and the config.

    Raises:
        NotFound: no such preset, variant or file.
        InvalidInput: the file is no config.
    """
    if Path(target).suffix in SUFFIXES:
        return Path(target).stem, _from_file(Path(target))
    name, _, variant = target.partition(":")
    if name not in [found.id for found in presets()]:
        raise NotFound(
            expected="A preset, a config (.toml, .json), a model (.py) or a table (.csv, .tsv, .txt, .dat, .gz).",
            got=f"'{target[:100]}'",
            remedy="'ntkscope presets' lists the presets.",
        )
    variants = {found.name: found.config for found in preset(name).variants}
    chosen = variant or next(iter(variants))
    if chosen not in variants:
        raise NotFound(
            expected=f"A variant of {name}: {', '.join(variants)}.",
            got=f"'{variant[:100]}'",
            remedy=f"Write {name}:{next(iter(variants))}, or {name} alone for the first.",
        )
    return (f"{name}:{chosen}" if len(variants) > 1 else name), variants[chosen]


def find_table(config: RunConfig, path: Path | None, settings: Settings) -> Table | None:
    """The table of a config whose points are a data set.

    Raises:
        InvalidInput: none was given, or another than the config names.
    """
    points = config.data.points
    if points.kind != "dataset":
        return None
    if path is None:
        raise InvalidInput(
            expected="The table that the configuration names.",
            got="none",
            remedy="Give it with --dataset FILE.csv.",
            where="--dataset",
        )
    data = read_bytes(path)
    if hashlib.sha256(data).hexdigest() != points.sha256:
        raise InvalidInput(
            expected=f"The table whose SHA-256 begins with {points.sha256[:12]}.",
            got=f"{path}, which is another",
            remedy="Give the table of this configuration, or change data.points.sha256.",
            where="--dataset",
        )
    return table_of(config, data, path.name, settings.max_upload_bytes)


def _from_file(path: Path) -> RunConfig:
    data = read_bytes(path)
    if path.suffix == ".py":
        return _from_model(data)
    try:
        text = data.decode()
        fields: Any = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        kind = path.suffix[1:].upper()
        raise InvalidInput(f"A {kind} file.", f"{path}: {error}", "Mend the file.", str(path)) from None
    try:
        return RunConfig.model_validate(fields)
    except ValidationError as error:
        problem = describe(error.errors(), fields)[0]
        where = f"{path}: {problem.where}"
        raise InvalidInput(problem.expected, problem.got, problem.remedy, where) from None


def _from_model(data: bytes) -> RunConfig:
    """The default config with the model of a Python file, which is read and never run; says what was not taken."""
    pasted = read_model(data.decode(errors="replace"))
    for sentence in pasted.ignored:
        typer.echo(sentence, err=True)
    return with_changes(RunConfig(), pasted.changes)
