"""The project's own exceptions: each says what was expected, what came, and what to do."""


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
        super().__init__(f"{where + ': ' if where else ''}{expected} You gave {got}. {remedy}")


class InvalidInput(NtkscopeError):
    """A value that no run can use."""

    title = "That value cannot be used"


class TooLarge(NtkscopeError):
    """More than a limit of the settings allows; the remedy names the setting."""

    title = "That is larger than this server allows"


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
