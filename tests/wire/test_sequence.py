"""Events one after another are taken apart again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntkscope.wire.codec import encode
from ntkscope.wire.sequence import split
from tests.fake_trainer import frame, tick


@given(st.lists(st.integers(1, 10**6), max_size=20))
def test_what_is_put_together_is_taken_apart(seqs: list[int]) -> None:
    events = [encode(frame(seq, seq)) if seq % 2 else encode(tick(seq)) for seq in seqs]

    assert split(b"".join(events)) == events


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_what_is_cut_off_is_refused(cut: int) -> None:
    data = encode(frame(1, 1))
    with pytest.raises(ValueError, match=f"byte {len(data)} is cut off"):
        split(data + data[:cut])
