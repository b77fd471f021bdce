"""The form's schema, with this server's limits; presets; health."""

from pathlib import Path

from ntkscope.api.schema import LIMITED, schema
from ntkscope.schemas.config import RunConfig
from tests.servers import Server, settings_in


def test_limits_of_the_settings_are_maxima(tmp_path: Path) -> None:
    made = schema(settings_in(tmp_path, max_points=99, max_steps=77, max_parameters=55))

    assert (
        made["$defs"]["Circle"]["properties"]["n"] | {"maximum": 99, "setting": "NTKSCOPE_MAX_POINTS"}
        == (made["$defs"]["Circle"]["properties"]["n"])
    )
    assert made["$defs"]["Stop"]["properties"]["steps"]["maximum"] == 77
    assert made["$defs"]["Network"]["properties"]["width"]["setting"] == "NTKSCOPE_MAX_PARAMETERS"
    assert made["limits"]["NTKSCOPE_MAX_POINTS"] == 99


def test_a_setting_above_the_schema_s_own_maximum_changes_nothing(tmp_path: Path) -> None:
    made = schema(settings_in(tmp_path, max_points=10**9, max_steps=10**12, max_parameters=10**12))

    for model, field in LIMITED:
        own = RunConfig.model_json_schema()["$defs"][model]["properties"][field]
        assert made["$defs"][model]["properties"][field] == own
    assert made["$defs"]["Stop"]["properties"]["steps"]["maximum"] == 2**24  # events cannot tell more apart


def test_the_server_sends_it(fake: Server) -> None:
    made = fake.client.get("api/schema").json()

    assert made["properties"]["network"]
    assert made["$defs"]["Network"]["properties"]["width"]["title"] == "Width"


def test_presets_are_listed_and_found(fake: Server) -> None:
    listed = fake.client.get("api/presets").json()

    assert "two-sines" in [preset["id"] for preset in listed]
    assert fake.client.get("api/presets/two-sines").json() in listed
    missing = fake.client.get("api/presets/three-sines")
    assert missing.status_code == 404
    assert "two-sines" in missing.json()["remedy"]


def test_health(fake: Server) -> None:
    health = fake.client.get("api/health").json()

    assert health["status"] == "ok"
    assert health["workers"] == 1
