"""Which device a run takes: decided once, when it is submitted, from what is known of the card."""

from typing import Literal

from ntkscope.errors import CardFull, InvalidInput
from ntkscope.experiment.card import ABSENT, Card
from ntkscope.experiment.card_memory import card_bytes, check_free
from ntkscope.experiment.card_probe import look_at_card
from ntkscope.experiment.estimate import Sizes, Speeds, readable_bytes, sizes
from ntkscope.experiment.machine import machine_speed
from ntkscope.experiment.problem.datasets import Table
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.placement import ON_CPU, Placement
from ntkscope.schemas.preview import Preview

# A step is 12 (one hidden layer) to 25 kernels (three), for which a card needs 70 to 200 us whatever their size; one
# core does some 8 operations in a nanosecond (67 us at n = 32, width 256, depth 1), so that 2 million take it as long
# as the card's worst. Twice that, since frames come back over the bus. To be tuned by benchmarks/gpu.py.
CARD_OPERATIONS = 4_000_000
OPERATIONS_PER_UNIT = 60  # multiply-adds in whose time a unit's activation and its derivative are evaluated
# A core takes 0.29 s at n = 1024 and 2.1 s at 2048; a card's library takes tens of milliseconds below a thousand rows,
# whatever the card, and the modes come back over the bus. To be tuned likewise.
CARD_EIGEN_POINTS = 1024


def place_here(config: RunConfig, dataset: Table | None = None, chosen: Placement | None = None) -> Placement:
    """For who trains: looks at this machine's card, if the config may take one.

    Args:
        config: What to run.
        dataset: The table of a config whose points are an uploaded data set.
        chosen: Before, by another process, from what was known there; it stands, or is refused. None: it is chosen now.

    Raises:
        Unavailable: as in `place`; or a card was chosen that does not compute in this process.
        CardFull: as in `place`.
    """
    if chosen is None:
        return place(config, dataset, ABSENT if config.training.device == "cpu" else look_at_card())
    if chosen.device != "cpu" and not look_at_card().computes:
        raise _no_card(look_at_card())
    return chosen


def place(config: RunConfig, dataset: Table | None, card: Card, before: Placement | None = None) -> Placement:
    """Where the run computes. The reason is empty where there is no card, or where no choice was left open.

    Args:
        config: What to run.
        dataset: The table of a config whose points are an uploaded data set.
        card: As a worker, or this process, has found it.
        before: Where the run computed until now, if it goes on: there it stays, while that device computes.

    Raises:
        Unavailable: a GPU is asked for where none computes.
        CardFull: a GPU is asked for on which the run has no room.
    """
    asked, size = config.training.device, sizes(config, dataset)
    if asked == "cpu" or (before and before.device == "cpu"):
        return before or ON_CPU
    if not card.computes:
        if asked == "cuda":
            raise _no_card(card)
        return ON_CPU if card.state == "absent" else Placement(reason=_refused(card))
    if before:
        return before
    if asked == "auto" and step_operations(size) < CARD_OPERATIONS:
        return Placement(reason=_small(size, card))
    eigen: Literal["cpu", "cuda"] = "cuda" if size.n >= CARD_EIGEN_POINTS else "cpu"
    needs = card_bytes(config, dataset, eigen)
    try:
        check_free(needs, card.free_bytes)
    except CardFull:
        if asked == "cuda":
            raise
        return Placement(reason=_no_room(needs, card))
    return Placement(device="cuda", eigen=eigen, reason=_large(size, card) if asked == "auto" else "")


def step_operations(size: Sizes) -> int:
    """Multiply-adds of one step, the activations among them by the time that they take."""
    return size.n * (3 * size.multiply_adds + OPERATIONS_PER_UNIT * size.units)


def needs_card(config: RunConfig, dataset: Table | None = None) -> bool:
    """Whether the choice depends on the card at all."""
    asked = config.training.device
    return asked == "cuda" or (asked == "auto" and step_operations(sizes(config, dataset)) >= CARD_OPERATIONS)


def speeds(placement: Placement, card: Card) -> Speeds:
    """Of a run that is placed so."""
    here = machine_speed()
    there = card.speed or here
    return Speeds(
        steps=there if placement.device == "cuda" else here, eigen=there if placement.eigen == "cuda" else here
    )


def explained(preview: Preview, placement: Placement) -> Preview:
    """With the reason for the device, where there is one."""
    if not placement.reason:
        return preview
    return preview.model_copy(update={"notices": [*preview.notices, placement.reason]})


def _no_card(card: Card) -> InvalidInput:
    if card.state == "absent":
        got, remedy = "device cuda on a machine without one", "Choose device cpu or auto."
    else:
        got = f"device cuda, and {does_not_compute(card)}"
        remedy = "Choose device cpu or auto, or mend what it says and look again with `ntkscope doctor`."
    return InvalidInput("A CUDA device must be there to train on one.", got, remedy, "training.device")


def _refused(card: Card) -> str:
    return f"Trains on the CPU: {does_not_compute(card)}."


def does_not_compute(card: Card) -> str:
    """Card, capability and what the driver says, without a full stop."""
    return f"{card.title} does not compute here: {card.trouble.rstrip('.')}"


def _small(size: Sizes, card: Card) -> str:
    return (
        f"Trains on the CPU, although there is {card.title}: a step is {step_operations(size):,} operations, and below "
        f"{CARD_OPERATIONS:,} a card takes longer to be told what to do than a core to do it. Device cuda takes the "
        "card all the same."
    )


def _large(size: Sizes, card: Card) -> str:
    return (
        f"Trains on {card.title}: a step is {step_operations(size):,} operations, "
        f"and from {CARD_OPERATIONS:,} on a card is the quicker one."
    )


def _no_room(needs: int, card: Card) -> str:
    return (
        f"Trains on the CPU: the run takes {readable_bytes(needs)} on a card, and on {card.title} "
        f"{readable_bytes(card.free_bytes)} are free."
    )
