"""`ntkscope scan`: what theory says over the values of one field, before any training."""

from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table as Rows

from ntkscope.api.limits import limits
from ntkscope.cli.configs import find
from ntkscope.cli.settings import read_settings
from ntkscope.cli.tabled import Choices, Dataset, Target
from ntkscope.errors import InvalidInput
from ntkscope.experiment import scan as experiment
from ntkscope.experiment.estimate import check_limits
from ntkscope.experiment.format import frequency, number
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.scan_words import shown
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.rehearsal import BAD_ENDINGS
from ntkscope.schemas.scan import Scan, ScanRequest
from ntkscope.schemas.sweep import AxisValue

MOST_VALUES = 32
SWITCHES = {"true": True, "false": False}
FieldName = Annotated[str, typer.Option("--field", help="Where it is in the config, as in network.width.")]
Values = Annotated[str, typer.Option("--values", help="Up to 32, with commas between them: 16,64,256.")]


def scan(
    target: Target,
    field: FieldName,
    values: Values,
    dataset: Dataset = None,
    json_text: Annotated[bool, typer.Option("--json", help="Write everything, as JSON.")] = False,
) -> None:
    """Says before training what each value of a field would learn."""
    settings = read_settings()
    found = find(target, dataset, Choices(), settings)

    def load(config: RunConfig) -> Table | None:
        check_limits(config, limits(settings), found.table)
        return found.table

    request = ScanRequest(config=found.config, field=field, values=read_values(values))
    made = experiment.scan(request, load)
    if json_text:
        typer.echo(made.model_dump_json(indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    found.tell(console)
    console.print(_table(found.name, made))
    for answer in made.answers:
        if answer.error is not None:
            console.print(f"{shown(answer.value)}: {answer.error}", markup=False)
        elif answer.found is not None and answer.found.reason is not None:
            console.print(f"{shown(answer.value)}: {answer.found.reason}", markup=False)
    if made.sentence is not None:
        console.print(made.sentence, markup=False)


def read_values(text: str) -> list[AxisValue]:
    """Numbers, true and false where they are ones, else text.

    Raises:
        InvalidInput: there are none, too many, or one twice.
    """
    values = [_value(part.strip()) for part in text.split(",") if part.strip()]
    if not 1 <= len(values) <= MOST_VALUES or len(set(map(repr, values))) < len(values):
        raise InvalidInput(
            expected=f"1 to {MOST_VALUES} values, each once, with commas between them.",
            got=f"'{text[:100]}'",
            remedy="Write them as in --values 16,64,256.",
            where="--values",
        )
    return values


def _value(text: str) -> AxisValue:
    if text.lower() in SWITCHES:
        return SWITCHES[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _table(name: str, made: Scan) -> Rows:
    table = Rows(title=f"{name}: {made.field}", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("value", "λ₁", "modes learnt", "waves up to", "any wave up to", "held-out error", "by"):
        table.add_column(heading, justify="right")
    for answer in made.answers:
        found = answer.found
        if found is None:
            table.add_row(shown(answer.value), *["–"] * 6)
            continue
        table.add_row(
            shown(answer.value),
            number(found.eigenvalues[0]),
            "–" if found.ended in BAD_ENDINGS else f"{found.modes_learnt:,} of {found.modes:,}",
            "–" if found.frequency is None else frequency(found.frequency) if found.frequency else "none",
            "–" if found.reach is None else str(found.reach),
            "–" if found.held_out_error is None else number(found.held_out_error),
            "K₀" if found.by == "kernel" else found.ended if found.ended in BAD_ENDINGS else "rehearsal",
        )
    return table
