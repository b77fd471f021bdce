"""The worked examples of CONTRIBUTING.md apply to today's code, and touch as many files as they say."""

import json
import re

import pytest

from ntkscope.experiment.axes import members
from ntkscope.schemas.sweep import SweepRequest
from tests.house.examples import EXAMPLES, ROOT, Example, applied

DIFFS = [example for example in EXAMPLES.values() if example.language == "diff"]


def test_every_kind_of_addition_has_its_example() -> None:
    assert list(EXAMPLES) == [
        "A target", "An activation", "A field of an event", "A chart", "A preset", "An axis of a sweep", "A law",
        "A curve over the function",
    ]  # fmt: skip


@pytest.mark.parametrize("example", DIFFS, ids=lambda example: example.title)
def test_it_applies_is_short_and_touches_as_many_files_as_it_says(example: Example) -> None:
    changed = applied(example, ROOT)
    assert len(changed) == example.files
    assert example.text.count("\n") < 30
    for path, text in changed.items():
        assert not (ROOT / path).exists() or text != (ROOT / path).read_text(encoding="utf-8")


def test_the_axis_needs_no_file() -> None:
    example = EXAMPLES["An axis of a sweep"]
    assert (example.files, example.language) == (0, "json")
    made = members(SweepRequest.model_validate(json.loads(example.text)))
    found = {(one.config.network.depth, one.config.network.encoding.kind) for one in made}
    assert found == {(1, "none"), (1, "positional"), (2, "none"), (2, "positional")}


def test_an_example_that_no_longer_fits_is_told() -> None:
    example = EXAMPLES["A target"]
    stale = Example(example.title, example.files, "diff", example.text.replace("class Chirp", "class Chirped"))
    with pytest.raises(AssertionError, match=re.escape("schemas/data.py")):
        applied(stale, ROOT)
