"""POST /api/scan."""

from tests.cases import config
from tests.servers import Server, wait_for


def test_values_are_answered_one_by_one_and_bad_ones_with_a_sentence(real: Server) -> None:
    body = {"config": config().model_dump(mode="json"), "field": "network.width", "values": [8, -1, 32]}

    def ask() -> dict[str, object] | None:
        answer = real.client.post("api/scan", json=body)
        assert answer.status_code == 200, answer.text
        made: dict[str, object] = answer.json()
        return made if made["status"] == "ready" else None

    answers = wait_for(ask)["answers"]

    assert [answer["value"] for answer in answers] == [8, -1, 32]
    assert [answer["error"] is None for answer in answers] == [True, False, True]
    assert answers[0]["found"]["by"] == "rehearsal"
    assert len(answers[0]["found"]["eigenvalues"]) == 16


def test_a_field_that_is_not_there_is_refused_with_one_that_is(real: Server) -> None:
    body = {"config": config().model_dump(mode="json"), "field": "network.with", "values": [8]}
    answer = real.client.post("api/scan", json=body)
    assert answer.status_code == 422
    assert "Did you mean 'network.width'?" in answer.text


def test_a_value_beyond_the_server_s_limits_is_named(real: Server) -> None:
    body = {"config": config(network__depth=3).model_dump(mode="json"), "field": "network.width", "values": [10**7]}
    [answer] = wait_for(lambda: real.client.post("api/scan", json=body).json()["answers"] or None)
    assert "NTKSCOPE_MAX_PARAMETERS" in answer["error"]
