"""A run that was killed may go on elsewhere, where the rest of its numbers differs by round-off: its end says so."""

from ntkscope.schemas.event import Finished
from ntkscope.schemas.event_parts import Machine


def origin(machine: Machine) -> str:
    """What a run's numbers come from: where this is the same, so are they, bit for bit. Empty of an earlier log."""
    if machine.processor is None or machine.build is None:
        return ""
    card = f"{machine.device_name} beside " if machine.device == "cuda" else ""
    threads = f"{machine.threads} {'thread' if machine.threads == 1 else 'threads'}"
    return f"{card}{machine.processor} with {threads}, {machine.precision}, {machine.build}"


def with_move(finished: Finished, before: str, here: str, step: int) -> Finished:
    """The end, which says where the run was trained, where that is more than one place.

    Args:
        finished: As it is where the run stayed.
        before: The `origin` that its Started names; empty where that is not known.
        here: The `origin` of what comes after it.
        step: Of the last frame from there; -1 for none.
    """
    if before in ("", here):
        return finished
    up_to = f"up to step {step:,}" if step >= 0 else "before the first step"
    moved = f"It was stopped and went on elsewhere: {up_to} {before}; then {here}. The rest differs by round-off."
    return finished.model_copy(update={"sentence": f"{finished.sentence} {moved}"})
