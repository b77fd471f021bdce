"""Runs over REST, with runs that do as they are told."""

from tests.fake_trainer import FAST, RAISES, STEADY, behaving
from tests.servers import Server

LONG = 100_000


def test_a_run_is_made_listed_and_found(fake: Server) -> None:
    made = fake.client.post(
        "api/runs", json={"config": behaving(FAST).model_dump(mode="json"), "name": "Ä", "tags": ["x", "y"]}
    )
    run = made.json()

    assert made.status_code == 201
    assert made.headers["location"] == f"/api/runs/{run['id']}"
    done = fake.until(run["id"], "completed")
    assert (done["name"], done["tags"], done["sentence"]) == ("Ä", ["x", "y"], "Reached the last step.")
    assert done["created_at"] <= done["started_at"] <= done["ended_at"]
    assert done["last_seq"] == 22
    listed = fake.client.get("api/runs", params={"search": "x y", "limit": 5}).json()
    assert done in listed["runs"]


def test_the_smallest_request_is_an_empty_one(real: Server) -> None:
    assert real.client.post("api/runs", json={}).status_code == 201


def test_commands_take_effect_before_they_answer(fake: Server) -> None:
    run = fake.submit(behaving(STEADY, LONG))
    waiting = fake.submit(behaving(FAST))
    assert (waiting["state"], waiting["ahead"]) == ("queued", 1)
    assert fake.post(waiting["id"], "pause")["state"] == "paused"
    assert fake.post(waiting["id"], "resume")["state"] == "queued"
    assert fake.post(run["id"], "pause")["state"] == "paused"
    fake.until(waiting["id"], "completed")  # a paused run stands in nobody's way
    assert fake.post(run["id"], "resume")["state"] == "running"
    ended = fake.post(run["id"], "cancel")

    assert (ended["state"], ended["sentence"]) == ("cancelled", "Cancelled.")


def test_a_cancelled_run_can_be_extended(fake: Server) -> None:
    run = fake.submit(behaving(STEADY, LONG))
    fake.until(run["id"], "running")
    stopped = fake.post(run["id"], "cancel")
    fake.client.get("api/health")
    events, _, _ = fake.follow(run["id"])
    done_steps = events[-1]["step"]
    fake.post(run["id"], "extend", steps=done_steps + 5)
    fake.until(run["id"], "completed")
    more, code, reason = fake.follow(run["id"], after=stopped["last_seq"])

    assert [event["step"] for event in more if event["type"] == "frame"] == [done_steps + 1 + i for i in range(5)]
    assert (code, reason) == (1000, "completed")


def test_renaming_deleting_and_undoing(fake: Server) -> None:
    run = fake.submit(behaving(FAST), name="one")
    address = f"api/runs/{run['id']}"
    fake.until(run["id"], "completed")
    assert fake.client.patch(address, json={"name": "two"}).json()["name"] == "two"
    assert fake.client.delete(address).json()["deleted_at"] is not None
    gone = fake.client.get(address)
    assert gone.status_code == 410
    assert f"/api/runs/{run['id']}/restore" in gone.json()["remedy"]
    assert fake.post(run["id"], "restore")["name"] == "two"
    assert fake.get(run["id"])["state"] == "completed"


def test_an_error_in_a_run_is_its_sentence(fake: Server) -> None:
    run = fake.submit(behaving(RAISES))
    failed = fake.until(run["id"], "failed")

    assert "ZeroDivisionError" in failed["sentence"]
    assert "Traceback" not in failed["sentence"]


def test_pages_of_runs(fake: Server) -> None:
    ids = [fake.submit(behaving(FAST), tags=["paged"])["id"] for _ in range(3)]
    first = fake.client.get("api/runs", params={"search": "paged", "limit": 2}).json()
    second = fake.client.get("api/runs", params={"search": "paged", "limit": 2, "offset": 2}).json()

    assert first["total"] == second["total"] == 3
    assert [run["id"] for run in first["runs"] + second["runs"]] == ids[::-1]


def test_commands_in_the_wrong_state_say_so(fake: Server) -> None:
    run = fake.submit(behaving(FAST))
    fake.until(run["id"], "completed")
    for doing in ("pause", "resume", "cancel"):
        refused = fake.client.post(f"api/runs/{run['id']}/{doing}")
        assert refused.status_code == 409
        assert refused.json()["got"] == "a run that is completed"
