"""Memory of the card, apart from the host's: what a run takes there, whether it is free, what to say if it is not."""

import torch

from ntkscope.errors import CardFull
from ntkscope.experiment.card_probe import free_on_card, look_at_card
from ntkscope.experiment.estimate import DOUBLE, Sizes, readable_bytes, sizes
from ntkscope.experiment.problem.datasets import Table
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.placement import Placement

STRIP_ROWS = 2048  # of a kernel on a card, at most, that are worked on at a time
OWN_COPIES = 5  # of the parameters in the run's precision: start, network, trial step and its gradient, graph's guard
SIGNAL_COPIES = 9  # of every unit at a point: a step's buffers, and a frame's inputs, slopes and signals
HESSIAN_PARAMETERS, HESSIAN_SIGNALS = 9, 8  # copies in float64: gradients with their graph, and Lanczos's vectors
EIGEN_SQUARES = 7  # n x n: the matrix, its modes, the library's workspace, and both once more on their way to the host
WORKSPACE = 64 * 2**20  # bytes of the library of matrix products
REMEDY = (
    "Record fewer kernel frames or points, choose float32 or device cpu, or start it again when others have ended: "
    "a paused run keeps its place on the card until another needs it."
)
FULL = ("out of memory", "ALLOC_FAILED")  # in what CUDA's libraries say where PyTorch does not ask for memory itself


def card_bytes(config: RunConfig, dataset: Table | None = None, eigen: str = "cpu") -> int:
    """Memory on the card at the peak, from above.

    Args:
        config: What to run.
        dataset: The table of a config whose points are an uploaded data set.
        eigen: The device of its eigendecompositions.
    """
    size, own = sizes(config, dataset), 4 if config.training.precision == "float32" else DOUBLE
    points = size.n + size.grid
    encoded = points * size.layers[0][0]
    count = size.parameters * (OWN_COPIES * own + DOUBLE)  # and in float64 for the kernel
    count += points * size.units * SIGNAL_COPIES * DOUBLE + encoded * (own + 2 * DOUBLE)
    if size.kernel_frames:
        count += _kernel_entries(size) * DOUBLE
        if eigen == "cuda":
            count += EIGEN_SQUARES * size.n**2 * DOUBLE
    if config.recording.hessian:
        count += DOUBLE * (HESSIAN_PARAMETERS * size.parameters + HESSIAN_SIGNALS * size.n * size.units)
    return count + WORKSPACE


def _kernel_entries(size: Sizes) -> int:
    """K, K(grid, points), that once more on its way to the host, and two strips of the larger of them."""
    strip = min(STRIP_ROWS, max(size.n, size.grid)) * size.n
    return size.n**2 + 2 * size.grid * size.n + 2 * strip


def check_free(needs: int, free: int) -> None:
    """Refuses what does not fit.

    Raises:
        CardFull: with both figures.
    """
    if needs > free:
        raise CardFull(
            f"A run for which there is room on the card, where {readable_bytes(free)} are free.",
            f"one that takes {readable_bytes(needs)} there",
            REMEDY,
            "training.device",
        )


def fits_now(config: RunConfig, dataset: Table | None, placement: Placement) -> bool:
    """Whether what the run takes on the card is free at this moment; True where it takes nothing there."""
    if placement.device == "cpu" or not look_at_card().computes:
        return True
    return card_bytes(config, dataset, placement.eigen) <= free_on_card()


def check_room(config: RunConfig, dataset: Table | None, placement: Placement) -> None:
    """Compares what the run takes on the card with what is free there, before its start.

    Raises:
        CardFull: there is too little.
    """
    if placement.device != "cpu":
        check_free(card_bytes(config, dataset, placement.eigen), free_on_card())


def ran_out(config: RunConfig, dataset: Table | None, placement: Placement) -> CardFull:
    """What to say of a run for which the card had too little memory on the way."""
    needs = card_bytes(config, dataset, placement.eigen)
    return CardFull(
        f"Room on the card for all of the run, which was estimated to take {readable_bytes(needs)}.",
        f"a card with {readable_bytes(free_on_card())} left, which ran out of memory on the way",
        REMEDY,
        "training.device",
    )


def is_card_full(error: RuntimeError) -> bool:
    """Whether that is what the error says, PyTorch's own or one of CUDA's libraries."""
    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in FULL)


def clear_cache() -> None:
    """Gives back what PyTorch keeps for later, where this process has used a card at all."""
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
