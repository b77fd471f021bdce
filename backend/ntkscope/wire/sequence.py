"""Several events one after another: a recording's file, an answer in msgpack."""

import msgpack


def split(data: bytes) -> list[bytes]:
    """The bytes of each event of a concatenation.

    Raises:
        ValueError: the last event is cut off, or these are no msgpack maps.
    """
    unpacker = msgpack.Unpacker(max_buffer_size=len(data) + 1)
    unpacker.feed(data)
    events, begun = [], 0
    while begun < len(data):
        try:
            unpacker.skip()
        except msgpack.OutOfData:
            raise ValueError(f"the event that begins at byte {begun} is cut off") from None
        end = unpacker.tell()
        events.append(data[begun:end])
        begun = end
    return events
