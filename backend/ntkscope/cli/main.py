"""The program `ntkscope`, and how it tells of mistakes: in sentences, never as a trace."""

import os
import sys

import typer
from rich.console import Console

from ntkscope.cli import backup, doctor, presets, preview, run, scan, serve, why
from ntkscope.errors import NtkscopeError

DEBUG = "NTKSCOPE_DEBUG"

app = typer.Typer(
    help="See spectral bias: train a network, measure its neural tangent kernel, watch every mode.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("run")(run.run)
app.command("preview")(preview.preview)
app.command("scan")(scan.scan)
app.command("why")(why.why)
app.command("presets")(presets.presets)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.put_back)
app.command("vacuum")(backup.give_back)


def main() -> None:
    """Runs the command that the program was started with."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        app()
    except NtkscopeError as error:
        console.print(f"[bold red]{error.title}.[/bold red]")
        console.print(str(error), markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        console.print("[bold red]The program made a mistake.[/bold red]")
        console.print(f"{type(error).__name__}: {error}", markup=False)
        console.print(f"Please report it, with what {DEBUG}=1 shows when you do the same again.")
        sys.exit(1)
