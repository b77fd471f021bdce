"""`ntkscope why`: what a network learns, what it does not, why, and which changes help."""

from collections.abc import Generator
from typing import Annotated

import typer
from rich.console import Console

from ntkscope.api.limits import limits
from ntkscope.cli.configs import Found, of_problem
from ntkscope.cli.settings import read_settings
from ntkscope.experiment.explain.report import explain_stages
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.numerics.stages import complete, telling
from ntkscope.schemas.base import Model
from ntkscope.schemas.event_parts import Changes
from ntkscope.schemas.explanation import Explanation


@of_problem
def why(
    found: Found,
    json_text: Annotated[bool, typer.Option("--json", help="Write everything, as JSON.")] = False,
) -> None:
    """Says what will be learnt, what will not and why, and which change helps most; by rehearsals, without training."""
    stages = explain_stages(found.config, found.table, limits(read_settings()))
    made = _watched(stages, Console(stderr=True))
    if json_text:
        typer.echo(made.model_dump_json(indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    found.tell(console)
    show(found.name, made, console)


def show(name: str, made: Explanation, console: Console) -> None:
    """The report as text: each sentence, and what each switch sets."""
    console.print(f"[bold]{name}[/bold]")
    for notice in made.notices:
        console.print(notice, markup=False)
    for number, sentence in enumerate(made.sentences, 1):
        console.print(f"{number}. {sentence.text}", markup=False)
        for switch in sentence.switches:
            console.print(f"   {_settings(switch.changes)}", markup=False)


def _settings(changes: Changes) -> str:
    """As the config has them: data.scale_inputs = unit; network.encoding.kind = fourier."""
    said = []
    for name, value in changes.items():
        if isinstance(value, Model):
            fields = value.model_dump(exclude_none=True)
            said += [f"{name}.{key} = {part}" for key, part in fields.items()]
        else:
            said.append(f"{name} = {'none' if value is None else value}")
    return "; ".join(said)


def _watched(stages: Generator[Progress, None, Explanation], console: Console) -> Explanation:
    """The report, with how far it is on a terminal."""
    with console.status("Rehearsing") as status:

        def tell(told: Progress) -> None:
            status.update(f"Rehearsing the config and its changes, {100 * told.work:.0f} %")

        return complete(telling(stages, tell))
