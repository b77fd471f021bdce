"""Long answers of JSON come compressed to who takes them so; nothing else does."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ntkscope.api.compression import LEAST, LONG, JsonCompression
from tests.servers import Server

WORDS = json.dumps({"words": ["kernel"] * 2000}).encode()


async def _pieces() -> AsyncIterator[bytes]:
    yield WORDS[:5000]
    yield WORDS[5000:]


ANSWERS = {
    "/json": lambda: Response(WORDS, media_type="application/json"),
    "/problem": lambda: Response(WORDS, status_code=422, media_type="application/problem+json; charset=utf-8"),
    "/long": lambda: JSONResponse({"words": "kernel " * LONG}),
    "/short": lambda: Response(WORDS[: LEAST - 1], media_type="application/json"),
    "/stream": lambda: StreamingResponse(_pieces(), media_type="application/json"),
    "/bytes": lambda: Response(WORDS, media_type="application/msgpack"),
    "/done": lambda: Response(
        gzip.compress(WORDS), media_type="application/json", headers={"Content-Encoding": "gzip"}
    ),
}


def _asked(path: str, accept: str = "gzip, deflate, br", method: str = "GET") -> httpx.Response:
    async def ask() -> httpx.Response:
        routes = [Route(at, lambda request, make=make: make()) for at, make in ANSWERS.items()]
        transport = httpx.ASGITransport(JsonCompression(Starlette(routes=routes)))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, path, headers={"accept-encoding": accept})

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ["/json", "/problem", "/long"])
def test_a_long_answer_comes_compressed_and_says_so(path: str) -> None:
    plain, packed = _asked(path, "identity"), _asked(path)

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 10
    assert packed.content == plain.content
    assert packed.status_code == plain.status_code
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accept", ["identity", "br", "gzip;q=0", ""])
def test_who_does_not_take_it_gets_it_as_it_is(accept: str) -> None:
    answer = _asked("/json", accept)

    assert "content-encoding" not in answer.headers
    assert answer.content == WORDS


@pytest.mark.parametrize("path", ["/short", "/stream", "/bytes"])
def test_other_answers_pass_as_they_are(path: str) -> None:
    answer = _asked(path)

    assert "content-encoding" not in answer.headers
    assert answer.content == WORDS[: len(answer.content)]


def test_what_is_compressed_is_not_compressed_again() -> None:
    assert _asked("/done").content == WORDS


def test_a_head_alone_says_what_the_answer_would() -> None:
    assert _asked("/json", method="HEAD").headers == _asked("/json").headers


@pytest.mark.parametrize("path", ["api/presets", "api/schema"])
def test_what_the_page_asks_first_is_a_third_of_its_length(fake: Server, path: str) -> None:
    answer = fake.client.get(path)

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content) / 3
