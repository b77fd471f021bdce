"""Many viewers at one place cost one read."""

import asyncio
import threading

import msgpack
import pytest

from ntkscope.runs.log import Log, is_whole, next_to
from ntkscope.store.run_store import EventTime


def event(seq: int) -> tuple[int, bytes]:
    return seq, msgpack.packb({"seq": seq})


class SlowStore:
    def __init__(self) -> None:
        self.reads: list[tuple[str, int, int]] = []
        self.go = threading.Event()

    def events(self, run_id: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        self.reads.append((run_id, after, limit))
        self.go.wait(10)
        return [event(after + 1)]


def test_those_who_ask_the_same_share_one_read() -> None:
    async def main() -> None:
        store = SlowStore()
        log = Log(store)  # type: ignore[arg-type]
        asked = [asyncio.create_task(log.read("a", after, 8)) for after in (3, 3, 3, 4)]
        await asyncio.sleep(0.05)
        asked[0].cancel()  # a viewer who leaves takes nothing from the others
        await asyncio.sleep(0)
        store.go.set()
        answers = await asyncio.gather(*asked[1:])

        assert answers == [[event(4)], [event(4)], [event(5)]]
        assert sorted(store.reads) == [("a", 3, 8), ("a", 4, 8)]
        assert await log.read("a", 3, 8) == [event(4)]
        assert len(store.reads) == 3  # what was read is not kept

    asyncio.run(main())


def test_a_read_that_has_begun_is_joined_by_nobody() -> None:
    """What is committed after a read began would be missed by whoever is told of it and joins that read."""

    async def main() -> None:
        store = SlowStore()
        log = Log(store)  # type: ignore[arg-type]
        first = asyncio.create_task(log.read("a", 3, 8))
        while not store.reads:
            await asyncio.sleep(0)
        later = [asyncio.create_task(log.read("a", 3, 8)) for _ in range(3)]
        await asyncio.sleep(0)
        store.go.set()
        await asyncio.gather(first, *later)

        assert len(store.reads) == 2

    asyncio.run(main())


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"\xff\xff", msgpack.packb([1, 2]), msgpack.packb({"step": 1}), msgpack.packb({"seq": 8}),
     msgpack.packb({"seq": 7, "type": "frame"})[:-1], msgpack.packb({"seq": 7}) + b"\x00", b"\xc1" * 20],
)  # fmt: skip
def test_bytes_that_are_not_one_event_of_its_seq_are_damaged(data: bytes) -> None:
    assert not is_whole((7, data))


def test_an_event_of_its_seq_is_whole() -> None:
    assert is_whole((7, msgpack.packb({"version": 2, "seq": 7, "bytes": bytes(1000)})))


@pytest.mark.parametrize(
    ("time", "seqs"),
    [(0.0, [1, 3]), (0.5, [1, 3]), (1.0, [3, 4]), (2.5, [4]), (float("inf"), [4]), (-1.0, [1])],
)
def test_the_measurements_next_to_a_time(time: float, seqs: list[int]) -> None:
    times = [EventTime(seq, "frame", at) for seq, at in ((1, 0.0), (3, 1.0), (4, 2.0), (5, 2.0))]
    assert [at.seq for at in next_to(time, times)] == seqs
