"""Who holds how much of the memory that runs, paused ones and computations may take together."""

import sys
from collections.abc import Callable


class Memory:
    """An account of estimates: nothing is allocated here. Used on the event loop.

    Args:
        most: Bytes that all holders may take together.
    """

    def __init__(self, most: int = sys.maxsize) -> None:
        self.most = most
        self._held: dict[str, int] = {}
        self._yielding: list[Callable[[int], None]] = []
        self._freed: list[Callable[[], None]] = []
        self._asking = False

    @property
    def free(self) -> int:
        """Bytes that nobody holds."""
        return self.most - sum(self._held.values())

    def yields(self, give: Callable[[int], None]) -> None:
        """`give` is called with the bytes that are missing: at once or later, it releases what it can do without.

        Those who were named first are asked first.
        """
        self._yielding.append(give)

    def on_free(self, look: Callable[[], None]) -> None:
        """`look` is called whenever memory has become free."""
        self._freed.append(look)

    def take(self, holder: str, count: int) -> bool:
        """Whether the holder has so many bytes now. If not, those who can give some are asked to: try again then."""
        if count > self._left(holder) and not self._asking:
            self._asking = True  # what is released now is this holder's to look at
            try:
                for give in self._yielding:
                    if (missing := count - self._left(holder)) > 0:
                        give(missing)
            finally:
                self._asking = False
        if count > self._left(holder):
            return False
        self._held[holder] = count
        return True

    def keep(self, holder: str, count: int) -> None:
        """The holder goes on with less than it took."""
        self._held[holder] = min(count, self._held[holder])
        self._tell()

    def release(self, holder: str) -> None:
        """The holder has nothing any more; it may have had nothing before."""
        if self._held.pop(holder, None) is not None:
            self._tell()

    def _left(self, holder: str) -> int:
        """What is left beside the other holders."""
        return self.free + self._held.get(holder, 0)

    def _tell(self) -> None:
        if not self._asking:
            for look in self._freed:
                look()
