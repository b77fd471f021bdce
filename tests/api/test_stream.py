"""The socket: in order, from any place, at the viewer's own pace, with a reason at its end."""

import contextlib
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection

from tests.fake_trainer import FAST, RAISES, STEADY, behaving
from tests.servers import Server, acknowledge, drain, fake_executor, receive, seqs, serving, settings_in

LONG = 100_000
SENDABLE = list(range(1, 22))  # of a fast run of 20 steps: its frames and its end; 22 is the checkpoint


def closing(socket: ClientConnection) -> tuple[int, str]:
    """The code and the reason with which the server closes."""
    return drain(socket)[1:]


@pytest.fixture(scope="module")
def finished(fake: Server) -> str:
    """A run that is over."""
    run_id: str = fake.submit(behaving(FAST))["id"]
    fake.until(run_id, "completed")
    return run_id


def test_a_finished_run_is_sent_whole_and_then_closed(fake: Server, finished: str) -> None:
    events, code, reason = fake.follow(finished)

    assert [event["seq"] for event in events] == SENDABLE
    assert events[-1]["type"] == "finished"
    assert (code, reason) == (1000, "completed")


@pytest.mark.parametrize("after", [0, 1, 7, 20, 21, 22])
def test_it_goes_on_from_any_seq(fake: Server, finished: str, after: int) -> None:
    events, code, _ = fake.follow(finished, after)

    assert [event["seq"] for event in events] == [seq for seq in SENDABLE if seq > after]
    assert code == 1000


def test_a_live_run_is_followed_from_its_first_event_to_its_last(fake: Server) -> None:
    run = fake.submit(behaving(STEADY, 60))
    events, code, reason = fake.follow(run["id"])

    assert seqs(events) == list(range(1, 62))
    assert (code, reason) == (1000, "completed")
    assert any(event["type"] == "tick" for event in events)


def test_a_queued_run_is_waited_for(fake: Server) -> None:
    first = fake.submit(behaving(STEADY, 30))
    second = fake.submit(behaving(FAST))
    events, code, _ = fake.follow(second["id"])

    assert seqs(events) == SENDABLE
    assert code == 1000
    fake.until(first["id"], "completed")


def test_breaking_off_and_coming_back_loses_nothing(fake: Server) -> None:
    run = fake.submit(behaving(STEADY, 60))
    seen = [0]
    for _ in range(6):
        with fake.socket(run["id"], seen[-1]) as socket:
            for _ in range(5):
                while not (event := receive(socket))["seq"]:
                    pass  # a tick
                seen.append(event["seq"])
                acknowledge(socket, event["seq"])
    rest, code, _ = fake.follow(run["id"], seen[-1])

    assert seen[1:] + seqs(rest) == list(range(1, 62))
    assert code == 1000


def test_the_newest_tick_comes_at_the_head_of_the_log(fake: Server) -> None:
    run = fake.submit(behaving(STEADY, LONG))
    with fake.socket(run["id"]) as socket:
        newest = 0
        while (event := receive(socket))["type"] != "tick":
            newest = event["step"]
            acknowledge(socket, event["seq"])
    fake.post(run["id"], "cancel")

    assert newest - 1 <= event["step"] < newest + 10  # a tick follows its frame


def test_no_more_than_eight_events_without_an_acknowledgement(fake: Server, finished: str) -> None:
    with fake.socket(finished) as socket:
        got = [receive(socket)["seq"] for _ in range(8)]
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.3)
        acknowledge(socket, 3)
        got += [receive(socket)["seq"] for _ in range(3)]
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.3)
        acknowledge(socket, 11)
        got += [receive(socket)["seq"] for _ in range(8)]
        acknowledge(socket, 10**9)  # beyond what was sent: all of it, and no more
        got += [receive(socket)["seq"] for _ in range(2)]

        assert got == SENDABLE
        assert closing(socket) == (1000, "completed")


def test_a_viewer_who_never_acknowledges_is_let_go(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path, ack_seconds=0.3), fake_executor()) as server:
        run = server.submit(behaving(FAST))
        server.until(run["id"], "completed")
        with server.socket(run["id"]) as socket:
            got = [receive(socket)["seq"] for _ in range(8)]
            code, reason = closing(socket)

    assert got == SENDABLE[:8]
    assert code == 4408
    assert "acknowledged" in reason


def test_a_viewer_who_stops_reading_stalls_nobody(fake: Server) -> None:
    run = fake.submit(behaving(STEADY, 60))
    with contextlib.ExitStack() as deaf:
        for _ in range(5):
            deaf.enter_context(fake.socket(run["id"], max_queue=1, close_timeout=0.1))
        events, code, _ = fake.follow(run["id"])

    assert seqs(events) == list(range(1, 62))
    assert code == 1000


@pytest.mark.parametrize(
    ("after", "words"),
    [(23, "its last is 22"), ("-1", "whole number"), ("x", "whole number"), ("9" * 30, "whole number")],
)
def test_a_place_that_the_log_does_not_have(fake: Server, finished: str, after: object, words: str) -> None:
    with fake.socket(finished, after) as socket:
        code, reason = closing(socket)

    assert code == 4400
    assert words in reason


def test_a_run_that_is_not_there(fake: Server) -> None:
    with fake.socket("nobody") as socket:
        assert closing(socket) == (4404, "There is no run nobody.")


def test_a_deleted_run_before_and_while_it_is_watched(fake: Server) -> None:
    run = fake.submit(behaving(STEADY, LONG))
    with fake.socket(run["id"]) as socket:
        acknowledge(socket, receive(socket)["seq"])
        fake.client.delete(f"api/runs/{run['id']}")
        assert closing(socket)[0] == 4410
    with fake.socket(run["id"]) as socket:
        assert closing(socket) == (4410, "The run was deleted.")


def test_a_failed_run_says_why(fake: Server) -> None:
    run = fake.submit(behaving(RAISES))
    events, code, reason = fake.follow(run["id"])

    assert seqs(events) == [1, 2, 3]
    assert code == 4500
    assert "ZeroDivisionError" in reason


@pytest.mark.parametrize("message", ["hello", "{}", '{"ack": "1"}', '{"ack": true}', b"\x01", "[" * 150])
def test_a_viewer_who_says_something_else(fake: Server, finished: str, message: str | bytes) -> None:
    with fake.socket(finished) as socket:
        socket.send(message)
        code, reason = closing(socket)

    assert code == 4400
    assert '{"ack": seq}' in reason
