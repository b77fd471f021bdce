"""Numbers that the page says again are the server's own."""

import re
from pathlib import Path

from ntkscope.experiment.measure.verdict import HOLDS, ROUGHLY, WORST
from ntkscope.experiment.theory.growth import MOST_GROWN
from ntkscope.experiment.width_study import STUDIED

PAGE = Path(__file__).parents[2] / "frontend" / "src"


def said(file: str, pattern: str) -> str:
    found = re.search(pattern, (PAGE / file).read_text(encoding="utf-8"))
    assert found, f"{pattern} is no longer in {file}"
    return found[1]


def test_the_limits_of_a_verdict() -> None:
    limits = said("panels/header/verdict.ts", r"const LIMITS = \{(.*)\} as const")
    assert limits.strip() == f"function: [{HOLDS}, {ROUGHLY}], modes: [{HOLDS}, {ROUGHLY}], worst: [{WORST}, Infinity]"
    rule = said("panels/header/verdict.ts", r'rule: "(.*)"')
    assert re.findall(r"\d+(?= %)", rule) == [f"{100 * x:g}" for x in (HOLDS, HOLDS, WORST, ROUGHLY, ROUGHLY)]


def test_how_far_a_prediction_that_grows_is_followed() -> None:
    assert float(said("charts/parts/growth.ts", r"MOST_GROWN = (\S+);")) == MOST_GROWN


def test_what_makes_a_width_study() -> None:
    assert set(re.findall(r'"([^"]+)"', said("state/sweeps.svelte.ts", r"STUDIED = \[(.*)\]"))) == STUDIED
