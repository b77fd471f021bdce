"""What addresses ask for."""

from typing import Annotated

from fastapi import Depends, Path
from fastapi.requests import HTTPConnection

from ntkscope.api.services import Services


def services(connection: HTTPConnection) -> Services:
    """Those of the app that serves this connection."""
    found: Services = connection.app.state.services
    return found


ServicesDep = Annotated[Services, Depends(services)]
RunId = Annotated[str, Path(max_length=32, description="A run, as GET /api/runs lists them.", examples=["recorded"])]
