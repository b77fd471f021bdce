"""Array fields of events: float64 numpy arrays in Python, lists in JSON, float32 blocks on the wire."""

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import GetPydanticSchema
from pydantic_core import core_schema

FloatArray = NDArray[np.float64]


def _to_list(values: FloatArray) -> list[Any]:
    """Nested lists for JSON; what is not finite (a missing value) becomes None."""
    missing: NDArray[np.object_] = values.astype(object)
    missing[~np.isfinite(values)] = None
    return list(missing.tolist())


def _array(dimensions: int) -> GetPydanticSchema:
    number = core_schema.nullable_schema(core_schema.float_schema())
    inner: core_schema.CoreSchema = number
    for _ in range(dimensions):
        inner = core_schema.list_schema(inner)

    def read(value: Any) -> FloatArray:
        array = np.asarray(value, dtype=np.float64)
        if array.ndim != dimensions:
            raise ValueError(f"expected {dimensions} dimensions, got {array.ndim}")
        array.setflags(write=False)
        return array

    schema = core_schema.no_info_plain_validator_function(
        read,
        json_schema_input_schema=inner,
        serialization=core_schema.plain_serializer_function_ser_schema(_to_list, return_schema=inner, when_used="json"),
    )
    return GetPydanticSchema(lambda _source, _handler: schema)


Vector = Annotated[FloatArray, _array(1)]
Matrix = Annotated[FloatArray, _array(2)]
