"""The page that asks for a token: it looks like the others, reads on a phone, and says what was wrong."""

import re
from pathlib import Path

import pytest

from ntkscope.api.sign_in import sign_in_page

TOKENS = Path(__file__).parents[2] / "frontend/src/theme/tokens.css"
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")


def test_its_colours_are_those_of_the_page() -> None:
    halves = re.split(r"\[data-theme=\"dark\"\]", TOKENS.read_text(encoding="utf-8"))
    own = re.split("prefers-color-scheme: dark", sign_in_page("/api/session"))
    for ours, theirs in zip(own, halves, strict=True):
        colours, tokens = dict(COLOUR.findall(ours)), dict(COLOUR.findall(theirs))
        assert len(colours) > 8
        assert colours == {name: tokens[name] for name in colours}


def test_it_is_as_wide_as_the_screen_and_asks_no_other_address() -> None:
    page = sign_in_page("/lab/api/session")
    assert 'name="viewport" content="width=device-width' in page
    assert re.findall(r'(?:action|src|href)="([^"]*)"', page) == ["/lab/api/session"]


@pytest.mark.parametrize("wrong", [False, True])
def test_it_says_that_a_token_was_none(wrong: bool) -> None:
    page = sign_in_page("/api/session", wrong=wrong)
    assert ("That is no token of this server." in page) is wrong
    assert "WRONG" not in page


def test_an_address_is_text() -> None:
    assert '"><script>' not in sign_in_page('"><script>alert(1)</script>')
