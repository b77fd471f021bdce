"""A file as the browser takes it: compressed at the build, where it has been and where that is accepted."""

import mimetypes
from pathlib import Path

from fastapi.responses import FileResponse, Response
from starlette.datastructures import Headers

from ntkscope.api.compression import accepted

ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the smaller one first


def static_file(file: Path, request: Headers, cache_control: str) -> Response:
    """The file, or 304 where the browser has the same already."""
    taken = accepted(request.get("accept-encoding", ""))
    headers, sent = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}, file
    for encoding, ending in ENCODINGS.items():
        compressed = file.with_name(file.name + ending)
        if encoding in taken and compressed.is_file():
            headers["Content-Encoding"], sent = encoding, compressed
            break
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = FileResponse(sent, media_type=kind, headers=headers, stat_result=sent.stat())
    # Each encoding is a file of its own, so that its tag differs from the others'.
    if response.headers["etag"] in request.get("if-none-match", ""):
        return Response(status_code=304, headers=headers | {"ETag": response.headers["etag"]})
    return response
