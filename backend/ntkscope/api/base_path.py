"""A sub-path behind a proxy: NTKSCOPE_BASE_PATH=/lab serves everything below /lab/."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class BasePath:
    """Takes the prefix off; requests whose proxy has taken it off already pass as they are.

    The bare prefix is redirected to the one with a slash: the page's assets are relative to it.
    """

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "root_path": self._base_path}
            if self._base_path and scope["path"] == self._base_path and scope["type"] == "http":
                query = scope["query_string"].decode("latin-1")
                target = f"{self._base_path}/{'?' + query if query else ''}"
                await RedirectResponse(target, status_code=308)(scope, receive, send)
                return
        await self._app(scope, receive, send)
