"""A run's log over REST: its events, its data, and its prediction at any time."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from ntkscope.api.dependencies import RunId, ServicesDep
from ntkscope.api.problems import RESPONSES
from ntkscope.api.services import Services
from ntkscope.errors import Conflict, InvalidInput
from ntkscope.experiment.prediction import Recorded
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import csv_lines
from ntkscope.experiment.torch_script import torch_script
from ntkscope.schemas.event import LawName, Started
from ntkscope.schemas.event_page import EventPage
from ntkscope.schemas.run import KernelName, Prediction, RunSummary
from ntkscope.wire.codec import decode, to_json

MSGPACK, PYTHON = "application/msgpack", "text/x-python"
AT_ONCE = 8  # events that are read at a time
# Until version 2 of the events the kernel at the start was called so.
KernelQuery = Annotated[KernelName, BeforeValidator(lambda name: "frozen" if name == "start" else name)]
router = APIRouter(prefix="/api/runs/{run_id}", tags=["events"], responses=RESPONSES)


def check_after(after: int, run: RunSummary, latest: int) -> None:
    """Refuses a place that the log does not have.

    Raises:
        InvalidInput: `after` is beyond the last event.
    """
    last = max(run.last_seq, latest)
    if after > last:
        raise InvalidInput(
            expected=f"A seq that the run has: its last is {last}.",
            got=str(after),
            remedy="Give the seq of the last event that you have, or 0 for all.",
            where="after",
        )


@router.get(
    "/events",
    response_model=EventPage,
    responses={200: {"content": {MSGPACK: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def list_events(
    run_id: RunId,
    services: ServicesDep,
    after: Annotated[int, Query(ge=0, le=2**53, description="The last seq that you have; 0: all.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    accept: Annotated[str, Header(description=f"{MSGPACK} for bytes.")] = "",
) -> Response:
    """The next events after a seq, in order; checkpoints are left out.

    With `Accept: application/msgpack` the answer is the events' bytes one after another, the same as the
    socket sends: each a map, in which an array is `{"shape": [..], "float32": little-endian bytes}`
    and a missing value NaN. An empty answer means that there is no later event yet.
    """
    run = await services.manager.get(run_id)
    check_after(after, run, services.notifier.latest(run_id))
    await services.log.read(run_id, after, 1)  # a log that cannot be read is an error, not an answer that breaks off
    if MSGPACK in accept:
        return StreamingResponse(_stored(services, run_id, after, limit), media_type=MSGPACK)
    return StreamingResponse(_as_json(services, run, after, limit), media_type="application/json")


async def _stored(services: Services, run_id: str, after: int, limit: int) -> AsyncIterator[bytes]:
    """The events' bytes, read a few at a time: an answer never takes more memory than those."""
    while limit and (events := await services.log.read(run_id, after, min(limit, AT_ONCE))):
        for _, data in events:
            yield data
        after, limit = events[-1][0], limit - len(events)


async def _as_json(services: Services, run: RunSummary, after: int, limit: int) -> AsyncIterator[bytes]:
    before = b'{"events":['
    async for data in _stored(services, run.id, after, limit):
        yield before
        yield await services.heavy(to_json, data)
        before = b","
    yield b'%s],"last_seq":%d}' % (b"" if before == b"," else before, run.last_seq)


@router.get("/prediction")
async def get_prediction(
    run_id: RunId,
    services: ServicesDep,
    time: Annotated[
        float,
        Query(ge=0, description="Learning rate times step; inf for the limit, kernel regression.", examples=[0.5]),
    ],
    law: Annotated[LawName | None, Query(description="Which law; left out: the one that the charts draw.")] = None,
    kernel: Annotated[
        KernelQuery,
        Query(description="K₀, that of infinite width, or those measured on the way (by gradient descent)."),
    ] = "frozen",
) -> Prediction:
    """What a kernel predicts at one time, and how far the trained network is from it at the nearest frame.

    Under gradient descent it is at the nearest whole step, by the moving kernel at the nearest kernel frame.
    For a run that is not centered the infinite kernel adds mean and deviation of the ensemble.
    """
    run = await services.manager.get(run_id)
    started = await _started(services, run)
    dataset = await services.manager.within_limits(run.config)
    around = await services.log.around(run_id, time)
    recorded = Recorded.of([await services.heavy(decode, data) for _, data in around])
    found = await services.compute.prediction(run.config, dataset, law or started.law, time, kernel, recorded)
    if found is None:
        raise Conflict(
            expected="A run with kernel frames.",
            got="one that has recorded none",
            remedy="Wait for the first, or ask for kernel=frozen; recording.kernel_frames says how many there are.",
            where="kernel",
        )
    return found


@router.get("/pytorch.py", response_class=Response, responses={200: {"content": {PYTHON: {}}}})
async def get_run_pytorch(run_id: RunId, services: ServicesDep) -> Response:
    """The run as a short Python file that needs PyTorch alone: the same points, initial weights and losses."""
    run = await services.manager.get(run_id)
    started = await _started(services, run)

    def script() -> str:
        problem = build(run.config, services.manager.table(run.config))
        return torch_script(run.config, problem, started.learning_rate)

    headers = {"Content-Disposition": f'attachment; filename="ntkscope-{run_id}.py"'}
    return Response(await services.heavy(script), media_type=PYTHON, headers=headers)


async def _started(services: Services, run: RunSummary) -> Started:
    """The first event of a run.

    Raises:
        Conflict: there is none yet.
    """
    first = await services.log.read(run.id, 0, 1)
    started = await services.heavy(decode, first[0][1]) if first else None
    if isinstance(started, Started):
        return started
    raise Conflict(
        expected="A run that has begun.",
        got=f"one that is {run.state}",
        remedy="Wait for its first event, or ask POST /api/preview.",
    )


@router.get("/dataset.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def get_run_dataset(run_id: RunId, services: ServicesDep) -> Response:
    """The points and targets that the run was trained on, in their own units, as a table that can be uploaded again."""
    run = await services.manager.get(run_id)
    lines = await services.heavy(_trained_on, services, run)
    headers = {"Content-Disposition": f'attachment; filename="ntkscope-{run_id}.csv"'}
    return StreamingResponse(lines, media_type="text/csv", headers=headers)


def _trained_on(services: Services, run: RunSummary) -> Iterator[str]:
    table = services.manager.table(run.config)
    problem = build(run.config, table)
    names = [*(f"x{i + 1}" for i in range(problem.inputs.shape[1])), "y"]
    if table is not None and run.config.data.target.kind == "dataset":
        names = table.columns
    return csv_lines(problem.inputs, problem.observed, names)
