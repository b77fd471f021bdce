"""Why a network does or does not learn its target, and what to change: a report of a few sentences."""

from typing import Literal

from pydantic import Field

from ntkscope.schemas.base import Model
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Changes
from ntkscope.schemas.rehearsal import Ending

SentenceKind = Literal["learns", "misses", "cause", "change", "tried", "trust"]


class Switch(Model):
    """A change that was rehearsed and helps clearly."""

    words: str
    changes: Changes  # of the config that was asked about, by dotted field, all at once


class ExplainedSentence(Model):
    """One sentence of the report."""

    kind: SentenceKind  # what is learnt, what is not, why not, what helps, what does not help, how far to trust it
    text: str
    numbers: dict[str, float]  # that it was made from, by what they are
    switches: list[Switch] = Field(default_factory=list)


class TriedConfig(Model):
    """A rehearsal up to the last step that was asked for: of the config itself, or of a changed one."""

    words: str  # what was changed; empty for the config itself
    changes: Changes
    ended: Ending
    share: float  # of sum (y - mean y)^2 at the training points, without noise, that is learnt; below 0: worse than 0
    share_between: (
        float | None
    )  # the same between them, or on points held out; None where the target is not known there
    error: float  # root mean square of f - y, without noise, in the person's own units
    waves_learnt: int  # of the target's waves, for good
    waves: int
    helps: bool  # by clearly more than the config that it changes


class Explanation(Model):
    """POST /api/explain: `working` until it is there; ask again with the same config."""

    status: Literal["working", "ready"]
    config: RunConfig
    part: float  # of the work, from 0 to 1
    notices: list[str]  # what the data say of themselves
    sentences: list[ExplainedSentence]  # eight at most
    tried: list[TriedConfig]  # the config itself first
