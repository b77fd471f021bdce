"""The configuration of docs/deploy.md in a real nginx, where there is one: TLS, a sub-path, tokens, the socket."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.fake_trainer import FAST, behaving
from tests.servers import GENEROUS, drain, seqs, serving, settings_in, wait_for

NGINX, OPENSSL = shutil.which("nginx"), shutil.which("openssl")
TOKEN, VIEWER = "the-owner's-own-token", "the-viewers-own-token"
pytestmark = pytest.mark.skipif(not (NGINX and OPENSSL), reason="there is no nginx, or no openssl")
AROUND = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
{location}
  }}
}}
"""


def recipe(project: Path, server_port: int) -> str:
    """The block that the page of deployment shows, on the test's port."""
    text = (project / "docs/deploy.md").read_text()
    found = re.search(r"^    location /lab/ \{\n.*?^    \}\n", text, re.M | re.S)
    assert found is not None
    assert "127.0.0.1:8000" in found[0]
    return found[0].replace("127.0.0.1:8000", f"127.0.0.1:{server_port}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def behind_nginx(folder: Path, project: Path, server_port: int, port: int) -> Iterator[None]:
    command = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    files = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
    subprocess.run([*command, *files], check=True, capture_output=True)  # type: ignore[list-item]
    config = AROUND.format(folder=folder, port=port, location=recipe(project, server_port))
    (folder / "nginx.conf").write_text(config)
    with subprocess.Popen([str(NGINX), "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"]) as process:
        try:
            yield
        finally:
            process.terminate()


def test_the_recipe_serves_page_api_and_socket_under_a_sub_path(
    tmp_path: Path, built: Path, pytestconfig: pytest.Config
) -> None:
    port = free_port()
    settings = settings_in(
        tmp_path, base_path="/lab", allowed_hosts=f"localhost:{port}", token=TOKEN, viewer_token=VIEWER
    )
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    base = f"https://localhost:{port}/lab/"
    with (
        serving(settings, built=built) as server,
        behind_nginx(tmp_path, pytestconfig.rootpath, int(server.url.split(":")[2].split("/")[0]), port),
        httpx.Client(base_url=base, verify=trusting, timeout=GENEROUS) as browser,
    ):
        wait_for(lambda: answers(browser))
        assert browser.get("", headers={"accept": "text/html"}).status_code == 401
        signed_in = browser.get("", params={"token": TOKEN}, headers={"accept": "text/html"})
        assert signed_in.headers["location"] == "/lab/"
        assert "Secure" in signed_in.headers["set-cookie"]
        assert "Path=/lab/" in signed_in.headers["set-cookie"]
        assert browser.get("", headers={"accept": "text/html"}).status_code == 200
        assert browser.get("assets/a-1f.js").text == "let page;"

        own = {"origin": f"https://localhost:{port}"}
        body = {"config": behaving(FAST).model_dump(mode="json")}
        run = browser.post("api/runs", json=body, headers=own)
        assert run.status_code == 201
        assert run.headers["location"].startswith("/lab/api/runs/")
        assert browser.post("api/runs", json=body, headers={"origin": "https://evil.example"}).status_code == 403
        assert browser.get("api/health", headers={"host": "evil.example"}).status_code == 403

        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        url = f"wss://localhost:{port}/lab/api/runs/{run.json()['id']}/stream?after=0"
        with connect(url, ssl=trusting, additional_headers={"cookie": cookie, **own}, compression=None) as followed:
            events, code, _ = drain(followed)
        assert code == 1000
        assert seqs(events)[:3] == [1, 2, 3]
        with pytest.raises(InvalidStatus, match="403"), connect(url, ssl=trusting, additional_headers=own):
            pass


def answers(browser: httpx.Client) -> bool:
    try:
        return browser.get("api/health").status_code == 200
    except httpx.TransportError:
        return False
