"""How long a request may be: short where it is JSON, longer where it is a table."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntkscope.api.problems import from_error
from ntkscope.errors import TooLarge

# No config comes near it. JSON is parsed and validated in single calls that hold Python's lock, so that a thread
# would not spare the event loop: 5 MB of unknown fields take 1.5 s, 64 KiB of them 12 ms.
LARGEST_JSON = 2**16


class BodyLimit:
    """Answers 413 to a body that is too long, whether or not it says its length.

    Args:
        app: What is guarded.
        uploads: The addresses that take more than LARGEST_JSON bytes, and how many.
    """

    def __init__(self, app: ASGIApp, uploads: Mapping[str, int]) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = self._uploads.get(scope["path"].removeprefix(scope.get("root_path", "")), LARGEST_JSON)
        length = Headers(scope=scope).get("content-length", "0")
        body = _Body(receive, send, largest)
        if not length.isdigit() or len(length) > 18 or int(length) > largest:
            body.too_long = True
        else:
            try:
                await self._app(scope, body.receive, body.send)
            except Exception:
                if not body.too_long:
                    raise
        if body.too_long:
            await from_error(_too_long(largest), scope["path"], 413)(scope, receive, send)


class _Body:
    """Counts what comes. What the application says of a body that it could not read is not sent."""

    def __init__(self, receive: Receive, send: Send, largest: int) -> None:
        self._receive, self._send = receive, send
        self._left = largest
        self._begun = False
        self.too_long = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0 and not self._begun:  # once it has begun, an answer needs no more of the body
            self.too_long = True
            raise HTTPException(413)  # answered below; it only ends the reading
        return message

    async def send(self, message: Message) -> None:
        if not self.too_long:
            self._begun = True
            await self._send(message)


def _too_long(largest: int) -> TooLarge:
    remedy = "Send less, or raise the server's setting NTKSCOPE_MAX_UPLOAD_BYTES."
    if largest == LARGEST_JSON:
        remedy = "Send less: points and targets of your own go to POST /api/datasets, a config only names them."
    return TooLarge(f"A request of at most {largest:,} bytes here.", "a longer one", remedy)
