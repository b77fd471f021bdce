"""`ntkscope presets`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ntkscope.experiment.presets import preset
from ntkscope.experiment.presets import presets as all_presets


def presets(
    name: Annotated[str | None, typer.Argument(help="Tells more about this one.")] = None,
) -> None:
    """Lists the presets: published experiments whose outcome is known."""
    console = Console(highlight=False)
    if name is None:
        table = Table()
        for heading in ("preset", "title", "variants"):
            table.add_column(heading, overflow="fold")
        for found in all_presets():
            names = [variant.name for variant in found.variants]
            table.add_row(found.id, found.title, ", ".join(names) if len(names) > 1 else "")
        console.print(table)
        return
    found = preset(name)
    console.print(f"[bold]{found.title}[/bold]")
    for line in (found.look_for, f"Check: {found.check}", f"Source: {found.source}"):
        console.print(line, markup=False)
    for variant in found.variants:
        console.print(f"ntkscope run {found.id}:{variant.name}   {variant.title}", markup=False)
