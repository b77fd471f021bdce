"""Many viewers at one place cost one read."""

import asyncio
import threading

from ntkscope.runs.log import Log


class SlowStore:
    def __init__(self) -> None:
        self.reads: list[tuple[str, int, int]] = []
        self.go = threading.Event()

    def events(self, run_id: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        self.reads.append((run_id, after, limit))
        self.go.wait(10)
        return [(after + 1, b"x")]


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

        assert answers == [[(4, b"x")], [(4, b"x")], [(5, b"x")]]
        assert sorted(store.reads) == [("a", 3, 8), ("a", 4, 8)]
        assert await log.read("a", 3, 8) == [(4, b"x")]
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
