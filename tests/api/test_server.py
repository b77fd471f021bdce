"""How the server is, for whoever runs it."""

from pathlib import Path

from ntkscope.settings import Settings
from tests.fake_trainer import STEADY, behaving
from tests.servers import Server, serving, settings_in

OWNER, VIEWER, ANNA = "the-owner's-own-token", "the-viewers-own-token", "annas-own-long-token"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_it_says_what_runs_and_waits_and_is_kept_by_whom(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, token=OWNER, viewer_token=VIEWER, people=f"anna {ANNA}", max_runs=9)
    with serving(settings) as server:
        body = {"config": behaving(STEADY, 100_000).model_dump(mode="json")}
        for token in (ANNA, ANNA, OWNER):
            assert server.client.post("api/runs", json=body, headers=bearer(token)).status_code == 201
        server.client.headers.update(bearer(OWNER))
        now = server.client.get("api/server").json()

        assert [(run["person"], run["state"], run["ahead"]) for run in now["live"]] == [
            ("anna", "running", 0),
            ("", "queued", 1),  # its turn is before anna's second
            ("anna", "queued", 2),
        ]
        assert [(one["person"], one["runs"]) for one in now["kept"]] == [("anna", 2), ("", 1)]
        limits = {one["setting"]: one for one in now["limits"]}
        assert (limits["NTKSCOPE_MAX_RUNS"]["used"], limits["NTKSCOPE_MAX_RUNS"]["most"]) == (3, 9)
        assert limits["NTKSCOPE_MAX_QUEUED"]["used"] == 2
        assert limits["NTKSCOPE_WORKERS"] | {"used": 1, "most": 1} == limits["NTKSCOPE_WORKERS"]
        assert limits["NTKSCOPE_MAX_DISK_BYTES"]["most"] is None
        assert limits["NTKSCOPE_MAX_STEPS"]["used"] is None
        assert now["disk_free_bytes"] > 0
        assert now["trouble"] == ""
        for run in now["live"]:
            server.client.post(f"api/runs/{run['id']}/cancel")


def test_every_limit_that_is_a_setting_is_there(fake: Server) -> None:
    named = {one["setting"].removeprefix("NTKSCOPE_").lower() for one in fake.client.get("api/server").json()["limits"]}
    assert named == {name for name in Settings.model_fields if name.startswith("max_")} | {"workers"}


def test_it_is_for_owners(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path, token=OWNER, viewer_token=VIEWER)) as server:
        for path in ("api/server", "api/server/"):
            refused = server.client.get(path, headers=bearer(VIEWER))
            assert refused.status_code == 403
            assert "how the server is" in refused.json()["expected"]
        assert server.client.get("api/server").status_code == 401
        assert server.client.get("api/server", headers=bearer(OWNER)).status_code == 200
