"""What a first start does, and what a second one leaves alone."""

import shutil
import socket

import pytest

FIRST = [
    "python3.11 -m venv",
    "pip install --disable-pip-version-check -c constraints.txt -e .",
    "npm ci --include=dev --no-audit --no-fund",
    "npm run build",
]
# Nothing but a dead end where the network would be.
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "npm_config_offline": "true",
}


def test_first_start_sets_up_and_serves(checkout):
    result = checkout.make("run", PORT="8123")
    assert result.returncode == 0, result.stderr
    assert checkout.calls() == [*FIRST, "ntkscope serve --port 8123"]
    assert "http://127.0.0.1:8123/" in result.stdout


def test_a_fresh_checkout_serves_on_8000(checkout, steps):
    from steps import port

    checkout.make("setup")
    checkout.calls()
    result = checkout.make("run")
    if port.is_free(8000):
        assert checkout.calls() == ["ntkscope serve --port 8000"]
    else:
        assert "Port 8000 on 127.0.0.1 is taken" in result.stderr


@pytest.mark.parametrize("node", ["there", "gone"])
def test_second_start_calls_neither_pip_nor_npm(checkout, node):
    checkout.make("run", PORT="8123")
    checkout.calls()
    if node == "gone":
        (checkout.bin / "node").unlink()
        (checkout.bin / "npm").unlink()
    result = checkout.make("run", PORT="8123", **OFFLINE)
    assert result.returncode == 0, result.stderr
    assert checkout.calls() == ["ntkscope serve --port 8123"]
    assert result.stdout == "http://127.0.0.1:8123/\n"


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("constraints.txt", FIRST[1:2]),
        ("pyproject.toml", FIRST[1:2]),
        ("frontend/package-lock.json", FIRST[2:]),
        ("frontend/src/main.ts", FIRST[3:]),
        ("frontend/src/new.ts", FIRST[3:]),
    ],
)
def test_only_what_changed_is_done_again(checkout, changed, again):
    checkout.make("run", PORT="8123")
    checkout.calls()
    with (checkout.root / changed).open("a") as file:
        file.write(" ")
    checkout.make("run", PORT="8123")
    assert checkout.calls() == [*again, "ntkscope serve --port 8123"]


@pytest.mark.parametrize(
    ("removed", "again"),
    [("backend/ntkscope/static", FIRST[3:]), (".venv", FIRST)],
)
def test_what_was_removed_is_made_again(checkout, removed, again):
    checkout.make("run", PORT="8123")
    checkout.calls()
    shutil.rmtree(checkout.root / removed)
    checkout.make("run", PORT="8123")
    assert checkout.calls() == [*again, "ntkscope serve --port 8123"]


def test_a_moved_checkout_gets_a_new_environment(checkout):
    checkout.make("run", PORT="8123")
    checkout.calls()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    result = checkout.make("run", PORT="8123")
    assert result.returncode == 0, result.stderr
    assert checkout.calls()[0] == FIRST[0]


def test_a_step_that_failed_is_named_and_tried_again(checkout):
    result = checkout.make("run", PORT="8123", FAIL="pip")
    assert result.returncode != 0
    assert "The Python packages could not be installed" in result.stderr
    assert "Traceback" not in result.stderr
    checkout.calls()
    assert checkout.make("run", PORT="8123").returncode == 0
    assert checkout.calls() == [*FIRST[1:], "ntkscope serve --port 8123"]


def test_setup_adds_what_the_checks_need_and_run_keeps_it(checkout):
    checkout.make("run", PORT="8123")
    checkout.calls()
    assert "make run" in checkout.make("setup").stdout
    assert checkout.calls() == ["pip install --disable-pip-version-check -c constraints.txt -e .[dev]"]
    (checkout.root / "constraints.txt").write_text("numpy==2.4.6\n")
    checkout.make("run", PORT="8123")
    assert checkout.calls()[0].endswith("-e .[dev]")


def test_a_taken_port_is_named_before_anything_is_installed(checkout):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = checkout.make("run", f"PORT={port}")
    assert result.returncode != 0
    assert f"Port {port} on 127.0.0.1 is taken" in result.stderr
    assert "make run PORT=" in result.stderr
    assert checkout.calls() == ["python3.11 -m venv"]


def test_the_next_free_port_is_suggested(steps, monkeypatch):
    from steps import common, port

    monkeypatch.setattr(port, "is_free", lambda number: number >= 8001)
    with pytest.raises(common.SetupProblem, match="make run PORT=8001"):
        port.require_free(8000)


def test_pytorch_comes_from_the_chosen_index_once(checkout):
    index = "http://127.0.0.1:9/cpu"
    torch = f"pip install --disable-pip-version-check --index-url {index} -c constraints.txt"
    result = checkout.make("run", "PORT=8123", f"TORCH_INDEX={index}")
    assert checkout.calls()[1] == f"{torch} --no-deps --force-reinstall torch"
    assert "about 200 MB" in result.stdout
    checkout.make("run", "PORT=8123", f"TORCH_INDEX={index}")
    assert checkout.calls() == ["ntkscope serve --port 8123"]
    checkout.make("run", "PORT=8123")
    assert checkout.calls() == ["ntkscope serve --port 8123"]


@pytest.mark.parametrize(
    ("system", "machine", "size"),
    [("linux", "x86_64", "2.7 GB"), ("linux", "aarch64", "200 MB"), ("darwin", "arm64", "200 MB")],
)
def test_the_size_of_pytorch_is_said(steps, system, machine, size):
    from steps import python_packages

    text = python_packages.announcement("", system, machine)
    assert size in text
    assert ("TORCH_INDEX" in text) == (size == "2.7 GB")


def test_the_size_is_said_before_the_download(checkout):
    result = checkout.make("run", PORT="8123", FAIL="pip")
    assert "Installing the packages." in result.stdout
    assert "about 200 MB" in result.stdout
