"""Servers that the tests of a file share."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from ntkscope.executors.inline import InlineExecutor
from tests.servers import Server, serving, settings_in


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Runs that do as their seeds say; one slot."""
    with serving(settings_in(tmp_path_factory.mktemp("fake"))) as server:
        yield server


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Runs that train; and the recorded one."""
    settings = settings_in(tmp_path_factory.mktemp("real"), recording=True)
    with serving(settings, InlineExecutor()) as server:
        yield server


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the page's build leaves it."""
    folder = tmp_path_factory.mktemp("static")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><script src='./assets/a-1f.js'></script>")
    (folder / "assets" / "a-1f.js").write_text("let page;")
    (folder / "assets" / "a-1f.js.gz").write_bytes(gzip.compress(b"let page;", mtime=0))
    (folder / "assets" / "a-1f.js.br").write_bytes(b"as brotli")
    (folder / "secret.txt").write_text("in the build")
    (folder.parent / "outside.txt").write_text("outside the build")
    return folder
