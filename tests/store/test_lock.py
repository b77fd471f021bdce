"""The lock goes with its owner, however that ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from ntkscope.errors import Unavailable
from ntkscope.store.lock import FileLock

HOLD = """
import sys, time
from pathlib import Path
from ntkscope.store.lock import FileLock
lock = FileLock(Path(sys.argv[1]), "http://other/")
print("held", flush=True)
time.sleep(600)
"""


def test_a_killed_owner_frees_it(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Unavailable, match="http://other/"):
            FileLock(path, "http://mine/")
        other.kill()
    lock = FileLock(path, "http://mine/")

    assert path.read_text() == "http://mine/"
    lock.release()


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    FileLock(tmp_path / "a.lock", "http://a-long-first-address/").release()
    FileLock(tmp_path / "a.lock", "http://b/").release()

    assert (tmp_path / "a.lock").read_text() == "http://b/"
