"""Slots that are threads of this process: no start-up time, no protection from a crash."""

import threading
from functools import partial

from ntkscope.executors.base import TRAIN, Deliver, Inbox, Job, Order, Ready, Train, load
from ntkscope.executors.worker import Worker
from ntkscope.experiment.card_probe import look_at_card


class InlineExecutor:
    """For tests and notebooks. Its runs share this process and its interpreter lock.

    Args:
        slots: How many runs train at the same time.
        train: The trainer, or its path.
    """

    def __init__(self, slots: int = 1, train: Train | str = TRAIN) -> None:
        self._train = load(train) if isinstance(train, str) else train
        self._inboxes = [Inbox() for _ in range(slots)]
        self._threads: list[threading.Thread] = []

    @property
    def slots(self) -> int:
        return len(self._inboxes)

    def start(self, deliver: Deliver) -> None:
        for slot, inbox in enumerate(self._inboxes):
            worker = Worker(self._train, inbox, partial(deliver, slot))
            thread = threading.Thread(target=worker.serve, name=f"ntkscope-slot-{slot}", daemon=True)
            thread.start()
            self._threads.append(thread)
            deliver(slot, Ready(look_at_card()))

    def begin(self, slot: int, job: Job) -> None:
        self._inboxes[slot].put(job)

    def order(self, slot: int, order: Order) -> None:
        self._inboxes[slot].put(order)

    def kill(self, slot: int) -> bool:
        return False  # a thread cannot be killed

    def revive(self, slot: int) -> None:
        """Nothing to do: a thread ends with its process only."""

    def close(self) -> None:
        for inbox in self._inboxes:
            inbox.put(None)
        for thread in self._threads:
            thread.join()
