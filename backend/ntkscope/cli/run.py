"""`ntkscope run`: trains here, without a server."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from ntkscope.cli.configs import Found, of_problem
from ntkscope.cli.settings import read_settings
from ntkscope.cli.tables import learnt_table, mode_table
from ntkscope.executors.drive import drive
from ntkscope.experiment.check import check_start
from ntkscope.experiment.format import duration, number
from ntkscope.experiment.rate import settled
from ntkscope.experiment.trainer import train
from ntkscope.runs.threads import threads_for
from ntkscope.schemas.event import Command, Finished, Frame, LawName, RunEvent, Started, Tick
from ntkscope.schemas.rehearsal import Rehearsed
from ntkscope.wire.codec import encode, to_json

CANCELLED = 130  # the exit status of a program that Ctrl-C ended


@of_problem
def run(
    found: Found,
    json_lines: Annotated[bool, typer.Option("--json", help="Write the events to the output, one a line.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the events to this file, as msgpack.")] = None,
) -> None:
    """Trains and measures. Ctrl-C ends the run where it is.

    The exit status is 0 for a run that completed, 1 for one that diverged, 130 for one that was cancelled.
    """
    config, table = found.config, found.table
    check_start(config, table)
    config = settled(config, table)
    threads = threads_for(config, table, read_settings().training_threads())
    console = Console(stderr=json_lines, highlight=False)
    found.tell(console)
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(out.open("wb")) if out else None
        stop = stack.enter_context(_ctrl_c())
        watcher = stack.enter_context(_Watcher(found.name, console, json_lines, file))
        finished = drive(train(config, dataset=table, threads=threads), watcher.event, stop)
    if finished is None:
        raise RuntimeError("the run paused, although nobody asked it to")
    console.print(finished.sentence, markup=False)
    if watcher.test_error is not None:
        console.print(f"Mean squared error on the points held out: {number(watcher.test_error)}.", markup=False)
    if finished.suggestion is not None:
        console.print(finished.suggestion.sentence, markup=False)
    if finished.rows:
        console.print(mode_table(finished.rows, config.recording.epsilon))
    waves = learnt_table(finished.waves, config.recording.epsilon, watcher.rehearsal)
    if waves is not None:
        console.print(waves)
    if finished.verdict is not None:
        console.print(finished.verdict.text, markup=False)
    if finished.outcome != "completed":
        raise typer.Exit(CANCELLED if finished.outcome == "cancelled" else 1)


@contextlib.contextmanager
def _ctrl_c() -> Iterator[Any]:
    """What to tell the run at its next tick: `cancel` after the first Ctrl-C. The second ends the program."""
    pressed: list[Command] = []

    def press(_number: int, _frame: object) -> None:
        pressed.append("cancel")
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed[0] if pressed else None
    finally:
        signal.signal(signal.SIGINT, before)


class _Watcher:
    """Shows the progress, and writes events down. `law` is the one that is drawn, `test_error` that on held-out points.

    Args:
        name: Of the run.
        console: Where the progress is shown.
        json_lines: Whether events go to the standard output.
        file: Where they go as msgpack.
    """

    def __init__(self, name: str, console: Console, json_lines: bool, file: BinaryIO | None) -> None:
        self._console, self._json_lines, self._file = console, json_lines, file
        self.law: LawName | None = None
        self.rehearsal: Rehearsed | None = None
        self.test_error: float | None = None  # at the last frame, of a run with points held out
        self._held_out = False
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]}  t = {task.fields[time]}"),
            TextColumn("{task.fields[frames]} frames  {task.fields[left]}"),
            console=console,
            disable=json_lines,
        )
        self._fields: dict[str, Any] = {"loss": "–", "time": "0", "frames": 0, "left": "measuring the kernel"}
        self._task: TaskID = self._progress.add_task(name, total=None, **self._fields)

    def __enter__(self) -> "_Watcher":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def event(self, event: RunEvent) -> None:
        """Takes one event of the run."""
        if event.type not in ("tick", "checkpoint"):
            self._write(encode(event))
        match event:
            case Started():
                self.law, self.rehearsal, self._held_out = event.law, event.rehearsal, event.held_out is not None
                for notice in event.notices:
                    self._console.print(notice, markup=False)
                if event.rehearsal is not None:
                    self._console.print(event.rehearsal.sentence, markup=False)
                self._show(total=float(event.steps[-1]), left="")
            case Frame():
                frames = self._fields["frames"] + 1
                self.test_error = event.held_out_error if self._held_out else None
                self._show(completed=event.step, frames=frames, loss=number(event.loss), time=number(event.time))
            case Tick():
                left = f"{duration(event.seconds_left)} left" if event.seconds_left is not None else ""
                if event.step:
                    self._show(completed=event.step, loss=number(event.loss), time=number(event.time), left=left)
            case Finished():
                self._show(left="")

    def _write(self, data: bytes) -> None:
        if self._json_lines:
            sys.stdout.buffer.write(to_json(data) + b"\n")
            sys.stdout.flush()
        if self._file is not None:
            self._file.write(data)

    def _show(self, **changes: Any) -> None:
        self._fields |= {name: value for name, value in changes.items() if name in self._fields}
        self._progress.update(self._task, **changes)
