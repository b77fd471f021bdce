"""Lets in who has a token: as a cookie, as a bearer, or by the link that signs a browser in."""

from collections.abc import Mapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ntkscope.api.access import Access, Visitor
from ntkscope.api.problems import from_error
from ntkscope.api.security import SAFE
from ntkscope.api.sign_in import sign_in_page
from ntkscope.errors import Forbidden, NtkscopeError, TooOften, Unauthorized

OPEN = ("/api/health", "/api/session")  # and what is below them
OWNERS = ("/api/server",)  # who watches a run need not know who else asked for one
PERSON = "ntkscope.person"  # of a request's scope: the name of who asks, if their token has one
COOKIE_SECONDS = 30 * 86_400


class Gate:
    """Stands before everything but health and the sign-in.

    Args:
        app: What is guarded.
        access: The tokens.
        cookie: The cookie's name: browsers share cookies between the ports of a host.
    """

    def __init__(self, app: ASGIApp, access: Access, cookie: str) -> None:
        self._app, self._access, self._cookie = app, access, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._access.open or _is_open(scope):
            await self._app(scope, receive, send)
            return
        answer = self._signed_in(scope) or self._refusal(scope)
        if answer is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "token"})
        else:
            await answer(scope, receive, send)

    def _signed_in(self, scope: Scope) -> Response | None:
        """The answer to the link with a right token: a cookie, and the same address without the token."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        token = next((value for name, value in query if name == "token"), "")
        address = client_of(scope)
        if scope["type"] != "http" or scope["method"] not in SAFE or not token or self._access.wait(address):
            return None
        visitor = self._access.of_token(token, address)
        if visitor is None:
            return None
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        path = scope["root_path"] + _path(scope)
        response = RedirectResponse(f"{path}?{rest}" if rest else path, status_code=303)
        set_cookie(response, scope, self._cookie, self._access.new_cookie(visitor))
        return response

    def _refusal(self, scope: Scope) -> Response | None:
        """None for who may do this; whose name the scope has from there on."""
        headers, address = Headers(scope=scope), client_of(scope)
        cookie = cookies_of(headers).get(self._cookie, "")
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        bearer = bearer.strip() if kind.lower() == "bearer" else ""
        wait = self._access.wait(address, "" if bearer else cookie)
        if wait and (bearer or cookie):
            return _refused(TooOften.of(wait), scope, {"Retry-After": str(int(wait) + 1)})
        visitor: Visitor | None = None
        if bearer:
            visitor = self._access.of_token(bearer, address)
        elif cookie:
            visitor = self._access.of_cookie(cookie, address)
        if visitor is None:
            if "text/html" in headers.get("accept", ""):
                session = f"{scope['root_path']}/api/session"
                return HTMLResponse(sign_in_page(session), HTTPStatus.UNAUTHORIZED)
            return _refused(Unauthorized.of(bool(bearer or cookie)), scope, {"WWW-Authenticate": "Bearer"})
        scope[PERSON] = visitor.name
        if visitor.role == "viewer" and scope["type"] == "http" and (scope["method"] not in SAFE or _is_owners(scope)):
            return _refused(Forbidden.of(scope["method"]), scope)
        return None


def set_cookie(response: Response, scope: Scope, name: str, value: str) -> None:
    """For this server's paths alone, out of reach for scripts and for other sites' requests but links."""
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_SECONDS,
        path=f"{scope['root_path']}/",
        secure=scope["scheme"] in ("https", "wss"),
        httponly=True,
        samesite="lax",
    )


def client_of(scope: Scope) -> str:
    """The address that a request comes from; a proxy on this machine names it."""
    return scope["client"][0] if scope.get("client") else ""


def cookies_of(headers: Headers) -> dict[str, str]:
    """The request's cookies by name."""
    found: SimpleCookie = SimpleCookie()
    try:
        for line in headers.getlist("cookie"):
            found.load(line)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}


def _path(scope: Scope) -> str:
    """Without the prefix that a proxy may have left on."""
    path: str = scope["path"]
    return path.removeprefix(scope["root_path"]) if path.startswith(f"{scope['root_path']}/") else path


def _is_owners(scope: Scope) -> bool:
    return _path(scope).rstrip("/") in OWNERS


def _is_open(scope: Scope) -> bool:
    path = _path(scope)
    return scope["type"] == "http" and any(path == place or path.startswith(f"{place}/") for place in OPEN)


def _refused(error: NtkscopeError, scope: Scope, headers: Mapping[str, str] = MappingProxyType({})) -> Response:
    response = from_error(error, scope["path"])
    response.headers.update(headers)
    return response
