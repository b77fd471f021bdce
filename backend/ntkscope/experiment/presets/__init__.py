"""Presets: published experiments whose outcome is known, as TOML files beside this one.

A file holds title, look_for, check and source, a base config under [config], and [[variants]] whose own [config]
is laid over the base.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from ntkscope.errors import NotFound
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preset import Preset, Variant


def presets() -> list[Preset]:
    """All presets, in the order in which they are to be met."""
    return list(_all().values())


def preset(id: str) -> Preset:
    """The preset of this name.

    Raises:
        NotFound: there is none; names those there are.
    """
    found = _all().get(id)
    if found is None:
        raise NotFound("The name of a preset.", f"'{id[:60]}'", f"There are {', '.join(_all())}.", "preset")
    return found


@cache
def _all() -> dict[str, Preset]:
    folder = files("ntkscope.experiment") / "presets"
    read = [
        (path.name.removesuffix(".toml"), tomllib.loads(path.read_text(encoding="utf-8")))
        for path in folder.iterdir()
        if path.name.endswith(".toml")
    ]
    read.sort(key=lambda entry: entry[1].pop("order"))
    return {id: _preset(id, content) for id, content in read}


def _preset(id: str, content: dict[str, Any]) -> Preset:
    base = content.pop("config")
    variants = [
        Variant(
            name=variant["name"],
            title=variant["title"],
            config=RunConfig.model_validate(laid_over(base, variant.get("config", {}))),
        )
        for variant in content.pop("variants")
    ]
    return Preset(id=id, variants=variants, **content)


def laid_over(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """`base` with the changed values, table by table; a table of another `kind` replaces the base's."""
    result = dict(base)
    for name, value in change.items():
        old = result.get(name)
        if isinstance(old, dict) and isinstance(value, dict) and value.get("kind") in (None, old.get("kind")):
            result[name] = laid_over(old, value)
        else:
            result[name] = value
    return result
