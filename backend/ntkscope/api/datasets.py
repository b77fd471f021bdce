"""A user's own tables."""

import asyncio
import hashlib
import time
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.datastructures import UploadFile

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.examples import TABLE
from ntkscope.api.problems import RESPONSES
from ntkscope.api.services import Services
from ntkscope.errors import InvalidInput, NotFound
from ntkscope.experiment.problem.datasets import read_csv
from ntkscope.schemas.preset import DatasetInfo
from ntkscope.store.writes import insert_dataset

router = APIRouter(prefix="/api/datasets", tags=["datasets"], responses=RESPONSES)
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


@router.post("", status_code=201, openapi_extra=BODY)
async def upload_dataset(
    request: Request,
    services: ServicesDep,
    name: Annotated[str, Query(max_length=LONGEST_NAME, description="How the table is called.")] = "",
) -> DatasetInfo:
    """Keeps a table with the columns x1..xd and y: a CSV as the body, or a form's field `file`.

    A config names it by its SHA-256.
    """
    if request.headers.get("content-type", "").startswith(FORM):
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise InvalidInput("A form with a field 'file'.", "one without", "Add the table to it.", "file")
            data, name = await file.read(), name or (file.filename or "").replace("\0", "")
    else:
        data = await request.body()
    table = await services.heavy(read_csv, data, name, services.settings.max_upload_bytes)
    info = DatasetInfo(
        sha256=hashlib.sha256(data).hexdigest(),
        name=name[:LONGEST_NAME],
        rows=len(table.y),
        columns=table.columns,
    )
    now = time.time()
    await asyncio.wrap_future(services.writer.submit(lambda connection: insert_dataset(connection, info, data, now)))
    return (await _find(services, info.sha256))[0]


@router.get("/{sha256}")
async def get_dataset(sha256: Sha256, services: ServicesDep) -> DatasetInfo:
    """A table's name and shape."""
    return (await _find(services, sha256))[0]


@router.get("/{sha256}/csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def get_dataset_csv(sha256: Sha256, services: ServicesDep) -> Response:
    """The table itself, as it was uploaded."""
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:12]}.csv"'}
    return Response((await _find(services, sha256))[1], media_type="text/csv", headers=headers)


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
