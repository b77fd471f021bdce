"""What addresses ask for."""

from typing import Annotated

from fastapi import Depends, Path
from fastapi.requests import HTTPConnection

from ntkscope.api.gate import PERSON
from ntkscope.api.services import Services


def services(connection: HTTPConnection) -> Services:
    """Those of the app that serves this connection."""
    found: Services = connection.app.state.services
    return found


def person(connection: HTTPConnection) -> str:
    """The name of who asks; empty where their token has none, and where nobody is asked for one."""
    name: str = connection.scope.get(PERSON, "")
    return name


PersonDep = Annotated[str, Depends(person)]
ServicesDep = Annotated[Services, Depends(services)]
RunId = Annotated[str, Path(max_length=32, description="A run, as GET /api/runs lists them.", examples=["recorded"])]
