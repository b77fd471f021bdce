"""Which Python makes the environment, and what is said where none will do."""

import shutil

import pytest


def test_python_3_11_is_preferred(checkout):
    checkout.fake_python("python3", "3.13")
    checkout.fake_python("python3.12", "3.12")
    assert checkout.make("run", PORT="8123").returncode == 0
    assert checkout.calls()[0] == "python3.11 -m venv"


def test_another_new_enough_python_will_do(checkout):
    (checkout.bin / "python3.11").unlink()
    checkout.fake_python("python3", "3.9")
    checkout.fake_python("python3.12", "3.12")
    assert checkout.make("run", PORT="8123").returncode == 0
    assert checkout.calls()[0] == "python3.12 -m venv"


def test_a_python_3_11_without_venv_gives_way_to_one_with_it(checkout):
    checkout.fake_python("python3.11", "3.11", has_venv=False)
    checkout.fake_python("python3", "3.13")
    assert checkout.make("run", PORT="8123").returncode == 0
    assert checkout.calls()[0] == "python3 -m venv"


def test_the_named_python_is_taken(checkout):
    other = checkout.bin.parent / "elsewhere"
    other.mkdir()
    checkout.fake_python("python3.12", "3.12")
    shutil.move(checkout.bin / "python3.12", other / "mine")
    assert checkout.make("run", "PORT=8123", f"PYTHON={other / 'mine'}").returncode == 0
    assert checkout.calls()[0] == "python3.12 -m venv"


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("apt-get", "sudo apt-get install python3.11 python3.11-venv"),
        ("dnf", "sudo dnf install python3.11"),
        ("brew", "brew install python@3.11"),
    ],
)
def test_a_python_too_old_is_named_with_the_command(checkout, tool, command):
    (checkout.bin / "python3.11").unlink()
    checkout.fake_python("python3", "3.9")
    checkout.fake(tool, f'echo "{tool} $*" >> "$CALLS"')
    result = checkout.make("run", PORT="8123")
    assert result.returncode != 0
    assert "needs Python 3.11 or newer" in result.stderr
    assert "is Python 3.9" in result.stderr
    assert command in result.stderr
    assert checkout.calls() == []


def test_a_missing_venv_is_named_with_the_command(checkout):
    checkout.fake_python("python3.11", "3.11", has_venv=False)
    checkout.fake("apt-get", 'echo "apt-get $*" >> "$CALLS"')
    checkout.fake("sudo", 'echo "sudo $*" >> "$CALLS"')
    result = checkout.make("run", PORT="8123")
    assert result.returncode != 0
    assert "without a working venv" in result.stderr
    assert "sudo apt-get install python3-venv" in result.stderr
    assert checkout.calls() == []


def test_no_python_at_all_is_named_with_the_command(checkout):
    (checkout.bin / "python3.11").unlink()
    result = checkout.make("run", PORT="8123")
    assert result.returncode != 0
    assert "Python 3.11 or newer is missing" in result.stderr
    assert "sudo apt-get install python3.11 python3.11-venv" in result.stderr


def test_an_environment_whose_making_was_interrupted_is_made_again(checkout):
    checkout.make("run", PORT="8123")
    checkout.calls()
    (checkout.root / ".venv/bin/pip").unlink()
    checkout.make("run", PORT="8123")
    assert checkout.calls()[0] == "python3.11 -m venv"


def test_an_environment_of_an_old_python_is_made_again(checkout):
    checkout.make("run", PORT="8123")
    checkout.calls()
    (checkout.root / ".venv/pyvenv.cfg").write_text("version = 3.10.4\n")
    checkout.make("run", PORT="8123")
    assert checkout.calls()[0] == "python3.11 -m venv"
