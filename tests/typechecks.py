"""The run-time type checker of numerics under pytest: of every function the first calls in each test.

A run calls the same functions with the same shapes thousands of times; to check each call would triple its time.
"""

import functools
import inspect
from collections import Counter
from collections.abc import Callable
from typing import Any

import jaxtyping
from beartype import BeartypeConf, beartype

CALLS = 2  # that are checked, of each function in each test; one of a function within a function that is made anew
checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a float, as mypy has it
_every_call = jaxtyping.jaxtyped
_calls: Counter[int] = Counter()  # by the id of its code


def begin_test() -> None:
    """Counts anew."""
    _calls.clear()


def install() -> None:
    """Checks numerics, whose modules are not imported yet."""
    jaxtyping.jaxtyped = _first_calls  # the decorator that the hook writes above every function
    jaxtyping.install_import_hook("ntkscope.numerics", "tests.typechecks.checked")


def _first_calls(made: Any = None, *, typechecker: Any = None) -> Any:
    if made is None:
        return functools.partial(_first_calls, typechecker=typechecker)
    if inspect.isclass(made):
        plain = made.__init__
        made = _every_call(made, typechecker=typechecker)
        if made.__init__ is not plain:
            made.__init__ = _with(plain, made.__init__)
        return made
    if _calls[id(made.__code__)]:  # a function within a function, made before in this test
        return made
    return _with(made, _every_call(made, typechecker=typechecker))


def _with(plain: Callable[..., Any], checking: Callable[..., Any]) -> Callable[..., Any]:
    code = id(plain.__code__)

    @functools.wraps(plain)
    def call(*args: Any, **options: Any) -> Any:
        if _calls[code] >= CALLS:
            return plain(*args, **options)
        _calls[code] += 1
        return checking(*args, **options)

    return call
