"""What stands in for passwords while there are none: only pages of this server may talk to it."""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntkscope.api.problems import from_error
from ntkscope.errors import InvalidInput, NtkscopeError, TooLarge

SAFE = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    # Plotly writes style attributes and draws into data: and blob: images.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Refuses foreign hosts and origins and bodies that are too long; adds the headers.

    A page of another site may send requests to a server on loopback, and a name that its owner points at
    127.0.0.1 makes such a page look like ours. `Origin` and `Host` tell them apart.

    Args:
        app: What is guarded.
        allowed_hosts: Names of proxies, besides loopback.
        any_host: Whether any name is taken; for a server that was told to bind beyond loopback.
        largest_body: In bytes.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: frozenset[str], any_host: bool, largest_body: int) -> None:
        self._app = app
        self._allowed = allowed_hosts
        self._any_host = any_host
        self._largest = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check(scope)
        except NtkscopeError as error:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": "foreign origin"})
            else:
                status = 413 if isinstance(error, TooLarge) else 403
                await from_error(error, scope["path"], status)(scope, receive, send_with_headers)
            return
        await self._app(scope, self._counted(receive), send_with_headers)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not (self._any_host or self._known(_name(host))):
            raise InvalidInput(
                expected="A request to this machine's own name (localhost, 127.0.0.1) or to a proxy it knows.",
                got=f"one to '{host[:100]}'",
                remedy="Add the name to the setting NTKSCOPE_ALLOWED_HOSTS.",
                where="Host",
            )
        origin = headers.get("origin")
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
        if unsafe and origin is not None and not self._own(origin, host):
            raise InvalidInput(
                expected="A request from a page of this server.",
                got=f"one from '{origin[:100]}'",
                remedy="Open the page at this server's own address, or add the name of the proxy in front of "
                "it to the setting NTKSCOPE_ALLOWED_HOSTS.",
                where="Origin",
            )
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._largest:
            raise self._too_long()

    def _own(self, origin: str, host: str) -> bool:
        place = urlsplit(origin).netloc
        return bool(place) and (place == host or self._known(_name(place)))

    def _known(self, name: str) -> bool:
        return name in self._allowed or is_loopback(name)

    def _counted(self, receive: Receive) -> Receive:
        """Counts what comes, for bodies that do not say their length."""
        total = 0

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            if message["type"] == "http.request":
                total += len(message.get("body", b""))
                if total > self._largest:
                    raise self._too_long()
            return message

        return counted

    def _too_long(self) -> TooLarge:
        return TooLarge(
            expected=f"A request of at most {self._largest:,} bytes.",
            got="a longer one",
            remedy="Send less, or raise the server's setting NTKSCOPE_MAX_UPLOAD_BYTES.",
        )


def is_loopback(name: str) -> bool:
    """Whether this host's name or address means this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """Without the port; an IPv6 address without its brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
