"""A user's own tables."""

import asyncio
import hashlib
import time
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.examples import TABLE
from ntkscope.api.problems import RESPONSES
from ntkscope.api.services import Services
from ntkscope.errors import InvalidInput, NotFound
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.experiment.problem.table_reading import read_table
from ntkscope.experiment.problem.table_text import DEFAULT_LIMIT, GZIP
from ntkscope.schemas.dataset import DatasetPoints, DecimalChoice, SeparatorChoice
from ntkscope.schemas.preset import DatasetInfo
from ntkscope.schemas.table_reading import TableReading
from ntkscope.store.writes import insert_dataset

router = APIRouter(prefix="/api/datasets", tags=["datasets"], responses=RESPONSES)
UPLOADS = (router.prefix, f"{router.prefix}/read")  # the addresses that take a table
LONGEST_NAME = 120
FORM = "multipart/form-data"
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": TABLE},
            FORM: {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}},
        },
    }
}
Sha256 = Annotated[
    str,
    Path(
        pattern="^[0-9a-f]{64}$",
        description="Of the file's bytes, as POST returned it.",
        examples=[hashlib.sha256(TABLE.encode()).hexdigest()],
    ),
]


def _choices(
    x: Annotated[list[str] | None, Query(description="Columns of the inputs, by name or number.")] = None,
    y: Annotated[str, Query(description="Column of the target. Empty: the one called y, or the last.")] = "",
    separator: Annotated[SeparatorChoice, Query(description="What stands between cells.")] = "auto",
    decimal: Annotated[DecimalChoice, Query(description="What decimals begin with.")] = "auto",
    missing: Annotated[
        Literal["refuse", "drop"], Query(description="Of rows with an empty cell, or one that is no number.")
    ] = "refuse",
) -> dict[str, Any]:
    return {"x": x or [], "y": y, "separator": separator, "decimal": decimal, "missing": missing}


Choices = Annotated[dict[str, Any], Depends(_choices)]


@router.post("", status_code=201, openapi_extra=BODY)
async def upload_dataset(
    request: Request,
    services: ServicesDep,
    choices: Choices,
    name: Annotated[str, Query(max_length=LONGEST_NAME, description="How the table is called.")] = "",
) -> DatasetInfo:
    """Keeps a table that can be read with these choices: a CSV as the body, packed or not, or a form's field `file`.

    What is kept is the file as it was sent. A config names it by its SHA-256, and makes the choices anew: they are
    the fields of `data.points`.
    """
    data, name = await _sent(request, name)
    points = _points(choices, data)
    table = await services.heavy(read_csv, data, name, services.settings.max_upload_bytes, points)
    info = DatasetInfo(sha256=points.sha256, name=name[:LONGEST_NAME], rows=len(table.y), columns=table.columns)
    now = time.time()
    await asyncio.wrap_future(services.writer.submit(lambda connection: insert_dataset(connection, info, data, now)))
    return (await _find(services, info.sha256))[0]


@router.post("/read", openapi_extra=BODY, response_model=TableReading)
async def read_dataset(request: Request, services: ServicesDep, choices: Choices) -> Response:
    """What is understood of a table with these choices, and its first rows; nothing is stored.

    `data` of the answer has every choice written down, and inputs and target scaled where they need it: it is what a
    new config takes.
    """
    data, _ = await _sent(request, "")
    points = _points(choices, data)
    return await services.heavy(_reading, data, services.settings.max_upload_bytes, points)


def _reading(data: bytes, limit: int, points: DatasetPoints) -> Response:
    """Written here, in a thread: a table of thousands of columns takes a while."""
    return Response(read_table(data, limit, points).model_dump_json(), media_type="application/json")


async def _sent(request: Request, name: str) -> tuple[bytes, str]:
    """The table's bytes and its name."""
    if not request.headers.get("content-type", "").startswith(FORM):
        return await request.body(), name
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidInput("A form with a field 'file'.", "one without", "Add the table to it.", "file")
        return await file.read(), name or (file.filename or "").replace("\0", "")


def _points(choices: dict[str, Any], data: bytes) -> DatasetPoints:
    try:
        return DatasetPoints(sha256=hashlib.sha256(data).hexdigest(), **choices)
    except ValidationError as error:
        raise RequestValidationError([one | {"loc": ("query", *one["loc"])} for one in error.errors()]) from None


@router.get("/{sha256}")
async def get_dataset(sha256: Sha256, services: ServicesDep) -> DatasetInfo:
    """A table's name and shape."""
    return (await _find(services, sha256))[0]


@router.get("/{sha256}/read", response_model=TableReading)
async def read_stored_dataset(sha256: Sha256, services: ServicesDep, choices: Choices) -> Response:
    """What is understood of a table that is kept, with these choices, and its first rows."""
    data = (await _find(services, sha256))[1]
    return await services.heavy(_reading, data, max(len(data), DEFAULT_LIMIT), _points(choices, data))


@router.get("/{sha256}/csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def get_dataset_csv(sha256: Sha256, services: ServicesDep) -> Response:
    """The table itself, as it was uploaded: packed, if it was."""
    data = (await _find(services, sha256))[1]
    packed = data.startswith(GZIP)
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:12]}.csv{".gz" * packed}"'}
    return Response(data, media_type="application/gzip" if packed else "text/csv", headers=headers)


async def _find(services: Services, sha256: str) -> tuple[DatasetInfo, bytes]:
    found = await anyio.to_thread.run_sync(services.store.dataset, sha256)
    if found is None:
        raise NotFound(
            expected="The SHA-256 of a data set on this server.",
            got=f"'{sha256[:12]}...', which is not here",
            remedy="Upload the table: POST /api/datasets.",
            where="sha256",
        )
    return found
