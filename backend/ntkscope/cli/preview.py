"""`ntkscope preview`: what theory and a rehearsal say, before the run."""

from typing import Annotated

import typer
from rich.console import Console

from ntkscope.cli.configs import Found, of_problem
from ntkscope.cli.tables import wave_table
from ntkscope.experiment import preview as experiment
from ntkscope.experiment.card import ABSENT
from ntkscope.experiment.card_probe import look_at_card
from ntkscope.experiment.estimate import readable_bytes
from ntkscope.experiment.format import duration, number
from ntkscope.experiment.placement import explained, place_here, speeds
from ntkscope.experiment.rate import settled
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.torch_script import torch_script
from ntkscope.schemas.preview import Preview


@of_problem
def preview(
    found: Found,
    pytorch: Annotated[bool, typer.Option("--pytorch", help="Write the run as plain PyTorch instead.")] = False,
    json_text: Annotated[bool, typer.Option("--json", help="Write everything, as JSON.")] = False,
) -> None:
    """Says before training what will be learnt, when, and what it costs."""
    config, table = found.config, found.table
    if pytorch:
        start = initial(settled(config, table), table)
        typer.echo(torch_script(config, start.problem, start.learning_rate), nl=False)
        return
    placement = place_here(config, table)
    card = ABSENT if placement.device == "cpu" else look_at_card()
    made = explained(experiment.preview(config, table, speeds(placement, card)), placement)
    if json_text:
        typer.echo(made.model_dump_json(indent=2))
    else:
        console = Console(highlight=False, soft_wrap=True)
        found.tell(console)
        show(found.name, made, console)


def show(name: str, preview: Preview, console: Console) -> None:
    """The preview as text."""
    cost, spectrum = preview.cost, preview.spectrum
    console.print(f"[bold]{name}[/bold]")
    if spectrum is not None:
        limit = "none" if spectrum.largest_stable_rate is None else number(spectrum.largest_stable_rate)
        console.print(f"Learning rate {number(spectrum.learning_rate)}, limit 2/λ₁ = {limit}")
        console.print(f"Ends at step {spectrum.end_step:,}, t = {number(spectrum.end_time)}")
        resolved = sum(group.resolved for group in spectrum.groups)
        console.print(f"Learnt by then: {spectrum.groups_learnt} of {resolved} modes, pairs counted once")
    console.print(
        f"{cost.parameters:,} parameters, {readable_bytes(cost.memory_bytes)}, "
        f"about {duration(cost.run_seconds)} on this machine"
    )
    for line in (*preview.notices, *preview.warnings):
        console.print(line, markup=False)
    waves = wave_table(preview)
    if waves is not None:
        console.print(waves)
    if preview.rehearsal is not None:
        console.print(preview.rehearsal.sentence, markup=False)
    for offer in preview.offers:
        console.print(f"{offer.text}.", markup=False)
