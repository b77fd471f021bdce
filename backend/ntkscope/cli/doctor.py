"""`ntkscope doctor`: what is here, what is missing, and how to get it."""

import platform
import shutil
import subprocess
from dataclasses import dataclass
from typing import Literal

import typer
from rich.console import Console
from rich.table import Table

from ntkscope import __version__
from ntkscope.api.pages import BUILT
from ntkscope.cli.settings import read_settings
from ntkscope.cli.tokens import with_tokens
from ntkscope.errors import NtkscopeError
from ntkscope.experiment.estimate import readable_bytes
from ntkscope.settings import Settings
from ntkscope.store.inspection import inspect_database

MARKS = {"ok": "[green]ok[/green]", "optional": "[yellow]–[/yellow]", "missing": "[red]missing[/red]"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "optional", "missing"]
    found: str
    remedy: str = ""


def doctor() -> None:
    """Looks at versions, device, database and page. The exit status is 1 if something is missing."""
    settings = read_settings()
    findings = [_versions(), _torch(), _device(settings), _database(settings), _access(settings), _page(), _node()]
    table = Table(show_header=False)
    for finding in findings:
        text = f"{finding.found}\n{finding.remedy}" if finding.remedy else finding.found
        table.add_row(finding.what, MARKS[finding.state], text)
    Console(highlight=False).print(table)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)


def _versions() -> Finding:
    return Finding("ntkscope", "ok", f"{__version__}, Python {platform.python_version()}, {platform.platform()}")


def _torch() -> Finding:
    import torch

    built = f"built for CUDA {torch.version.cuda}" if torch.version.cuda else "built without CUDA"
    return Finding("PyTorch", "ok", f"{torch.__version__}, {built}")


def _device(settings: Settings) -> Finding:
    from ntkscope.experiment.card_probe import look_at_card
    from ntkscope.experiment.placement import does_not_compute

    card, count = look_at_card(), settings.training_threads()
    threads = f"{count} thread{'s' * (count > 1)} for large runs"
    if card.computes:
        room = f"{readable_bytes(card.free_bytes)} of {readable_bytes(card.total_bytes)} free"
        driver = f", driver for CUDA {card.driver}" if card.driver else ""
        return Finding("Device", "ok", f"{card.title}, which computes; {room}{driver}; {threads}")
    if card.state == "refused":
        driver = f" The driver is for CUDA {card.driver}." if card.driver else ""
        remedy = f"{does_not_compute(card)}.{driver} A newer driver, or a PyTorch built for this card, mends that."
        return Finding("Device", "optional", f"CPU; {threads}", remedy)
    remedy = "A GPU is used where PyTorch was built for CUDA and finds one; it is not needed."
    return Finding("Device", "optional", f"CPU; {threads}", remedy)


def _database(settings: Settings) -> Finding:
    try:
        return Finding("Database", "ok", inspect_database(settings.database_url))
    except NtkscopeError as error:
        return Finding("Database", "missing", error.got, error.remedy)


def _access(settings: Settings) -> Finding:
    asked = "a token is asked for"
    try:
        token = with_tokens(settings, ask=False).token
    except NtkscopeError as error:
        return Finding("Access", "missing", error.got, error.remedy)
    if settings.token or settings.token_file:
        return Finding("Access", "ok", f"{settings.host}; {asked}, which is set")
    if token:
        return Finding("Access", "ok", f"{settings.host}; {asked}, which ntkscope serve draws and prints")
    remedy = "ntkscope serve --token closes it to them."
    return Finding("Access", "ok", f"{settings.host}: open to every account of this machine", remedy)


def _page() -> Finding:
    if (BUILT / "index.html").is_file():
        return Finding("Page", "ok", f"built, in {BUILT}")
    remedy = "make setup, or in the folder frontend: npm ci && npm run build"
    return Finding("Page", "missing", "not built", remedy)


def _node() -> Finding:
    node = shutil.which("node")
    if node is None:
        remedy = "Only needed to build the page; make setup installs it into .venv."
        return Finding("Node", "optional", "not on the PATH", remedy)
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return Finding("Node", "ok", version)
