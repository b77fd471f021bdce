"""The machine's memory, and control groups made of fake files."""

import os
from pathlib import Path

import pytest

from ntkscope.experiment.machine_memory import group_limit, machine_memory

GB = 2**30
PHYSICAL = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
V1, V2 = "memory.limit_in_bytes", "memory.max"


def files(root: Path, group: str, limits: dict[str, str]) -> Path:
    """A tree with /proc/self/cgroup and these files under /sys/fs/cgroup."""
    for name, text in {"proc/self/cgroup": group, **{f"sys/fs/cgroup/{name}": t for name, t in limits.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n")
    return root


@pytest.mark.parametrize(
    ("group", "limits", "found"),
    [
        ("0::/", {V2: str(GB)}, GB),  # in a container that sees its own group as the top
        ("0::/", {V2: "max"}, None),
        ("0::/", {}, None),
        ("0::/a/b", {f"a/b/{V2}": "max", f"a/{V2}": str(GB)}, GB),  # the group above is the narrower
        ("0::/a/b", {f"a/b/{V2}": str(GB), f"a/{V2}": str(2 * GB)}, GB),
        ("4:memory:/a\n1:cpu:/\n0::/", {f"memory/a/{V1}": str(GB), f"memory/{V1}": "9223372036854771712"}, GB),
        ("4:cpu,memory:/hidden/from/here", {f"memory/{V1}": str(GB)}, GB),  # the path is the host's
        ("4:memory:/a", {f"memory/a/{V1}": "9223372036854771712"}, None),
        ("1:cpu:/a", {f"memory/a/{V1}": str(GB)}, None),
        ("0::/../up:with:colons", {V2: str(GB)}, GB),
    ],
)  # fmt: skip
def test_the_narrowest_group_counts(tmp_path: Path, group: str, limits: dict[str, str], found: int | None) -> None:
    root = files(tmp_path, group, limits)
    assert group_limit(root) == found
    assert machine_memory(root) == min(found or PHYSICAL, PHYSICAL)


def test_where_there_are_no_control_groups_the_machine_counts(tmp_path: Path) -> None:
    assert group_limit(tmp_path) is None
    assert machine_memory(tmp_path) == PHYSICAL
    assert 0 < machine_memory() <= PHYSICAL
