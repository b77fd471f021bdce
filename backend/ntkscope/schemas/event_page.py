"""Events as REST answers them."""

from ntkscope.schemas.base import Model
from ntkscope.schemas.event import SendableEvent


class EventPage(Model):
    """GET /api/runs/{id}/events as JSON. Missing values are null; ask again after the last event's seq."""

    events: list[SendableEvent]
    last_seq: int  # of the run as it is stored; a checkpoint, which is never sent, may be the last
