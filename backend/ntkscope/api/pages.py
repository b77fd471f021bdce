"""The built page, and the documentation of the API."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import Headers

from ntkscope.api.static_file import static_file

DOCS = files("ntkscope.api") / "docs"
DOCS_TYPES = {"docs.css": "text/css", "docs.js": "text/javascript"}
BUILT = Path(str(files("ntkscope"))) / "static"
NOT_BUILT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>ntkscope</title></head>
<body><h1>The page is not built yet</h1>
<p>The server works, but the files of its page are missing. Build them, then load this address again:</p>
<pre>make setup</pre><p>or, without make:</p><pre>cd frontend
npm ci
npm run build</pre><p><a href="docs">The API</a> is here already.</p></body></html>"""


def router(built: Path = BUILT) -> APIRouter:
    """Serves the page whose build is in this folder; it comes last, since it answers every GET."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/docs")
    def docs() -> HTMLResponse:
        return HTMLResponse((DOCS / "index.html").read_text(encoding="utf-8"))

    @pages.get("/docs/{name}")
    def docs_file(name: str) -> Response:
        if name not in DOCS_TYPES:
            raise HTTPException(404)
        return Response((DOCS / name).read_text(encoding="utf-8"), media_type=DOCS_TYPES[name])

    @pages.get("/{path:path}")
    def page(path: str, request: Request) -> Response:
        return _page(built, path, request.headers)

    return pages


def _page(built: Path, path: str, headers: Headers) -> Response:
    """A file of the build, or the page itself for the address of one of its views.

    The page's assets are relative to it, so views are one level deep; anything deeper is an error.
    """
    file = _file(built, path)
    if file is not None:
        # Names in assets/ contain a hash of their content.
        age = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        return static_file(file, headers, age)
    if "/" in path or "." in path or path == "api":
        raise HTTPException(404)
    index = _file(built, "index.html")
    if index is None:
        return HTMLResponse(NOT_BUILT, status_code=503)
    return static_file(index, headers, "no-cache")


def _file(built: Path, path: str) -> Path | None:
    """The file at this path inside the folder, if there is one."""
    try:
        file = (built / path).resolve()
        return file if file.is_relative_to(built.resolve()) and file.is_file() else None
    except (OSError, ValueError):  # a name that no file can have, such as one of 300 letters
        return None
