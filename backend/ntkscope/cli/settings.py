"""The settings as the command line gives them: its options over the environment's variables."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from ntkscope.api.validation import describe
from ntkscope.errors import InvalidInput, nearest
from ntkscope.settings import Settings

PREFIX = "NTKSCOPE_"
OTHERS = {"NTKSCOPE_DEBUG", "NTKSCOPE_TEST_POSTGRES"}


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


def unknown_variables(names: Iterable[str]) -> list[str]:
    """A sentence for each variable NTKSCOPE_... of the environment that no part of the program reads."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    unknown = [name for name in sorted(names) if name.startswith(PREFIX) and name not in {*known, *OTHERS}]
    return [f"{name} is no setting and changes nothing. {nearest(name, known)}".rstrip() for name in unknown]
