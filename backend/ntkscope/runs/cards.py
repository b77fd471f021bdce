"""What the workers say of the graphics card. The server's own process never looks at it."""

import asyncio

from ntkscope.experiment.card import ABSENT, Card
from ntkscope.experiment.card_probe import may_have_card
from ntkscope.experiment.placement import needs_card, place
from ntkscope.experiment.problem.datasets import Table
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.placement import Placement

PATIENCE = 30.0  # seconds in which the first worker of a server that has just started must have looked
NOT_YET = Card("refused", trouble="no worker process has looked at it yet")


class Cards:
    """One report a slot: a card that a process may hold alone computes in one of them only. Used on the event loop."""

    def __init__(self) -> None:
        self._reports: dict[int, Card] = {}
        self._told = asyncio.Event()

    def report(self, slot: int, card: Card) -> None:
        """A worker is ready, and has looked."""
        self._reports[slot] = card
        self._told.set()

    @property
    def slots(self) -> set[int]:
        """Those whose worker computes on a card."""
        return {slot for slot, card in self._reports.items() if card.computes}

    @property
    def now(self) -> Card | None:
        """What is known, a card that computes before one that does not; None before the first report."""
        known = sorted(self._reports.values(), key=lambda card: (card.computes, card.state != "absent"))
        return known[-1] if known else None if may_have_card() else ABSENT

    async def place(self, config: RunConfig, dataset: Table | None, before: Placement | None = None) -> Placement:
        """Where a run of the config computes; waits for the first report where that depends on it.

        Args:
            config: What to run.
            dataset: The table that it names.
            before: Where the run computed until now, if it goes on.

        Raises:
            Unavailable: a GPU is asked for where none computes.
            CardFull: a GPU is asked for on which the run has no room.
        """
        if self.now is None and needs_card(config, dataset):
            try:
                await asyncio.wait_for(self._told.wait(), PATIENCE)
            except TimeoutError:
                return place(config, dataset, NOT_YET, before)
        return place(config, dataset, self.now or ABSENT, before)

    def likely(self, config: RunConfig, dataset: Table | None) -> Placement | None:
        """The same at once, for a preview; None where it is not known yet."""
        if self.now is None and needs_card(config, dataset):
            return None
        return place(config, dataset, self.now or ABSENT)
