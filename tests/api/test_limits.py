"""How much memory a server's settings allow."""

import pytest

from ntkscope.api import limits as module
from ntkscope.api.limits import limits
from ntkscope.api.schema import schema
from ntkscope.settings import Settings


@pytest.mark.parametrize(("setting", "allowed"), [(0, 750), (400, 400), (900, 900), (5000, 1000)])
def test_never_more_than_is_there_and_three_quarters_where_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, setting: int, allowed: int
) -> None:
    monkeypatch.setattr(module, "machine_memory", lambda: 1000)
    settings = Settings(max_memory_bytes=setting)

    assert limits(settings).max_memory_bytes == allowed
    assert schema(settings)["limits"]["NTKSCOPE_MAX_MEMORY_BYTES"] == allowed
