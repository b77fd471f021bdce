"""The recipe of docs/deploy.md for JupyterHub, behind a real jupyter-server-proxy, where there is one."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.api.test_nginx import free_port
from tests.cases import config
from tests.servers import GENEROUS, drain, seqs, wait_for

JUPYTER, TOKEN = shutil.which("jupyter-server"), "a-token-of-jupyter's-own"
pytestmark = pytest.mark.skipif(JUPYTER is None, reason="there is no jupyter-server (with jupyter-server-proxy)")


def recipe(project: Path, port: int) -> str:
    """The block that the page of deployment shows, for this port."""
    text = (project / "docs/deploy.md").read_text()
    found = re.search(r"^    c\.ServerProxy\.servers = \{\n.*?^    \}\n", text, re.M | re.S)
    assert found is not None
    assert "hub.example.org" in found[0]
    return re.sub(r"^    ", "", found[0].replace("hub.example.org", f"127.0.0.1:{port}"), flags=re.M)


@contextmanager
def jupyter(folder: Path, project: Path, port: int) -> Iterator[None]:
    (folder / "config.py").write_text(recipe(project, port))
    options = ["--allow-root", f"--port={port}", "--ServerApp.base_url=/user/anna/", f"--config={folder}/config.py"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "JUPYTER_TOKEN": TOKEN, "HOME": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([str(JUPYTER), *options], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(GENEROUS)


def test_the_recipe_serves_page_api_and_socket(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    port = free_port()
    root, token = f"http://127.0.0.1:{port}", {"authorization": f"token {TOKEN}"}
    base = f"{root}/user/anna/ntkscope/"
    with (
        jupyter(tmp_path, pytestconfig.rootpath, port),
        httpx.Client(base_url=base, headers=token, timeout=GENEROUS) as browser,
    ):
        wait_for(lambda: answers(browser))
        assert browser.get("").status_code == 200
        assert browser.get("openapi.json").json()["servers"] == [{"url": "/user/anna/ntkscope"}]
        body = {"config": config().model_dump(mode="json")}
        assert browser.post("api/runs", json=body, headers={"origin": "https://evil.example"}).status_code == 403
        run = browser.post("api/runs", json=body, headers={"origin": root})
        assert run.headers["location"].startswith("/user/anna/ntkscope/api/runs/")
        url = f"{base.replace('http', 'ws', 1)}api/runs/{run.json()['id']}/stream?after=0"
        with connect(url, additional_headers=token | {"origin": root}, max_size=None) as socket:
            events, code, _ = drain(socket)
        assert (events[-1]["type"], code) == ("finished", 1005)  # it leaves the server's code out
        assert seqs(events)[:3] == [1, 2, 3]
        assert browser.get(f"api/runs/{run.json()['id']}").json()["state"] == "completed"


def answers(browser: httpx.Client) -> bool:
    try:
        return browser.get("api/health").status_code == 200
    except httpx.TransportError:
        return False
