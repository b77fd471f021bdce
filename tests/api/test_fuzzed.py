"""Every address of the OpenAPI, asked whatever it says it takes and what it does not, alone and one after another."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema

from ntkscope.executors.inline import InlineExecutor
from tests.api.fuzzing import checked, schema_of
from tests.servers import GENEROUS, Server, serving, settings_in, wait_for

GENERATED = settings(
    deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=False
)
STEPS = 20  # requests that build on one another


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that trains, within low limits: many a request meets one."""
    limits = {"max_points": 64, "max_parameters": 70_000, "max_queued": 20, "max_upload_bytes": 2**16}
    made = settings_in(tmp_path_factory.mktemp("fuzzed"), recording=True, **limits)
    with serving(made, InlineExecutor()) as server:
        wait_for(lambda: server.client.get("api/health/ready").status_code == 200)
        yield server


@pytest.fixture(scope="module")
def schema(small: Server) -> BaseSchema:
    return schema_of(small)


def asked(operation: Any, cases: int, random: bool) -> Counter[int]:
    """How often an address gave each status, in so many cases."""
    answers = Counter[int]()
    strategy = operation.as_strategy()
    if operation.body or any(operation.iter_parameters()):
        strategy |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(GENERATED, max_examples=cases, derandomize=not random)
    @given(strategy)
    def ask(case: Any) -> None:
        response = case.call(timeout=GENEROUS)
        answers[response.status_code] += 1
        checked(case, response)

    ask()
    print(f"{operation.label}: {dict(answers)}", flush=True)
    return answers


@pytest.mark.parametrize("cases", [6, pytest.param(600, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_every_address_keeps_to_its_openapi(schema: BaseSchema, cases: int) -> None:
    answers = {
        operation.label: asked(operation, cases, random=cases > 6)
        for operation in (found.ok() for found in schema.get_all_operations())
    }

    print(f"{sum(answers.values(), Counter[int]()).total()} cases at {len(answers)} addresses")
    assert len(answers) > 30
    assert all(count.total() for count in answers.values())
    assert sum(answers.values(), Counter[int]())[200] > 20


@pytest.mark.parametrize("requests", [150, pytest.param(30_000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_any_sequence_of_requests_keeps_to_it(schema: BaseSchema, requests: int) -> None:
    answers = Counter[tuple[str, int]]()
    faults: list[str] = []

    class Sequence(schema.as_state_machine()):
        def get_call_kwargs(self, _: Any) -> dict[str, Any]:
            return {"timeout": GENEROUS}

        def validate_response(self, response: Response, case: Any, **_: Any) -> None:
            answers[case.operation.label, response.status_code] += 1
            try:
                checked(case, response)
            except Exception as error:
                faults.append(f"{case.as_curl_command()}: {error}")
                raise

    number = 0
    while answers.total() < requests:
        number += 1
        if number % 20 == 0:
            print(f"{answers.total():,} requests in sequences", flush=True)
        try:
            # Runs go on by themselves, so the same requests need not have the same answers, which ends the search.
            seed(number)(Sequence).run(settings=settings(GENERATED, max_examples=10, stateful_step_count=STEPS))
        except FlakyStrategyDefinition:
            assert not faults

    print(f"{answers.total()} requests in sequences")
    assert not faults
    assert answers["POST /api/runs", 201]
    assert any(label.startswith("DELETE /api/runs/") and status == 200 for label, status in answers)
