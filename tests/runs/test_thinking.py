"""Previews and predictions are computed once, and asked for as often as one likes."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.prediction import Recorded
from ntkscope.runs import thinking
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
                mind.prediction(config(), None, "gradient_flow", time, "start", Recorded([], []))
                for time in (0.0, 0.1, 0.2)
            )
        )
        assert len(started) == 1
        assert [answer.time for answer in answers] == [0.0, 0.1, 0.2]
        assert answers[0].loss > answers[1].loss > answers[2].loss

    with_thinking(test)


def test_the_oldest_are_forgotten_and_not_begun() -> None:
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
            await asyncio.sleep(0)
            go.set()
            results = await asyncio.gather(*promises, return_exceptions=True)

        # 0 was being computed already; 1 waited, and nobody wants it any more.
        assert done == [0, 2, 3]
        assert isinstance(results[1], asyncio.CancelledError)

    asyncio.run(main())
