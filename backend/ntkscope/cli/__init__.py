"""The command line: serve, run, preview, scan, presets, doctor, backup, restore, vacuum. One file for each."""

from ntkscope.starting import importing

with importing():
    from ntkscope.cli.main import main

__all__ = ["main"]
