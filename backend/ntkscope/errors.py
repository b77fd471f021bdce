"""The project's own exceptions: each says what was expected, what came, and what to do."""

import difflib
from collections.abc import Iterable

LONGEST_NAME = 40  # characters of a name that is compared with others; no field's is longer


def nearest(name: str, names: Iterable[str]) -> str:
    """A question that names the one most like it; empty where there is none, or where it is one of them."""
    known = list(names)
    close = difflib.get_close_matches(name, known, 1) if len(name) <= LONGEST_NAME and name not in known else []
    return f"Did you mean '{close[0]}'?" if close else ""


class NtkscopeError(Exception):
    """A mistake that the user can mend.

    Args:
        expected: What would have been right, as a sentence without its subject's value.
        got: What came instead.
        remedy: What to do now.
        where: The field or place at fault, such as ``network.width`` (may be empty).
    """

    title = "The request cannot be carried out"

    def __init__(self, expected: str, got: str, remedy: str, where: str = "") -> None:
        self.expected, self.got, self.remedy, self.where = expected, got, remedy, where
        super().__init__(f"{where + ': ' if where else ''}{self.sentence}")

    @property
    def sentence(self) -> str:
        """What was expected, what came and what to do, without the place."""
        return f"{self.expected} You gave {self.got}. {self.remedy}"


class InvalidInput(NtkscopeError):
    """A value that no run can use."""

    title = "That value cannot be used"


class TooLarge(NtkscopeError):
    """More than a limit of the settings allows; the remedy names the setting."""

    title = "That is larger than this server allows"


class CardFull(TooLarge):
    """The graphics card has not enough free memory."""

    title = "There is no room for that on the graphics card"


class NotFound(NtkscopeError):
    """No such run, data set, preset or file."""

    title = "There is no such thing here"


class Gone(NtkscopeError):
    """The thing was deleted, and may still be restored."""

    title = "That was deleted"


class Conflict(NtkscopeError):
    """The thing exists, but its state does not allow this."""

    title = "That cannot be done in this state"


class NotReadable(Conflict):
    """The thing exists, but was stored by a later version, or is damaged."""

    title = "That cannot be read by this version"


class Unavailable(NtkscopeError):
    """Something that the program needs is not there: a port, a database, a device."""

    title = "Something that is needed is not available"


class Unwritable(Unavailable):
    """The database takes no writes now, and may take them later without anybody's doing."""

    title = "The database cannot be written now"


class Unauthorized(NtkscopeError):
    """Nobody knows who this is."""

    title = "This server asks who you are"

    @classmethod
    def of(cls, given: bool) -> "Unauthorized":
        """Of a request with a wrong token, or with none."""
        return cls(
            expected="A token of this server: the browser's cookie, or the header Authorization: Bearer TOKEN.",
            got="one that is not its own" if given else "none",
            remedy="Open the link that the server printed when it started, or that you were given.",
            where="token",
        )


class Forbidden(NtkscopeError):
    """Who this is may not do that."""

    title = "That is for the owner of this server"

    @classmethod
    def of(cls, method: str) -> "Forbidden":
        """Of a request that changes something, with the viewers' token."""
        return cls(
            expected="The owner's token, to start, change or delete anything, or to see how the server is.",
            got=f"a viewer's, with {method}",
            remedy="Watch the runs that are here, or ask the owner of the server.",
            where="token",
        )


class TooOften(NtkscopeError):
    """Too many wrong tokens."""

    title = "Too many wrong tokens"

    @classmethod
    def of(cls, seconds: float) -> "TooOften":
        """Of an address that must wait so long."""
        return cls(
            expected="At most 10 wrong tokens a minute from one address.",
            got="one more",
            remedy=f"Wait {seconds:.0f} s, then use the link that the server printed.",
            where="token",
        )
