"""Numbers and tables for a terminal."""

from rich.table import Table

from ntkscope.experiment.format import frequency, number, percent
from ntkscope.schemas.event_parts import ModeRow
from ntkscope.schemas.preview import Preview
from ntkscope.schemas.wave import WaveForecast, WaveRow

MOST_ROWS = 16


def seconds(value: float | None) -> str:
    """0.4 s, 12 s, 3 min, 2.1 h."""
    if value is None:
        return "–"
    for unit, length in (("h", 3600), ("min", 60)):
        if value >= 2 * length:
            return f"{value / length:.2g} {unit}"
    return f"{value:.2g} s"


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
    """When each wave of the target will be learnt; None where the inputs have no waves."""
    if preview.spectrum is None or not preview.spectrum.waves:
        return None
    epsilon = preview.config.recording.epsilon
    table = Table(title=f"When each wave of the target is below {epsilon:g} of itself, for good", title_justify="left")
    for heading in ("frequency", "", "of the target", "step", "t", "after", "in this run"):
        table.add_column(heading, justify="right")
    for row in preview.spectrum.waves[:MOST_ROWS]:
        table.add_row(
            *_wave(row),
            _maybe(row.time),
            seconds(row.seconds),
            "yes" if row.within_run else "no",
        )
    return table


def learnt_table(rows: list[WaveRow], epsilon: float) -> Table | None:
    """What came of each wave of the target; None where the inputs have no waves."""
    shown = [row for row in rows if row.is_told]
    if not shown:
        return None
    table = Table(title=f"From when on each wave of the target was below {epsilon:g} of itself", title_justify="left")
    for heading in ("frequency", "", "of the target", "predicted step", "measured step", "error at the end"):
        table.add_column(heading, justify="right")
    for row in shown[:MOST_ROWS]:
        measured = "learnt, then lost" if row.lost else "not in this run"
        table.add_row(
            *_wave(row),
            measured if row.measured_step is None else number(round(row.measured_step)),
            "–" if row.error is None else percent(row.error),
        )
    return table


def _wave(row: WaveForecast) -> tuple[str, str, str, str]:
    """Its frequency, where it is from, its share of the target and the predicted step."""
    name, source = ("mean", "") if row.source == "mean" else (frequency(row.frequency), row.source)
    return name, source, percent(row.share), "never" if row.step is None else f"{row.step:,}"


def _maybe(value: float | None) -> str:
    return "–" if value is None else number(value)


def _modes(modes: list[int]) -> str:
    return str(modes[0]) if len(modes) == 1 else f"{modes[0]}–{modes[-1]}"
