"""Messages between the server and a worker process, pickled straight into the socket and out of it.

A checkpoint may be hundreds of megabytes. `multiprocessing.Connection` pickles a message into memory first and
gathers one in memory before it is unpickled: two further copies on each side. Here the sender makes none, and the
receiver the one that it keeps.
"""

import contextlib
import pickle
import socket
from typing import Generic, TypeVar

Out = TypeVar("Out")
In = TypeVar("In")


class Channel(Generic[Out, In]):
    """One end. One thread may send while another receives.

    Args:
        end: Of a socket pair.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._reader, self._writer = end.makefile("rb"), end.makefile("wb")

    def send(self, message: Out) -> None:
        """Blocks until the other end, or the system's buffer, has taken all of it.

        Raises:
            OSError: the other end is gone.
        """
        pickle.dump(message, self._writer, pickle.HIGHEST_PROTOCOL)
        self._writer.flush()

    def receive(self) -> In:
        """The next message.

        Raises:
            EOFError: the other end is gone, perhaps in the middle of a message.
            OSError: the same.
        """
        try:
            message: In = pickle.load(self._reader)
        except pickle.UnpicklingError:
            raise EOFError from None
        return message

    def __del__(self) -> None:
        """A channel ends when nobody holds it, so never under a sender in the middle of a message."""
        self.close()

    def close(self) -> None:
        """For an owner who knows that no thread uses it."""
        with contextlib.suppress(OSError):  # what could not be sent is not sent now
            self._writer.close()
        self._reader.close()
        self._end.close()
