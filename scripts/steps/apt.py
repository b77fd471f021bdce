"""Debian's packages, where we may install them: as root with apt-get; sudo is never asked for."""

import os
import shutil
import subprocess


def install(title: str, *packages: str) -> bool:
    """Whether apt-get was asked for the first package that it has; the caller looks whether it is there now."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"Installing {title} with apt-get.", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=environment)
    for package in packages:
        if subprocess.call(["apt-get", "install", "-yqq", "--no-install-recommends", package], env=environment) == 0:
            break
    return True
