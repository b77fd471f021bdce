"""Numbers and tables for a terminal."""

from rich import box
from rich.table import Table

from ntkscope.experiment.format import duration, frequency, number, percent
from ntkscope.schemas.event_parts import ModeRow
from ntkscope.schemas.preview import Preview
from ntkscope.schemas.rehearsal import Rehearsed, RehearsedWave
from ntkscope.schemas.wave import WaveForecast, WaveRow

MOST_ROWS = 16


def mode_table(rows: list[ModeRow], epsilon: float) -> Table:
    """Eigenvalue, predicted and measured learning time of the modes that count; of others, the first."""
    table = Table(title=f"From when on each mode was below {epsilon:g} of its start", title_justify="left")
    for heading in ("mode", "eigenvalue", "predicted t", "measured t", "median error"):
        table.add_column(heading, justify="right")
    shown = [row for row in rows if row.significant] or rows
    for row in shown[:MOST_ROWS]:
        error = None if row.median_error is None else f"{100 * row.median_error:.2g} %"
        table.add_row(
            _modes(row.modes),
            number(row.eigenvalue),
            _maybe(row.predicted_learning_time),
            "lost again" if row.lost else _maybe(row.measured_learning_time),
            error or "–",
        )
    if len(rows) > len(shown[:MOST_ROWS]):
        table.caption = f"{len(rows) - len(shown[:MOST_ROWS])} more, too small in the target to count or further down"
    return table


def wave_table(preview: Preview) -> Table | None:
    """When each wave of the target will be learnt; None where the inputs have no waves.

    By K_0, and by the rehearsal where there is one: with its range, and when it says so.
    """
    if preview.spectrum is None or not preview.spectrum.waves:
        return None
    epsilon, rehearsal = preview.config.recording.epsilon, preview.rehearsal
    table = _narrow(f"When each wave of the target is below {epsilon:g} of itself, for good")
    for heading in ("frequency", "", "share", "by K₀", "rehearsed", "range", "after", "in run"):
        table.add_column(heading, justify="right")
    rehearsed = rehearsal.waves if rehearsal else [None] * len(preview.spectrum.waves)
    step_seconds = preview.cost.step_seconds
    for row, told in list(zip(preview.spectrum.waves, rehearsed, strict=True))[:MOST_ROWS]:
        step, within = (row.step, row.within_run) if rehearsal is None or told is None else (told.step, told.within_run)
        table.add_row(
            *_wave(row),
            *_rehearsed(told, rehearsal.horizon if rehearsal else 0),
            duration(None if step is None else step_seconds * step),
            "yes" if within else "no",
        )
    return table


def learnt_table(rows: list[WaveRow], epsilon: float, rehearsal: Rehearsed | None = None) -> Table | None:
    """What came of each wave of the target; None where the inputs have no waves."""
    told = rehearsal.waves if rehearsal else [None] * len(rows)
    shown = [(row, wave) for row, wave in zip(rows, told, strict=True) if row.is_told]
    if not shown:
        return None
    table = _narrow(f"From when on each wave of the target was below {epsilon:g} of itself")
    headings = (
        "frequency",
        "",
        "of the target",
        "step by K₀",
        "rehearsed",
        "range",
        "measured step",
        "error at the end",
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for row, wave in shown[:MOST_ROWS]:
        measured = "learnt, then lost" if row.lost else "not in this run"
        table.add_row(
            *_wave(row),
            *_rehearsed(wave, rehearsal.horizon if rehearsal else 0),
            measured if row.measured_step is None else number(round(row.measured_step)),
            "–" if row.error is None else percent(row.error),
        )
    return table


def _narrow(title: str) -> Table:
    """A table whose eight columns fit into 80 characters."""
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=0)


def _wave(row: WaveForecast) -> tuple[str, str, str, str]:
    """Its frequency, where it is from, its share of the target and the step by the kernel at the start."""
    name, source = ("mean", "") if row.source == "mean" else (frequency(row.frequency), row.source)
    return name, source, percent(row.share), "none" if row.step is None else f"{row.step:,}"


def _rehearsed(wave: RehearsedWave | None, horizon: int) -> tuple[str, str]:
    """The rehearsed step, and its range."""
    if wave is None:
        return "–", "–"
    high = "later" if wave.step_high is None else f"{wave.step_high:,}"
    if wave.step is None:
        return f"not within {horizon:,}", "–"
    return f"{wave.step:,}", f"{wave.step_low:,} to {high}"


def _maybe(value: float | None) -> str:
    return "–" if value is None else number(value)


def _modes(modes: list[int]) -> str:
    return str(modes[0]) if len(modes) == 1 else f"{modes[0]}–{modes[-1]}"
