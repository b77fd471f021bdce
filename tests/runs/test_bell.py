"""Nothing that happens between looking and waiting is missed."""

import asyncio

from ntkscope.runs.bell import Bell


def test_waiters_return_once_their_event_is_there() -> None:
    async def main() -> list[int]:
        bell, returned = Bell(), []

        async def wait(seq: int) -> None:
            await bell.wait_past("a", seq)
            returned.append(seq)

        tasks = [asyncio.create_task(wait(seq)) for seq in (5, 0, 2)]
        await asyncio.sleep(0)
        for seq in (1, 3, 3, 6):
            bell.ring("a", seq)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return returned

    assert asyncio.run(main()) == [0, 2, 5]


def test_one_who_comes_late_does_not_wait() -> None:
    async def main() -> None:
        bell = Bell()
        bell.ring("a", 3)
        await asyncio.wait_for(bell.wait_past("a", 2), 1)

    asyncio.run(main())


def test_a_ring_without_a_seq_wakes_and_moves_nothing_back() -> None:
    async def main() -> tuple[bool, int]:
        bell = Bell()
        bell.ring("a", 3)
        alarm = bell.alarm("a")
        bell.ring("a")
        return alarm.is_set(), bell.latest("a")

    assert asyncio.run(main()) == (True, 3)


def test_a_forgotten_run_wakes_its_last_viewers_and_leaves_nothing() -> None:
    async def main() -> tuple[bool, int]:
        bell = Bell()
        bell.ring("a", 3)
        alarm = bell.alarm("a")
        bell.forget("a")
        return alarm.is_set(), bell.latest("a")

    assert asyncio.run(main()) == (True, 0)


def test_runs_do_not_wake_each_other() -> None:
    async def main() -> bool:
        bell = Bell()
        alarm = bell.alarm("a")
        bell.ring("b", 1)
        return alarm.is_set()

    assert asyncio.run(main()) is False
