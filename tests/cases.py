"""Configs and events that several tests share."""

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import RunEvent, Started, Tick

Kind = TypeVar("Kind", bound=RunEvent)


def fields(**changes: Any) -> dict[str, Any]:
    """The fields of `config`, also where a RunConfig would refuse the changes."""
    made: dict[str, Any] = RunConfig().model_dump(mode="json")
    made["data"]["points"]["n"] = 16
    made["data"]["grid"] = 32
    made["network"]["width"] = 64
    made["training"]["stop"]["steps"] = 200
    made["recording"].update(frames=24, kernel_frames=4)
    for name, value in changes.items():
        *path, last = name.split("__")
        place = made
        for key in path:
            place = place[key]
        place[last] = value
    return made


def config(**changes: Any) -> RunConfig:
    """A run of a fraction of a second: 16 points, width 64, 200 steps; `network__width=8` changes a field."""
    return RunConfig.model_validate(fields(**changes))


def stored(events: Iterable[RunEvent]) -> list[RunEvent]:
    """What a log would hold: all but ticks."""
    return [event for event in events if not isinstance(event, Tick)]


def run(settings: RunConfig, **keywords: Any) -> list[RunEvent]:
    """The stored events of a whole run."""
    return stored(train(settings, **keywords))


def first_event(settings: RunConfig, **keywords: Any) -> Started:
    """The first event of a run that goes no further."""
    return next(event for event in train(settings, **keywords) if isinstance(event, Started))


@cache
def small_run() -> tuple[RunEvent, ...]:
    """The stored events of `config()`."""
    return tuple(run(config()))


def of(events: Iterable[RunEvent], kind: type[Kind]) -> list[Kind]:
    """Those of one type."""
    return [event for event in events if isinstance(event, kind)]
