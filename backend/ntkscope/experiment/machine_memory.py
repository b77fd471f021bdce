"""How much memory there is: the machine's, or what a container's control group allows of it."""

import os
from pathlib import Path

UNLIMITED = 2**60  # version 1 says "no limit" by a number close to 2^63
LIMIT_FILES = {1: "memory.limit_in_bytes", 2: "memory.max"}


def machine_memory(root: Path = Path("/")) -> int:
    """Bytes that this process and those that it starts may take together at most.

    Args:
        root: Where `proc` and `sys` are.
    """
    limits = [group_limit(root), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    return min(limit for limit in limits if limit is not None)


def group_limit(root: Path = Path("/")) -> int | None:
    """The lowest memory limit among this process's control group and those above it; None where there is none.

    Both versions of control groups are read. Inside a container the group's own path may be hidden; its limit then
    stands at the top.

    Source: cgroups(7); "memory.max" in the kernel's admin-guide/cgroup-v2, "memory.limit_in_bytes" in cgroup-v1.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "" or "memory" in controllers.split(","):
            version = 1 if controllers else 2
            top = root / "sys/fs/cgroup" / ("memory" if controllers else "")
            group = top / path.lstrip("/")
            above = [folder for folder in (group, *group.parents) if folder.is_relative_to(top)]
            found += [_limit(folder / LIMIT_FILES[version]) for folder in above]
    return min((limit for limit in found if limit is not None), default=None)


def _limit(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() and int(text) < UNLIMITED else None
