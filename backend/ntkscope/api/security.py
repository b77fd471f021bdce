"""Only pages of this server may talk to it, whoever they are signed in as; gate.py asks who that is."""

import ipaddress
import re
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntkscope.api.problems import from_error
from ntkscope.errors import InvalidInput, NotFound, NtkscopeError

SAFE = ("GET", "HEAD", "OPTIONS")
PORTS = {"http": 80, "https": 443}
# Nothing else may stand in a Host: `a@b` is a user's name to one reader and a host to another.
PLACE = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?")
POLICY = "Content-Security-Policy"
HEADERS = {
    # Plotly writes style attributes and draws into data: and blob: images.
    POLICY: "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'{parents}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "SAMEORIGIN",
}


class Guard:
    """Refuses foreign hosts and origins; adds the headers.

    A page of another site may send requests to a server on loopback, and a name that its owner points at
    127.0.0.1 makes such a page look like ours. `Origin` and `Host` tell them apart.

    Args:
        app: What is guarded.
        own_name: What the server listens at, besides loopback.
        proxies: Their names, each with its port unless that is the one of http or https.
        any_host: Whether any name is taken; for a server whose settings bind it beyond loopback.
        parents: Origins of other pages that may show ours in a frame.
    """

    def __init__(
        self, app: ASGIApp, own_name: str, proxies: frozenset[str], any_host: bool, parents: Sequence[str] = ()
    ) -> None:
        self._app = app
        self._headers = _headers(parents)
        self._names = frozenset(_name(proxy) for proxy in proxies) | {own_name.lower()}
        self._proxies = proxies
        self._any_host = any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        error = self._foreign(scope) or _unreadable(scope)
        if error is None:
            await self._app(scope, receive, send_with_headers)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": error.where})
        else:
            status = 404 if isinstance(error, NotFound) else 403
            await from_error(error, scope["path"], status)(scope, receive, send_with_headers)

    def _foreign(self, scope: Scope) -> NtkscopeError | None:
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        host = hosts[0].lower() if hosts else ""
        if len(hosts) != 1 or not (name := _name(host)) or not (self._any_host or self._known(name)):
            return InvalidInput(
                expected="One request to this machine's own name (localhost, 127.0.0.1) or to a proxy it knows.",
                got=f"one to '{', '.join(hosts)[:100]}'",
                remedy="Add the name to the setting NTKSCOPE_ALLOWED_HOSTS.",
                where="Host",
            )
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
        if unsafe and not all(self._own(origin.lower(), host) for origin in origins):
            return InvalidInput(
                expected="A request from a page of this server.",
                got=f"one from '{', '.join(origins)[:100]}'",
                remedy="Open the page at this server's own address, or add the name of the proxy in front of "
                "it to the setting NTKSCOPE_ALLOWED_HOSTS, with its port if that is not the usual one.",
                where="Origin",
            )
        return None

    def _own(self, origin: str, host: str) -> bool:
        """Whether a page of this origin is ours: the same name and port, or a proxy's."""
        scheme, _, place = origin.partition("://")
        usual = PORTS.get(scheme)
        if usual is None or not _name(place):
            return False
        page = _name(place), _port(place) or usual
        return any(page == (_name(ours), _port(ours) or usual) for ours in (host, *self._proxies))

    def _known(self, name: str) -> bool:
        return name in self._names or is_loopback(name)


def _headers(parents: Sequence[str]) -> dict[str, str]:
    """Those of every answer; X-Frame-Options knows no other page than ours, and is left out where there are some."""
    headers = dict(HEADERS)
    headers[POLICY] = headers[POLICY].format(parents="".join(f" {parent}" for parent in parents))
    if parents:
        del headers["X-Frame-Options"]
    return headers


def _unreadable(scope: Scope) -> NtkscopeError | None:
    """What no file, no id and no database can hold."""
    if "\0" not in scope["path"] and b"%00" not in scope["query_string"]:
        return None
    return NotFound("An address without the character NUL.", "one with %00", "GET /docs lists the addresses.")


def is_loopback(name: str) -> bool:
    """Whether this host's name or address means this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _name(place: str) -> str:
    """Of a name or address with or without a port; empty where it is neither."""
    found = PLACE.fullmatch(place)
    return (found["ipv6"] or found["name"]) if found else ""


def _port(place: str) -> int:
    found = PLACE.fullmatch(place)
    return int(found["port"] or 0) if found else 0
