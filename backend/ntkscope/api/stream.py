"""A run's log over a socket: history first, then live, in order. A viewer is one number.

Messages to the viewer are the stored bytes of events, and the newest tick at the head of the log. The viewer
says `{"ack": seq}`; beyond the last acknowledged event it is sent at most eight. Why a socket closes, its code
says (docs/api.md).
"""

import asyncio
import contextlib
import json
import logging
from collections import deque

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Message

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.events import check_after
from ntkscope.api.services import Services
from ntkscope.errors import Gone, InvalidInput, NotFound, NotReadable, NtkscopeError
from ntkscope.schemas.run import RunSummary
from ntkscope.store.trouble import in_words

WINDOW = 8
LONGEST_REASON = 123  # bytes that a close frame has for it
LONGEST_MESSAGE = 200
ENDED, BAD_REQUEST, NO_SUCH_RUN, NO_ACKNOWLEDGEMENT, DELETED, FAILED, INTERRUPTED, UNREADABLE = (
    1000, 4400, 4404, 4408, 4410, 4500, 4503, 4507,
)  # fmt: skip

router = APIRouter()
logger = logging.getLogger(__name__)


class Close(Exception):
    """The socket is to be closed, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(reason)


@router.websocket("/api/runs/{run_id}/stream")
async def stream(socket: WebSocket, run_id: str, services: ServicesDep) -> None:
    """Sends the run's events after the seq `after`."""
    await socket.accept()
    try:
        after = await _place(services, run_id, socket.query_params.get("after", "0"))
        await Viewer(socket, services, run_id, after).watch()
    except Close as close:
        await _close(socket, close)
    except WebSocketDisconnect:
        return
    except (SQLAlchemyError, NotReadable) as error:
        logger.warning("the log of run %s cannot be read: %s", run_id[:40], error)
        reason = error.got if isinstance(error, NotReadable) else in_words(error)
        await _close(socket, Close(UNREADABLE, f"The run's log cannot be read: {reason}."))


async def _close(socket: WebSocket, close: Close) -> None:
    reason = close.reason.encode()[:LONGEST_REASON].decode(errors="ignore")
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await socket.close(close.code, reason)


async def _place(services: Services, run_id: str, text: str) -> int:
    """The seq that the viewer has, if the run and its log have it."""
    try:
        run = await services.manager.get(run_id)
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise InvalidInput("A whole number, 0 or above.", f"'{text[:20]}'", "", "after")
        check_after(int(text), run, services.notifier.latest(run_id))
    except NotFound:
        raise Close(NO_SUCH_RUN, f"There is no run {run_id[:40]}.") from None
    except Gone:
        raise Close(DELETED, "The run was deleted.") from None
    except NtkscopeError as error:
        raise Close(BAD_REQUEST, f"{error.where}: {error.expected} You gave {error.got}.") from None
    return int(text)


class Viewer:
    """One socket.

    Args:
        seq: The last seq that the viewer has.
    """

    def __init__(self, socket: WebSocket, services: Services, run_id: str, seq: int) -> None:
        self._socket, self._services, self.run_id, self.seq = socket, services, run_id, seq
        self._unacknowledged: deque[int] = deque()
        self._acknowledged = asyncio.Event()

    async def watch(self) -> None:
        """Sends until the run has ended.

        Raises:
            Close: always, but for a viewer who leaves.
            WebSocketDisconnect: the viewer has left.
        """
        tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._listen())]
        self._services.viewers.add(self)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._services.viewers.discard(self)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _listen(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            seq = _acknowledgement(message)
            while self._unacknowledged and self._unacknowledged[0] <= seq:
                self._unacknowledged.popleft()
            self._acknowledged.set()

    async def _send(self) -> None:
        manager, notifier = self._services.manager, self._services.notifier
        shown: bytes | None = None
        looked_for = -1  # the log's last seq, when the run seemed to have ended
        while True:
            # In this order nothing is missed: what comes after `changed` was taken sets it.
            live = manager.live(self.run_id)
            changed = None if live is None else notifier.changed(self.run_id)
            events = await self._services.log.read(self.run_id, self.seq, await self._room())
            for seq, data in events:
                await self._socket.send_bytes(data)
                self.seq = seq
                self._unacknowledged.append(seq)
            if events:
                continue
            if live is None or changed is None:
                run = await manager.row(self.run_id)
                # It may have been resumed while its log was read, and may even have ended since: its log is read again.
                if manager.live(self.run_id) is None and run.last_seq in (self.seq, looked_for):
                    raise _farewell(run)
                looked_for = run.last_seq
                continue
            if live.tick is not None and live.tick is not shown:
                shown = live.tick
                await self._socket.send_bytes(shown)
            await changed.wait()

    async def _room(self) -> int:
        """How many events the viewer may be sent now: at least one."""
        while len(self._unacknowledged) >= WINDOW:
            self._acknowledged.clear()
            seconds = self._services.settings.ack_seconds
            try:
                async with asyncio.timeout(seconds):
                    await self._acknowledged.wait()
            except TimeoutError:
                reason = f"{WINDOW} events were sent and none acknowledged for {seconds:g} s."
                raise Close(NO_ACKNOWLEDGEMENT, reason) from None
        return WINDOW - len(self._unacknowledged)


def _acknowledgement(message: Message) -> int:
    text = message.get("text") or ""
    try:
        fields = json.loads(text[:LONGEST_MESSAGE])
        seq = fields["ack"]
        if type(seq) is int:
            return seq
    except (ValueError, TypeError, KeyError):
        pass
    raise Close(BAD_REQUEST, 'A viewer may only send {"ack": seq}, as text.')


def _farewell(run: RunSummary) -> Close:
    """Why there will be no more events."""
    if run.deleted_at is not None:
        return Close(DELETED, "The run was deleted.")
    if run.state == "failed":
        return Close(FAILED, run.sentence)
    if run.state == "interrupted":
        return Close(INTERRUPTED, run.sentence)
    return Close(ENDED, run.state)
