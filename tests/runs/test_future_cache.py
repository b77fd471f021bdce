"""Results that are computed once for all who ask, and kept while there is room."""

import asyncio
import gc
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ntkscope.errors import Conflict
from ntkscope.runs import future_cache
from ntkscope.runs.future_cache import FutureCache
from ntkscope.runs.memory import Memory


def test_who_leaves_takes_nothing_from_the_others() -> None:
    async def main() -> None:
        go = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            cache: FutureCache[bool] = FutureCache(pool, 2)
            first, second = (cache.get("a", lambda: go.wait(10)) for _ in range(2))
            first.cancel()
            await asyncio.sleep(0)
            go.set()
            assert await second

    asyncio.run(main())


def test_a_failure_that_nobody_waits_for_any_more_is_no_word_in_the_log() -> None:
    told: list[dict[str, object]] = []

    async def leaves() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        go = threading.Event()

        def fails() -> None:
            go.wait()
            raise ValueError

        with ThreadPoolExecutor() as pool:
            FutureCache[None](pool, 2).get("key", fails).cancel()
            await asyncio.sleep(0)
            go.set()
        await asyncio.sleep(0.01)
        gc.collect()

    asyncio.run(leaves())
    assert told == []


def test_the_oldest_that_nobody_waits_for_are_forgotten_and_not_begun() -> None:
    async def main() -> None:
        go, done = threading.Event(), []

        def work(number: int) -> Callable[[], int]:
            def compute() -> int:
                go.wait(10)
                done.append(number)
                return number

            return compute

        with ThreadPoolExecutor(1) as pool:
            cache: FutureCache[int] = FutureCache(pool, 2)
            promises = [cache.get(str(number), work(number)) for number in range(4)]
            promises[1].cancel()
            await asyncio.sleep(0)
            go.set()
            results = await asyncio.gather(*promises, return_exceptions=True)

        # 1 was not begun, and nobody wants it any more; the others are wanted, though they are more than are cache.
        assert done == [0, 2, 3]
        assert isinstance(results.pop(1), asyncio.CancelledError)
        assert results == [0, 2, 3]

    asyncio.run(main())


def test_what_is_computed_and_what_is_kept_have_their_share_of_memory() -> None:
    async def main() -> None:
        memory, go = Memory(100), threading.Event()
        with ThreadPoolExecutor(1) as pool:
            cache: FutureCache[bool] = FutureCache(pool, 8, memory, "k")
            first = cache.get("a", lambda: go.wait(10), taking=60, keeping=10)
            assert memory.free == 40
            with pytest.raises(Conflict, match=r"60 B of memory are needed.*40 B of 100 B"):
                cache.get("b", lambda: True, taking=60)
            go.set()
            assert await first
            await settled(lambda: memory.free == 90)
            with pytest.raises(ZeroDivisionError):
                await cache.get("c", lambda: bool(1 / 0), taking=20)
            await settled(lambda: memory.free == 90)

            assert memory.take("run", 100)  # for which the result is forgotten
            memory.release("run")
            again = cache.get("a", lambda: False, taking=60, keeping=10)
            assert await again is False

    asyncio.run(main())


def test_no_more_bytes_are_kept_than_a_number_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(future_cache, "KEPT_BYTES", 25)

    async def main() -> None:
        memory = Memory(1000)
        with ThreadPoolExecutor(1) as pool:
            cache: FutureCache[int] = FutureCache(pool, 8, memory, "k")
            for number in range(4):
                await cache.get(str(number), lambda number=number: number, taking=100, keeping=10)
            await settled(lambda: memory.free == 980)  # two are kept
            await cache.get("large", lambda: 9, taking=100, keeping=26)
            await settled(lambda: memory.free == 980)
            assert await cache.get("3", lambda: -1) == 3
            assert await cache.get("0", lambda: -1) == -1

    asyncio.run(main())


async def settled(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.001)
