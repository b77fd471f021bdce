"""Previews and predictions are computed once, and asked for as often as one likes."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ntkscope.errors import Conflict, InvalidInput
from ntkscope.experiment.prediction import Recorded
from ntkscope.runs import thinking
from ntkscope.runs.memory import Memory
from ntkscope.runs.thinking import Kept, Thinking
from ntkscope.schemas.preview import Preview
from tests.cases import config


def with_thinking(test: Callable[[Thinking], Awaitable[None]]) -> None:
    async def main() -> None:
        mind = Thinking(threads=1)
        try:
            await test(mind)
        finally:
            mind.close()

    asyncio.run(main())


def test_what_takes_long_is_answered_with_its_cost_until_it_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    go, made = threading.Event(), []

    def slow(*arguments: object) -> Preview:
        go.wait(10)
        made.append(arguments)
        return real(*arguments)  # type: ignore[arg-type]

    real = thinking.preview
    monkeypatch.setattr(thinking, "preview", slow)
    monkeypatch.setattr(thinking, "WAIT_SECONDS", 0.05)

    async def test(mind: Thinking) -> None:
        first = await mind.preview(config(), None)
        second = await mind.preview(config(), None)
        go.set()
        async with asyncio.timeout(10):
            while (ready := await mind.preview(config(), None)).status == "cost":
                await asyncio.sleep(0.01)

        assert (first.status, second.status, ready.status) == ("cost", "cost", "ready")
        assert len(made) == 1

    with_thinking(test)


def test_a_mistake_is_told_every_time() -> None:
    bad = config(data__target={"kind": "formula", "text": "1/x"}, data__points={"kind": "interval", "n": 9})

    async def test(mind: Thinking) -> None:
        for _ in range(2):
            with pytest.raises(InvalidInput):
                await mind.preview(bad, None)

    with_thinking(test)


def test_the_kernel_of_a_run_is_computed_once_for_all_times(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    real = thinking.start
    monkeypatch.setattr(thinking, "start", lambda *arguments: started.append(1) or real(*arguments))

    async def test(mind: Thinking) -> None:
        answers = await asyncio.gather(
            *(
                mind.prediction(config(), None, "gradient_flow", time, "frozen", Recorded([], []))
                for time in (0.0, 0.1, 0.2)
            )
        )
        assert len(started) == 1
        assert [answer.time for answer in answers] == [0.0, 0.1, 0.2]
        assert answers[0].loss > answers[1].loss > answers[2].loss

    with_thinking(test)


def test_who_leaves_takes_nothing_from_the_others() -> None:
    async def main() -> None:
        go = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            kept: Kept[bool] = Kept(pool, 2)
            first, second = (kept.get("a", lambda: go.wait(10)) for _ in range(2))
            first.cancel()
            await asyncio.sleep(0)
            go.set()
            assert await second

    asyncio.run(main())


def test_five_predictions_for_five_runs_at_once_are_five_answers() -> None:
    async def test(mind: Thinking) -> None:
        asked = [
            mind.prediction(config(seed=seed), None, "gradient_flow", 0.1, kernel, Recorded([], []))
            for seed, kernel in enumerate(("frozen", "infinite", "frozen", "infinite", "frozen"))
        ]
        answers = await asyncio.gather(*asked)
        assert [answer is not None and answer.time for answer in answers] == pytest.approx([0.1] * 5)

    with_thinking(test)


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
            kept: Kept[int] = Kept(pool, 2)
            promises = [kept.get(str(number), work(number)) for number in range(4)]
            promises[1].cancel()
            await asyncio.sleep(0)
            go.set()
            results = await asyncio.gather(*promises, return_exceptions=True)

        # 1 was not begun, and nobody wants it any more; the others are wanted, though they are more than are kept.
        assert done == [0, 2, 3]
        assert isinstance(results.pop(1), asyncio.CancelledError)
        assert results == [0, 2, 3]

    asyncio.run(main())


def test_what_is_computed_and_what_is_kept_have_their_share_of_memory() -> None:
    async def main() -> None:
        memory, go = Memory(100), threading.Event()
        with ThreadPoolExecutor(1) as pool:
            kept: Kept[bool] = Kept(pool, 8, memory, "k")
            first = kept.get("a", lambda: go.wait(10), taking=60, keeping=10)
            assert memory.free == 40
            with pytest.raises(Conflict, match=r"60 B of memory are needed.*40 B of 100 B"):
                kept.get("b", lambda: True, taking=60)
            go.set()
            assert await first
            await settled(lambda: memory.free == 90)
            with pytest.raises(ZeroDivisionError):
                await kept.get("c", lambda: bool(1 / 0), taking=20)
            await settled(lambda: memory.free == 90)

            assert memory.take("run", 100)  # for which the result is forgotten
            memory.release("run")
            again = kept.get("a", lambda: False, taking=60, keeping=10)
            assert await again is False

    asyncio.run(main())


def test_no_more_bytes_are_kept_than_a_number_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinking, "KEPT_BYTES", 25)

    async def main() -> None:
        memory = Memory(1000)
        with ThreadPoolExecutor(1) as pool:
            kept: Kept[int] = Kept(pool, 8, memory, "k")
            for number in range(4):
                await kept.get(str(number), lambda number=number: number, taking=100, keeping=10)
            await settled(lambda: memory.free == 980)  # two are kept
            await kept.get("large", lambda: 9, taking=100, keeping=26)
            await settled(lambda: memory.free == 980)
            assert await kept.get("3", lambda: -1) == 3
            assert await kept.get("0", lambda: -1) == -1

    asyncio.run(main())


def test_a_preview_for_which_there_is_no_memory_is_answered_with_its_cost_and_why() -> None:
    async def test(mind: Thinking) -> None:
        memory.take("run", memory.most)
        answer = await mind.preview(config(), None)
        assert answer.status == "cost"
        assert answer.warnings[0].endswith("runs and other kernels hold the rest. Ask again when a run has ended.")
        with pytest.raises(Conflict, match="Ask again"):
            await mind.prediction(config(), None, "gradient_flow", 0.0, "frozen", Recorded([], []))
        memory.release("run")
        assert (await mind.preview(config(), None)).spectrum is not None

    async def main() -> None:
        mind = Thinking(1, memory)
        try:
            await test(mind)
        finally:
            mind.close()

    memory = Memory(2**30)
    asyncio.run(main())


async def settled(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.001)
