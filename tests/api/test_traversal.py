"""No path leads out of the built page: bytes as they are on the wire, which a client's library would tidy up."""

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.servers import Server, serving, settings_in

UP = [
    "..",
    "%2e%2e",
    ".%2e",
    "%252e%252e",
    "..%00",
    "..;",
    "%c0%ae%c0%ae",
    "．．",
    ".. ",
    "%2e%2e%2f",
    "..%5c",
    "..%2f..",
]
PLACES = ["", "assets", "docs", "api", "api/presets", "api/datasets", "api/runs", "~", ".", "%2f", "\\", "C:", "file:"]
FILES = [
    "outside.txt",
    "etc/passwd",
    "test.db",
    "outside.txt%00.js",
    "outside.txt%23",
    "outside.txt?x",
    "proc/self/environ",
]
PARTS = st.lists(st.sampled_from([*UP, *UP, *PLACES]), max_size=7)
BETWEEN = st.sampled_from(["/", "//", "%2f", "\\", "%5c"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[Server]:
    (built / "link.txt").symlink_to(built.parent / "outside.txt")
    (built / "assets" / "folder").symlink_to(built.parent)
    with serving(settings_in(built.parent), built=built) as server:
        yield server


def sent(server: Server, path: str) -> bytes:
    """The body that the server gives for exactly this path."""
    connection = http.client.HTTPConnection(server.client.base_url.host, server.client.base_url.port, timeout=30)
    try:
        connection.putrequest("GET", "/", skip_accept_encoding=True)
        connection._buffer[0] = b"GET /" + path.encode() + b" HTTP/1.1"
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status < 500, path
        return answer.read()
    finally:
        connection.close()


@settings(max_examples=150, derandomize=True)
@given(PARTS, BETWEEN, st.sampled_from(FILES))
@example(["link.txt"], "/", "")
@example(["assets", "folder"], "/", "outside.txt")
@example([""], "/", "etc/passwd")
def test_no_path_leads_out_of_the_build(site: Server, parts: list[str], between: str, file: str) -> None:
    body = sent(site, between.join([*parts, file]).replace(" ", "%20"))

    for inside in (b"outside the build", b"root:", b"SQLite format 3", b"PATH="):
        assert inside not in body


def test_the_test_reads_what_it_would_find(site: Server) -> None:
    assert sent(site, "secret.txt") == b"in the build"
