"""The built page, and the documentation of the API."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, Response

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
    def page(path: str) -> Response:
        return _page(built, path)

    return pages


def _page(built: Path, path: str) -> Response:
    """A file of the build, or the page itself for the address of one of its views.

    The page's assets are relative to it, so views are one level deep; anything deeper is an error.
    """
    file = (built / path).resolve()
    if path and file.is_relative_to(built.resolve()) and file.is_file():
        # Names in assets/ contain a hash of their content.
        age = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        return FileResponse(file, headers={"Cache-Control": age})
    if "/" in path or "." in path or path == "api":
        raise HTTPException(404)
    index = built / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, status_code=503)
    return FileResponse(index, headers={"Cache-Control": "no-cache"})
