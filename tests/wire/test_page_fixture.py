"""The bytes that the page's own tests decode are those that the codec writes today."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ntkscope.wire.codec import decode, encode, to_json

FIXTURE = Path(__file__).parents[2] / "frontend" / "src" / "test" / "fixtures" / "events.json"
EVENTS: list[dict[str, Any]] = json.loads(FIXTURE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event['json']['type']}-{event['json']['seq']}")
def test_events_are_the_codecs(event: dict[str, Any]) -> None:
    data = base64.b64decode(event["base64"])
    assert encode(decode(data)) == data
    assert json.loads(to_json(data)) == event["json"]
