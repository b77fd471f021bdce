"""Runs as the server lists them, and the requests that change them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ntkscope.schemas.array import Vector
from ntkscope.schemas.base import Model, field
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import LawName
from ntkscope.schemas.event_parts import Ensemble
from ntkscope.schemas.placement import Placement
from ntkscope.schemas.units import VALUE
from ntkscope.schemas.unreadable import Unreadable

State = Literal[
    "queued", "running", "paused", "completed", "diverged", "dead_units", "cancelled", "failed", "interrupted"
]
ENDED: tuple[State, ...] = ("completed", "diverged", "dead_units", "cancelled", "failed", "interrupted")


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("text without the character NUL; you gave one with it. Remove it: a database may not take it")
    return text


Name = Annotated[str, Field(max_length=120), AfterValidator(_storable)]
Tag = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_storable)]


class RunRequest(Model):
    """POST /api/runs."""

    config: RunConfig = field(RunConfig(), title="Configuration", help="What to run.")
    name: Name = field("", title="Name", help="How the run is called in lists.")
    tags: list[Tag] = field([], title="Tags", help="Words to find it by.", max_length=20)


class RunPatch(Model):
    """PATCH /api/runs/{id}: only what is given changes."""

    name: Name | None = None
    tags: list[Tag] | None = field(None, title="Tags", help="Replaces all tags.", max_length=20)


class ExtendRequest(Model):
    """POST /api/runs/{id}/extend: go on to this many steps in all."""

    steps: int = field(title="Steps, in all", help="Must be above the steps already done.", ge=1, le=100_000_000)


class RunSummary(Model):
    """A row of the list of runs."""

    id: str
    name: str
    tags: list[str]
    state: State
    sentence: str  # how it ended, or what it is waiting for
    created_at: float  # seconds since 1970
    started_at: float | None
    ended_at: float | None
    deleted_at: float | None
    ahead: int  # runs before it in the queue
    last_seq: int
    config: RunConfig
    digest: str
    recorded: bool  # bundled with the program, not trained here
    sweep: str | None = None  # that it is one of
    member: int | None = None  # its index there
    placement: Placement | None = None  # where it computes; None for a run of an earlier version, or a recorded one
    person: str = ""  # who asked for it; empty where tokens have no names


class RunList(Model):
    """GET /api/runs."""

    total: int
    runs: list[RunSummary]
    unreadable: list[Unreadable]  # those of this page that this version cannot read


KernelName = Literal["frozen", "infinite", "moving"]


class Prediction(Model):
    """GET /api/runs/{id}/prediction: what one kernel predicts of this network at one time."""

    time: float | None  # None: in the limit of long training
    kernel: KernelName
    law: LawName
    function: Annotated[Vector, VALUE]  # (g,) from this network's own f_0
    fitted: Annotated[Vector, VALUE]  # (n,)
    remaining: Vector  # (G,) in the groups of K_0
    learnt: Vector  # (G,)
    loss: float
    ensemble: Ensemble | None  # of the infinite kernel, where training is not centered
    truncation_error: float  # of the infinite kernel, relative; else 0
    frame_time: float | None  # of the recorded frame that is nearest; None where there is none yet
    distance: float | None  # on the grid, ||f_trained - f_predicted|| / ||f_predicted||, both at frame_time
