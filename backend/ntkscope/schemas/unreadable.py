"""What is said of a stored row that this version cannot read."""

from ntkscope.schemas.base import Model


class Unreadable(Model):
    """A run or a sweep whose row holds what this version does not know: it can be listed and deleted."""

    id: str
    name: str
    created_at: float  # seconds since 1970
    deleted_at: float | None
    sentence: str  # why it cannot be read
