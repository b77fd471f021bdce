"""Scans: in a thread of their own, asked for until they are there, and given up when nobody asks."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor

from ntkscope.experiment.estimate import memory_bytes, sizes
from ntkscope.experiment.scan import Load, Member, scan_members, scan_stages
from ntkscope.runs.memory import Memory
from ntkscope.runs.wanted import WantedCache
from ntkscope.schemas.scan import Scan, ScanRequest

WAIT_SECONDS = 0.5  # for the whole scan, before it is told how far it is
KEPT = 8  # scans
KEPT_BYTES = 2**17  # of one, at most: 32 values of some 100 numbers


class Scans:
    """Used on the event loop.

    Args:
        pool: Where they are computed, one after another.
        memory: Of which each has a share while it goes on.
    """

    def __init__(self, pool: ThreadPoolExecutor, memory: Memory) -> None:
        self._made: WantedCache[Scan, Scan] = WantedCache(pool, KEPT, memory, "scan")
        self._members: dict[str, list[Member]] = {}  # of those that are not done

    async def scan(self, request: ScanRequest, load: Load) -> Scan:
        """The whole scan where it is soon there, else as far as it is: ask again.

        Args:
            request: What is asked.
            load: As of `scan_members`; called in a thread.

        Raises:
            InvalidInput: the config does not have the field.
            Conflict: there is not enough memory for it now.
        """
        key = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
        if key not in self._members and not self._made.results.has(key):
            self._members[key] = await asyncio.to_thread(scan_members, request, load)
        members = self._members.get(key, [])
        made, going = await self._made.ask(
            key,
            lambda: scan_stages(request.field, members),
            WAIT_SECONDS,
            taking=_largest(members),
            keeping=KEPT_BYTES,
            ended=lambda: self._members.pop(key, None),
        )
        if made is not None:
            return made
        if going is not None and going.latest is not None:
            return going.latest
        return Scan(
            status="running", field=request.field, total=len(request.values), part=0.0, answers=[], sentence=None
        )


def _largest(members: list[Member]) -> int:
    """Bytes of the largest of them: they are looked at one after another."""
    return max(
        (memory_bytes(sizes(member.config, member.table)) for member in members if member.config is not None), default=0
    )
