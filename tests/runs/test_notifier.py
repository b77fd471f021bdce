"""Nothing that happens between looking and waiting is missed."""

import asyncio

from ntkscope.runs.notifier import Notifier


def test_waiters_return_once_their_event_is_there() -> None:
    async def main() -> list[int]:
        notifier, returned = Notifier(), []

        async def wait(seq: int) -> None:
            while notifier.latest("a") <= seq:
                await notifier.changed("a").wait()
            returned.append(seq)

        tasks = [asyncio.create_task(wait(seq)) for seq in (5, 0, 2)]
        await asyncio.sleep(0)
        for seq in (1, 3, 3, 6):
            notifier.notify("a", seq)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return returned

    assert asyncio.run(main()) == [0, 2, 5]


def test_one_without_a_seq_wakes_and_moves_nothing_back() -> None:
    async def main() -> tuple[bool, int]:
        notifier = Notifier()
        notifier.notify("a", 3)
        changed = notifier.changed("a")
        notifier.notify("a")
        return changed.is_set(), notifier.latest("a")

    assert asyncio.run(main()) == (True, 3)


def test_a_forgotten_run_wakes_its_last_viewers_and_leaves_nothing() -> None:
    async def main() -> tuple[bool, int]:
        notifier = Notifier()
        notifier.notify("a", 3)
        changed = notifier.changed("a")
        notifier.forget("a")
        return changed.is_set(), notifier.latest("a")

    assert asyncio.run(main()) == (True, 0)


def test_runs_do_not_wake_each_other() -> None:
    async def main() -> bool:
        notifier = Notifier()
        changed = notifier.changed("a")
        notifier.notify("b", 1)
        return changed.is_set()

    assert asyncio.run(main()) is False
