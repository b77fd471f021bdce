"""How much a server keeps: a new run is refused where it has that already."""

from dataclasses import dataclass

from ntkscope.errors import TooLarge
from ntkscope.experiment.estimate import readable_bytes
from ntkscope.store.run_store import RunStore


@dataclass(frozen=True)
class KeepLimits:
    """What may be kept; 0: any.

    Args:
        runs: Deleted ones left out.
        disk_bytes: Of the database.
    """

    runs: int = 0
    disk_bytes: int = 0


def check_kept(store: RunStore, most: KeepLimits) -> None:
    """Refuses another run.

    Raises:
        TooLarge: as much is kept as may be.
    """
    if most.runs and (kept := sum(store.count_by_state().values())) >= most.runs:
        raise TooLarge(
            expected=f"At most {most.runs:,} runs that are kept.",
            got=f"one more than {kept:,}",
            remedy="Delete one, or raise the server's setting NTKSCOPE_MAX_RUNS.",
        )
    if most.disk_bytes and (used := store.used_bytes()) >= most.disk_bytes:
        raise TooLarge(
            expected=f"A database below {readable_bytes(most.disk_bytes)}.",
            got=f"a run for one of {readable_bytes(used)}",
            remedy="Delete runs (their place is free ten minutes later), or raise the setting NTKSCOPE_MAX_DISK_BYTES.",
        )
