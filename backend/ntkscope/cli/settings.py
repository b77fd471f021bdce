"""The settings as the command line gives them: its options over the environment's variables."""

from typing import Any

from pydantic import ValidationError

from ntkscope.api.validation import describe
from ntkscope.errors import InvalidInput
from ntkscope.settings import Settings


def read_settings(**options: Any) -> Settings:
    """The settings; an option that is None leaves the environment's.

    Raises:
        InvalidInput: a variable or an option cannot be used.
    """
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        problem = describe(error.errors(), given)[0]
        name = f"NTKSCOPE_{problem.where.upper()}"
        raise InvalidInput(problem.expected, problem.got, problem.remedy, name) from None
