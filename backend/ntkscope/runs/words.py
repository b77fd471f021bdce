"""What the server says of a run that has not ended, or that ended without its generator."""

import signal
from typing import Literal

from ntkscope.errors import Conflict, Gone, NotFound, NotReadable, Unavailable
from ntkscope.experiment.estimate import readable_bytes
from ntkscope.schemas.event import Command
from ntkscope.schemas.run import RunSummary, State
from ntkscope.schemas.sweep import AxisValue, SweepState
from ntkscope.schemas.unreadable import Unreadable

CANCELLED_EARLY = "Cancelled before it began."
CANCELLED_REDUCED = "Cancelled while it was paused: what it had recorded until then stays."
CANCELLED_HARD = "Cancelled while it computed its kernel; its worker was replaced."
REDUCED = "Paused, and kept as a checkpoint: it goes on from there."
INTERRUPTED = "The server stopped while this run was on it. Resume it: it goes on from its last checkpoint."
STARTING = "Waits for a worker process, which is starting."
GOES_ON = "It is tried again, and goes on by itself once it can be."
UNWRITABLE = "Its events could not be stored: {error}. Make room, or check the database, then resume it."


def sentence(state: State, ahead: int, begun: bool, pending_command: Command | None, trouble: str = "") -> str:
    """What a run that has not ended is waiting for.

    `pending_command` has not taken effect yet; `trouble` is why the database takes no writes now.
    """
    if trouble:
        what = {"queued": "Waits", "paused": "Paused"}.get(state, "Training waits")
        return f"{what}: the database cannot be written now ({trouble}). {GOES_ON}"
    if state == "queued":
        what = "to go on" if begun else "to begin"
        return f"Waits {what}: {ahead} before it." if ahead else STARTING
    if state == "paused":
        return "Paused." if begun else "Paused before it began."
    if pending_command is not None:
        return f"Told to {pending_command}; it does so after the kernel that it computes now."
    return "Training."


def stopping() -> Unavailable:
    """Of a request for a run while the server ends."""
    return Unavailable(
        expected="A server that goes on.",
        got="a request for a run while it stops",
        remedy="Ask again in some seconds, once it has started again.",
    )


def no_worker_yet() -> Unavailable:
    """Of a server that has just started, or whose workers have died."""
    return Unavailable(
        expected="A worker process that is ready.",
        got="none yet",
        remedy="Wait some seconds; if it stays, the server's log says why its workers end.",
    )


def end_not_stored(state: State, trouble: str) -> str:
    """Of a run that has ended, before its row can say so."""
    return f"Ended ({state}), which could not be stored yet: {trouble}. It is tried again."


def short_of_memory(needs: int, free: int, most: int) -> str:
    """Of a run that waits."""
    return (
        f"Waits for memory: it takes {readable_bytes(needs)}, and of {readable_bytes(most)} "
        f"{readable_bytes(free)} are free. Runs and previews hold the rest."
    )


def no_memory_now(needs: int, free: int, most: int) -> Conflict:
    """Of a preview or a prediction."""
    return Conflict(
        expected=f"{readable_bytes(needs)} of memory are needed for the kernel.",
        got=f"{readable_bytes(free)} of {readable_bytes(most)} that are free; runs and other kernels hold the rest",
        remedy="Ask again when a run has ended.",
    )


def worker_died(exit_code: int) -> str:
    """Of a run whose worker process is gone."""
    how = f"exit code {exit_code}"
    if exit_code < 0:
        try:
            how += f", {signal.Signals(-exit_code).name}"
        except ValueError:
            how += f", signal {-exit_code}"
    hint = " That is also what happens when memory runs out." if exit_code == -signal.SIGKILL else ""
    remedy = "A new one has started; resume the run: it goes on from its last checkpoint."
    return f"The worker process was killed or crashed ({how}).{hint} {remedy}"


def no_such_run(run_id: str) -> NotFound:
    return NotFound(
        expected="The id of a run on this server.",
        got=f"'{run_id[:60]}'",
        remedy="GET /api/runs lists them.",
        where="id",
    )


def not_readable(kind: Literal["run", "sweep"], row: Unreadable) -> NotReadable:
    return NotReadable(
        expected=f"A {kind} that this version of ntkscope can read.",
        got=f"'{row.id}', of which it says: {row.sentence}",
        remedy=f"Open it with the version that stored it, or delete it: DELETE /api/{kind}s/{row.id}.",
        where="id",
    )


def damaged_event(run_id: str, seq: int) -> NotReadable:
    return NotReadable(
        expected="A log of whole events.",
        got=f"event {seq} of run '{run_id}', whose stored bytes are damaged",
        remedy=f"Put the database back from a copy, or delete the run: DELETE /api/runs/{run_id}.",
        where="events",
    )


def deleted(run: RunSummary | Unreadable) -> Gone:
    return Gone(
        expected="A run that has not been deleted.",
        got=f"'{run.id}', which was deleted",
        remedy=f"POST /api/runs/{run.id}/restore brings it back within 10 minutes of its deletion.",
        where="id",
    )


def not_possible(run: RunSummary, doing: str, expected: str, remedy: str) -> Conflict:
    return Conflict(expected=expected, got=f"a run that is {run.state}", remedy=remedy, where=f"runs/{run.id}/{doing}")


def unreadable_log(sentence: str) -> str:
    """Of a sweep's run that has completed, but whose events this version cannot read."""
    return f"{sentence} It is no part of the study: this version of ntkscope cannot read its log."


def sweep_sentence(state: SweepState, done: int, failed: int, missing: int, total: int) -> str:
    """How far a sweep has come, how it ended, what can be done; a failed run may be missing too."""
    count = f"{done:,} of {total:,} {'run' if total == 1 else 'runs'} {'is' if done == 1 else 'are'} done"
    if failed:
        count += f", {failed:,} of them without completing: their sentences say why"
    left = " Resume it to run what is missing." if missing else ""
    return {
        "running": f"Running: {count}.",
        "completed": f"Completed: {count}.{left}",
        "cancelled": f"Cancelled: {count}.{left}",
        "interrupted": f"The server stopped while this sweep was running: {count}.{left}",
    }[state]


def waiting(state: SweepState) -> str:
    """Of a sweep's run that has not been begun."""
    return "Waits for its turn." if state == "running" else "Has not run."


def member_name(sweep: str, values: dict[str, AxisValue]) -> str:
    """How a sweep's run is called."""
    what = ", ".join(f"{field.partition('.')[2] or field} {_shown(value)}" for field, value in values.items())
    return (f"{sweep}: {what}" if sweep else what)[:120]


def _shown(value: AxisValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def no_such_sweep(sweep_id: str) -> NotFound:
    return NotFound(
        expected="The id of a sweep on this server.",
        got=f"'{sweep_id[:60]}'",
        remedy="GET /api/sweeps lists them.",
        where="id",
    )


def sweep_not_possible(sweep_id: str, state: SweepState, doing: str, expected: str, remedy: str) -> Conflict:
    got = f"a sweep that is {state}"
    return Conflict(expected=expected, got=got, remedy=remedy, where=f"sweeps/{sweep_id}/{doing}")
