"""Previews and predictions are computed once, and asked for as often as one likes."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator

import pytest

from ntkscope.errors import Conflict, InvalidInput
from ntkscope.experiment.estimate import Limits
from ntkscope.experiment.prediction import Recorded
from ntkscope.experiment.preview import Begun, Foreseen
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.runs import compute, wanted
from ntkscope.runs.compute import ComputeService
from ntkscope.runs.memory import Memory
from ntkscope.schemas.explanation import Explanation
from tests.cases import config
from tests.servers import GENEROUS

ANY = Limits(max_parameters=10**9, max_points=10**6, max_memory_bytes=2**40, max_steps=10**9)


def with_service(test: Callable[[ComputeService], Awaitable[None]]) -> None:
    async def main() -> None:
        service = ComputeService(threads=1)
        try:
            await test(service)
        finally:
            service.close()

    asyncio.run(main())


def test_what_takes_long_is_answered_with_its_cost_until_it_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    go, made = threading.Event(), []

    def slow(*arguments: object) -> Begun:
        go.wait(10)
        made.append(arguments)
        return real(*arguments)  # type: ignore[arg-type]

    real = compute.begin_preview
    monkeypatch.setattr(compute, "begin_preview", slow)
    monkeypatch.setattr(compute, "WAIT_SECONDS", 0.05)

    async def test(service: ComputeService) -> None:
        first = await service.preview(config(), None)
        second = await service.preview(config(), None)
        go.set()
        statuses = []
        async with asyncio.timeout(10):
            while not statuses or statuses[-1] != "ready":
                statuses.append((await service.preview(config(), None)).status)
                await asyncio.sleep(0.01)

        assert (first.status, second.status) == ("cost", "cost")
        assert [status for status in dict.fromkeys(statuses) if status != "cost"] == ["rehearsing", "ready"]
        assert len(made) == 1

    with_service(test)


def test_what_is_trained_after_its_preview_has_its_kernel_already(monkeypatch: pytest.MonkeyPatch) -> None:
    made, real = [], compute.begin_preview

    def counted(*arguments: object) -> Begun:
        made.append(arguments)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compute, "begin_preview", counted)
    asked = config(training__learning_rate={"kind": "rehearsed"})

    async def test(service: ComputeService) -> None:
        async with asyncio.timeout(GENEROUS):
            while (await service.preview(asked, None)).status != "ready":
                await asyncio.sleep(0.01)
        settled = await service.settled(asked, None)
        assert settled.training.learning_rate.kind == "rehearsed"
        assert settled.training.learning_rate.value is not None
        assert len(made) == 1

    with_service(test)


def test_a_mistake_is_told_every_time() -> None:
    bad = config(data__target={"kind": "formula", "text": "1/x"}, data__points={"kind": "interval", "n": 9})

    async def test(service: ComputeService) -> None:
        for _ in range(2):
            with pytest.raises(InvalidInput):
                await service.preview(bad, None)

    with_service(test)


def test_the_kernel_of_a_run_is_computed_once_for_all_times(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    real = compute.initial
    monkeypatch.setattr(compute, "initial", lambda *arguments: started.append(1) or real(*arguments))

    async def test(service: ComputeService) -> None:
        answers = await asyncio.gather(
            *(
                service.prediction(config(), None, "gradient_flow", time, "frozen", Recorded([], []))
                for time in (0.0, 0.1, 0.2)
            )
        )
        assert len(started) == 1
        assert [answer.time for answer in answers] == [0.0, 0.1, 0.2]
        assert answers[0].loss > answers[1].loss > answers[2].loss

    with_service(test)


def test_five_predictions_for_five_runs_at_once_are_five_answers() -> None:
    async def test(service: ComputeService) -> None:
        asked = [
            service.prediction(config(seed=seed), None, "gradient_flow", 0.1, kernel, Recorded([], []))
            for seed, kernel in enumerate(("frozen", "infinite", "frozen", "infinite", "frozen"))
        ]
        answers = await asyncio.gather(*asked)
        assert [answer is not None and answer.time for answer in answers] == pytest.approx([0.1] * 5)

    with_service(test)


def test_a_preview_for_which_there_is_no_memory_is_answered_with_its_cost_and_why() -> None:
    async def test(service: ComputeService) -> None:
        memory.take("run", memory.most)
        answer = await service.preview(config(), None)
        assert answer.status == "cost"
        assert answer.warnings[0].endswith("runs and other kernels hold the rest. Ask again when a run has ended.")
        with pytest.raises(Conflict, match="Ask again"):
            await service.prediction(config(), None, "gradient_flow", 0.0, "frozen", Recorded([], []))
        memory.release("run")
        async with asyncio.timeout(GENEROUS):
            while (ready := await service.preview(config(), None)).status == "cost":
                assert ready.warnings == []
        assert ready.spectrum is not None

    async def main() -> None:
        service = ComputeService(1, memory)
        try:
            await test(service)
        finally:
            service.close()

    memory = Memory(2**30)
    asyncio.run(main())


def test_the_search_for_a_rate_tells_its_progress_and_goes_on_though_nobody_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go = threading.Event()

    def slow(begun: Begun) -> Generator[Progress, None, None]:
        yield Progress(7, 0.4, 1.0)
        go.wait(GENEROUS)

    monkeypatch.setattr(compute, "choose_rate", slow)
    monkeypatch.setattr(compute, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(wanted, "GIVEN_UP", 0.0)

    async def test(service: ComputeService) -> None:
        asked = config(training__learning_rate={"kind": "rehearsed"})
        async with asyncio.timeout(GENEROUS):
            while (said := await service.preview(asked, None)).rehearsing is None or said.rehearsing.part == 0:
                pass
            assert (said.status, said.rehearsing.of, said.rehearsing.part) == ("rehearsing", "rate", 0.4)
            submitted = asyncio.ensure_future(service.settled(asked, None))
            await asyncio.sleep(0.05)
            go.set()
            assert await submitted == asked

    with_service(test)


def test_a_rehearsal_tells_its_progress_and_is_given_up_when_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()

    def endless(begun: Begun, rate: object) -> Generator[Progress, None, Foreseen]:
        step = 0
        try:
            while True:
                step += 1
                yield Progress(step, 0.25, 1.0)
                threading.Event().wait(0.005)
        finally:
            closed.set()
        return Foreseen(begun.preview, None)

    monkeypatch.setattr(compute, "rehearse_preview", endless)
    monkeypatch.setattr(compute, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(wanted, "GIVEN_UP", 0.5)

    async def test(service: ComputeService) -> None:
        async with asyncio.timeout(GENEROUS):
            while (said := await service.preview(config(), None)).rehearsing is None or said.rehearsing.reach == 0:
                pass
            assert (said.status, said.rehearsing.part, said.rehearsal) == ("rehearsing", 0.25, None)
            assert said.spectrum is not None
            for _ in range(8):  # asked for, it goes on
                await service.preview(config(), None)
            assert not closed.is_set()
            await asyncio.to_thread(closed.wait, GENEROUS)
            assert closed.is_set()
            assert (await service.preview(config(), None)).status == "rehearsing"  # begun anew

    with_service(test)


def test_a_report_that_nobody_asks_for_any_more_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()

    def endless(*_: object) -> Generator[Progress, None, Explanation]:
        try:
            while True:
                yield Progress(1, 0.3, 1.0)
        finally:
            closed.set()

    monkeypatch.setattr(compute, "explain_stages", endless)
    monkeypatch.setattr(compute, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(wanted, "GIVEN_UP", 0.1)

    async def test(service: ComputeService) -> None:
        answers = [await service.explain(config(), None, ANY)]
        async with asyncio.timeout(GENEROUS):
            while answers[-1].part == 0:
                answers.append(await service.explain(config(), None, ANY))
        assert {answer.status for answer in answers} == {"working"}
        assert answers[-1].part == 0.3
        assert await asyncio.to_thread(closed.wait, GENEROUS)
        again = await service.explain(config(), None, ANY)
        assert again.status == "working"

    with_service(test)


def test_two_who_ask_why_share_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    made, real = [], compute.explain_stages

    def counted(*arguments: object) -> Generator[Progress, None, Explanation]:
        made.append(arguments)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compute, "explain_stages", counted)
    monkeypatch.setattr(compute, "WAIT_SECONDS", GENEROUS)
    asked = config(data__target={"kind": "sinusoids", "frequencies": [1], "amplitudes": [0.1]})

    async def test(service: ComputeService) -> None:
        first, second = await asyncio.gather(*(service.explain(asked, None, ANY) for _ in range(2)))
        assert first.status == "ready"
        assert second == first
        assert len(made) == 1

    with_service(test)
