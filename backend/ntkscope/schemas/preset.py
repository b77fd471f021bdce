"""Presets: published experiments whose outcome is known."""

from typing import Literal

from ntkscope.schemas.base import Model
from ntkscope.schemas.config import RunConfig


class Variant(Model):
    """One named configuration of a preset: a run of its own."""

    name: str
    title: str
    config: RunConfig


class Preset(Model):
    """GET /api/presets: what to run, what to look for, and where it comes from."""

    id: str
    title: str
    look_for: str
    check: str
    source: str
    variants: list[Variant]


class DatasetInfo(Model):
    """GET /api/datasets/{sha256}: an uploaded table."""

    sha256: str
    name: str
    rows: int
    columns: list[str]
    kind: Literal["csv"] = "csv"
