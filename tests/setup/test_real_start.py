"""The second start of this very checkout, with the real server, once make has set it up."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from .conftest import PROJECT


def is_set_up() -> bool:
    """Whether the stamps say that nothing is left to do."""
    state = "from steps import page, python_packages, stamps; "
    same = "stamps.read('page') == stamps.digest(page.sources()) and stamps.read('python')[:64] == stamps.digest"
    check = f"{state}import sys; sys.exit(not ({same}(python_packages.FILES)))"
    return subprocess.call([sys.executable, "-c", check], cwd=PROJECT / "scripts") == 0


@pytest.mark.setup
@pytest.mark.skipif(not is_set_up(), reason="make test sets this checkout up first")
def test_the_real_second_start_is_offline_and_prints_its_address(checkout, tmp_path):
    for program in ("pip", "npm", "node", "sudo", "apt-get"):
        checkout.fake(program, 'echo "$NAME $*" >> "$CALLS"; exit 1')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "PATH": f"{checkout.bin}{os.pathsep}{os.environ['PATH']}",
        "CALLS": str(checkout.log),
        "NTKSCOPE_DATABASE_URL": f"sqlite:///{tmp_path}/runs.db",
        "PIP_NO_INDEX": "1",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "PYTHONUNBUFFERED": "1",
    }
    server = subprocess.Popen(
        [sys.executable, "scripts/setup.py", "run", "--port", str(port)],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = []
        address = f"http://127.0.0.1:{port}"
        for line in server.stdout:
            said.append(line)
            if address in line:
                break
        assert address in said[-1], "".join(said)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{address}/api/health", timeout=60) as answer:
            assert json.load(answer)
        with opener.open(f"{address}/", timeout=60) as answer:
            assert b"<html" in answer.read()
        assert checkout.calls() == []
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
