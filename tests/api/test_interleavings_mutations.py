"""Mistakes on the way of a log to its viewers, planted in a copy of the sources: the 15 interleavings find each."""

from pathlib import Path

import pytest

from tests.planted import copied, planted, stands_once, tried

FOUND_BY = ["tests/api/test_interleavings.py"]
STREAM, LOG, HOUSEKEEPING, SCHEDULER = "api/stream.py", "runs/log.py", "runs/housekeeping.py", "runs/scheduler.py"
PLANTED = {
    "who comes back misses an event": (STREAM, "    return int(text)\n", '    return int(text) + (text != "0")\n'),
    "who comes back gets an event again": (STREAM, "    return int(text)\n", "    return max(0, int(text) - 1)\n"),
    "a viewer's place stays where it was": (STREAM, "                self.seq = seq\n", ""),
    "a viewer's place is one too far": (STREAM, "self.seq = seq\n", "self.seq = seq + 1\n"),
    "a later event comes before an earlier one": (
        STREAM,
        "for seq, data in events:",
        "for seq, data in [*events[1:], *events[:1]]:",
    ),
    "a deletion repeats an event": (
        STREAM,
        "                    raise _farewell(run)",
        "                    if run.deleted_at:\n"
        "                        first = await self._services.log.read(self.run_id, 0, 1)\n"
        "                        await self._socket.send_bytes(first[0][1])\n"
        "                    raise _farewell(run)",
    ),
    "a run that goes on has ended for who has just come": (
        STREAM,
        "if manager.live(self.run_id) is None and run.last_seq in (self.seq, looked_for):",
        "if run:",
    ),
    "a run's end comes before its last events": (
        STREAM,
        "            if events:\n                continue\n",
        "            if live is None:\n                raise _farewell(await manager.row(self.run_id))\n"
        "            if events:\n                continue\n",
    ),
    "what happens during a read wakes nobody": (
        STREAM,
        "                await self._socket.send_bytes(shown)\n            await changed.wait()",
        "                await self._socket.send_bytes(shown)\n            await notifier.changed(self.run_id).wait()",
    ),
    "who reads nothing is sent everything": (STREAM, "return WINDOW - len(self._unacknowledged)", "return 10 * WINDOW"),
    "an acknowledgement is not heard": (STREAM, "            self._acknowledged.set()\n", ""),
    "viewers at different places share a read": (
        LOG,
        "task = self._next.get(key)",
        "task = next((task for key, task in {**self._next, **self._reading}.items() if key[0] == run_id), None)",
    ),
    "a read that has begun is shared": (
        LOG,
        "task = self._next.get(key)",
        "task = self._next.get(key) or self._reading.get(key)",
    ),
    "a restored log lacks its newest event": (
        HOUSEKEEPING,
        "        await self._write(run_id, deleted_at=None)\n",
        "        await self._write(run_id, deleted_at=None)\n"
        "        import sqlalchemy as sa\n"
        '        cut = sa.text("DELETE FROM events WHERE run = :run AND seq = '
        '(SELECT max(seq) FROM events WHERE run = :run)")\n'
        "        done = self._writer.submit(lambda connection: connection.execute(cut, {'run': run_id}))\n"
        "        await asyncio.wrap_future(done)\n",
    ),
    "a trainer goes on one event too late": (
        "store/place.py",
        "seq=kinds[-1][0] if kinds else 0,",
        "seq=kinds[-1][0] + 1 if kinds else 0,",
    ),
    "what is told twice takes the place of what was seen": (
        "store/writes.py",
        "return _insert(connection, table).on_conflict_do_nothing()",
        'return _insert(connection, table).prefix_with("OR REPLACE")',
    ),
    "events of a run that goes on are not stored": (
        "runs/manager.py",
        "self._writer.readmit(run.id)",
        "self._writer._failed.add(run.id)",
    ),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("planted"))


@pytest.mark.parametrize("name", list(PLANTED))
def test_what_is_planted_still_stands_there_once(name: str) -> None:
    assert stands_once(PLANTED[name])


@pytest.mark.soak
def test_without_a_mistake_they_pass(tree: Path) -> None:
    done = tried(tree, FOUND_BY)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.soak
@pytest.mark.parametrize("name", list(PLANTED))
def test_it_is_found(tree: Path, name: str) -> None:
    with planted(tree, PLANTED[name]):
        done = tried(tree, FOUND_BY)
    assert done.returncode == 1, done.stdout[-3000:]
