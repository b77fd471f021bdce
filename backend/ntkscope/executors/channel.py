"""Messages between the server and a worker process, straight into the socket and out of it.

A checkpoint may be hundreds of megabytes. `multiprocessing.Connection` would make two further copies of it on each
side. Here the sender makes none, and the receiver the one that it keeps.
"""

import contextlib
import socket
import struct
from typing import Generic, TypeVar, cast

from ntkscope.executors.letters import Letter, pack, unpack

Out = TypeVar("Out", bound=Letter)
In = TypeVar("In", bound=Letter)
SIZES = struct.Struct("<IQ")  # bytes of the map, and of the payload


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
        head, payload = pack(message)
        self._writer.write(SIZES.pack(len(head), len(payload)))
        self._writer.write(head)
        self._writer.write(payload)
        self._writer.flush()

    def receive(self) -> In:
        """The next message.

        Raises:
            EOFError: the other end is gone, perhaps in the middle of a message.
            OSError: the same.
        """
        head, payload = SIZES.unpack(self._read(SIZES.size))
        return cast(In, unpack(self._read(head), self._read(payload)))

    def _read(self, count: int) -> bytes:
        data = self._reader.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def __del__(self) -> None:
        """A channel ends when nobody holds it, so never under a sender in the middle of a message."""
        self.close()

    def close(self) -> None:
        """For an owner who knows that no thread uses it."""
        with contextlib.suppress(OSError):  # what could not be sent is not sent now
            self._writer.close()
        self._reader.close()
        self._end.close()
