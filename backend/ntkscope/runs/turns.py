"""Whose turn it is: people take turns, and within what one of them asked for single runs and each sweep do."""

import itertools
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from ntkscope.schemas.run import RunSummary

REMEMBERED = 1000  # beginnings of runs
Lane = tuple[str, str]  # a person, and the sweep that a run is one of; empty: none


def lane_of(run: RunSummary) -> Lane:
    """Where a run waits: behind those of the same person and sweep alone."""
    return run.person, run.sweep or ""


@dataclass
class Turns:
    """When each person, and each lane, last began a run."""

    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _people: dict[str, int] = field(default_factory=dict)
    _lanes: dict[Lane, int] = field(default_factory=dict)

    def took(self, run: RunSummary) -> None:
        """It begins."""
        lane = lane_of(run)
        number = next(self._numbers)
        self._people[lane[0]] = self._lanes[lane] = number
        # Who began one longest ago comes first in any case, remembered or not.
        self._lanes = {lane: at for lane, at in self._lanes.items() if number - at < REMEMBERED}
        self._people = {person: at for person, at in self._people.items() if number - at < REMEMBERED}

    def order(self, waiting: Iterable[RunSummary], training: Iterable[RunSummary]) -> list[str]:
        """The runs that wait, in the order in which they would begin if none ended.

        Who has fewer runs that train comes first; of those with equally many, who began one longer ago; of those, who
        asked first. So does each lane of a person. Within a lane runs keep their order.

        Args:
            waiting: In order of arrival.
            training: Those that have a slot.
        """
        lanes: dict[Lane, deque[str]] = {}
        for run in waiting:
            lanes.setdefault(lane_of(run), deque()).append(run.id)
        now = [lane_of(run) for run in training]
        people, busy = Counter(person for person, _ in now), Counter(now)
        last, last_of = dict(self._people), dict(self._lanes)
        after = itertools.count(max(last.values(), default=0) + 1)
        arrived = {lane: number for number, lane in enumerate(lanes)}
        order = []
        while lanes:
            lane = min(
                lanes,
                key=lambda one: (
                    people[one[0]], last.get(one[0], 0), busy[one], last_of.get(one, 0), arrived[one],
                ),
            )  # fmt: skip
            order.append(lanes[lane].popleft())
            people[lane[0]] += 1
            busy[lane] += 1
            last[lane[0]] = last_of[lane] = next(after)
            if not lanes[lane]:
                del lanes[lane]
        return order
